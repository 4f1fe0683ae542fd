import {
  createRecordSetScanner,
  type BatchInput,
  type RecordBatchCodecs,
  type RecordSetEngine,
} from '@headwater/core-staging';
import type { Database } from './database.ts';
import { createRowBuffers, type RowBuffers } from './engine-accepted-rows.ts';
import { openBatch } from './engine-batch.ts';

export interface DuckDbEngineOptions {
  readonly database: Database;
  readonly codecs: RecordBatchCodecs;
  /** Most bytes one record batch may decompress to. */
  readonly recordBatchBytesMax?: number;
}

const RECORD_BATCH_BYTES_MAX = 128 << 20;
/** Sets of row buffers kept for the next batch, over all lanes. */
const IDLE_BUFFERS_MAX = 16;

/**
 * The plain engine: every value is judged in TypeScript, accepted ones go column by column into DuckDB, which writes the
 * Parquet files. A table keeps the rows of one batch inside the database's memory limit.
 */
export function createDuckDbEngine(options: DuckDbEngineOptions): RecordSetEngine {
  const { database, codecs } = options;
  const batchBytesMax = options.recordBatchBytesMax ?? RECORD_BATCH_BYTES_MAX;
  const idle = createIdleBuffers();
  return {
    name: 'duckdb',
    async beginBatch(input: BatchInput) {
      const connection = await database.connect();
      const buffers = idle.take(input);
      const release = (buffersAreClean: boolean) => {
        connection.closeSync();
        if (buffersAreClean) idle.give(input, buffers);
      };
      try {
        const scanner = createRecordSetScanner({ codecs, batchBytesMax });
        return await openBatch(input, { connection, buffers, scanner, release });
      } catch (error) {
        connection.closeSync();
        throw error;
      }
    },
    close: () => Promise.resolve(database.close()),
  };
}

/** Buffers are large and cheap to use again; the oldest go first. */
function createIdleBuffers() {
  const idle: { readonly contractKey: string; readonly buffers: RowBuffers }[] = [];
  const keyOf = ({ pipeline }: BatchInput) => `${pipeline.pipelineId} ${pipeline.transformHash}`;
  return {
    take(input: BatchInput): RowBuffers {
      const found = idle.findIndex(({ contractKey }) => contractKey === keyOf(input));
      const [entry] = found < 0 ? [] : idle.splice(found, 1);
      return entry?.buffers ?? createRowBuffers(input.pipeline.contract);
    },
    give(input: BatchInput, buffers: RowBuffers): void {
      idle.push({ contractKey: keyOf(input), buffers });
      if (idle.length > IDLE_BUFFERS_MAX) idle.shift();
    },
  };
}
