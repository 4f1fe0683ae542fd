import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import { describeRecordSetEngine } from '@headwater/testkit';
import { lz4Compress, snappyCompress } from '@platformatic/wasm-utils';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { openDatabase, quoteText } from './database.ts';
import { createKernelEngine } from './kernel-engine.ts';

describeRecordSetEngine('the engine over the columnar kernel', async () => {
  const database = await openDatabase({ threads: 1, memoryMiB: 512 });
  const reader = await openDatabase({ threads: 1, memoryMiB: 256 });
  return {
    engine: createKernelEngine({ database, codecs: recordBatchCodecs }),
    crc32c: recordBatchCodecs.crc32c,
    compress: {
      gzip: (plain) => gzipSync(plain),
      zstd: (plain) => zstdCompressSync(plain),
      lz4: (plain) => lz4Compress(plain),
      snappy: (plain) => snappyCompress(plain),
    },
    async select(files, sql) {
      if (files.length === 0) return [];
      const source = `read_parquet([${files.map(quoteText).join()}])`;
      const result = await reader.use((connection) =>
        connection.runAndReadAll(`with rows as (from ${source}) ${sql}`),
      );
      return result.getRowObjectsJson();
    },
  };
});
