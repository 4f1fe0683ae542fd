import type { KernelMemory } from './kernel-memory.ts';
import { BATCH } from './layout.ts';

/** The record under the cursor. Positions are in `bytes`, which holds until the next batch; -1 for a null. */
export interface KernelRecord {
  readonly bytes: Uint8Array;
  readonly offsetDelta: number;
  readonly timeMs: bigint;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly headersCount: number;
  readonly headersStart: number;
  readonly end: number;
}

/** Counts of the batch so far; deltas and times of its first and last record in range. */
export interface BatchCounts {
  /** Records with a value, and without. */
  readonly records: number;
  readonly tombstones: number;
  readonly firstDelta: number;
  readonly lastDelta: number;
  readonly firstTimeMs: bigint;
  readonly lastTimeMs: bigint;
  readonly valueBytes: number;
}

export function createRecordReader(memory: KernelMemory, batch: number): (bytes: Uint8Array) => KernelRecord {
  const i32 = (field: keyof typeof BATCH): number => memory.view.getInt32(batch + BATCH[field], true);
  return (bytes) => ({
    bytes,
    offsetDelta: i32('R_DELTA'),
    timeMs: memory.view.getBigInt64(batch + BATCH.R_TIME, true),
    keyStart: i32('R_KEY'),
    keyEnd: i32('R_KEY_END'),
    valueStart: i32('R_VALUE'),
    valueEnd: i32('R_VALUE_END'),
    headersCount: i32('R_HEADERS'),
    headersStart: i32('R_HEADERS_START'),
    end: i32('R_END'),
  });
}

export function createCountsReader(memory: KernelMemory, batch: number): () => BatchCounts {
  return () => {
    const { view } = memory;
    return {
      records: view.getUint32(batch + BATCH.B_RECORDS, true),
      tombstones: view.getUint32(batch + BATCH.B_TOMBSTONES, true),
      firstDelta: view.getInt32(batch + BATCH.B_FIRST_DELTA, true),
      lastDelta: view.getInt32(batch + BATCH.B_LAST_DELTA, true),
      firstTimeMs: view.getBigInt64(batch + BATCH.B_FIRST_TIME, true),
      lastTimeMs: view.getBigInt64(batch + BATCH.B_LAST_TIME, true),
      valueBytes: view.getFloat64(batch + BATCH.B_VALUE_BYTES, true),
    };
  };
}
