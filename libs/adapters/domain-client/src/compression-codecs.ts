import { lz4Compress, lz4Decompress, snappyCompress, snappyDecompress } from '@platformatic/wasm-utils';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import kafkajs from 'kafkajs';

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

const { CompressionCodecs, CompressionTypes } = kafkajs;

export const compressionTypes = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const;

/** kafkajs ships gzip only and takes the other codecs from its user. */
export function plugCompressionCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => codec(frameXerial, unframeSnappy);
  CompressionCodecs[CompressionTypes.LZ4] = () => codec(lz4Compress, lz4Decompress);
  CompressionCodecs[CompressionTypes.ZSTD] = () => codec(zstdCompressSync, zstdDecompressSync);
}

const codec = (compress: (bytes: Buffer) => Buffer, decompress: (bytes: Buffer) => Buffer) => ({
  compress: (encoder: { readonly buffer: Buffer }) => Promise.resolve(compress(encoder.buffer)),
  decompress: (bytes: Buffer) => Promise.resolve(decompress(bytes)),
});

// Framing of the xerial library, as the Java client writes it: header, then blocks of at most 32 KiB with their length.
const xerialHeader = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
const XERIAL_BLOCK = 32 * 1024;

function frameXerial(bytes: Buffer): Buffer {
  const parts: Buffer[] = [xerialHeader];
  for (let position = 0; position < bytes.length; position += XERIAL_BLOCK) {
    const block = snappyCompress(bytes.subarray(position, position + XERIAL_BLOCK));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

function unframeSnappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, 8).equals(xerialHeader.subarray(0, 8))) return snappyDecompress(bytes);
  const blocks: Buffer[] = [];
  for (let position = xerialHeader.length; position < bytes.length;) {
    const length = bytes.readInt32BE(position);
    blocks.push(snappyDecompress(bytes.subarray(position + 4, position + 4 + length)));
    position += 4 + length;
  }
  return Buffer.concat(blocks);
}
