import type { Vector } from '@duckdb/node-bindings';
import type { ScannedRecord } from '@headwater/core-staging';
import { CHUNK_ROWS, copyInto, copyValidity, setNull, validityBits } from './engine-vector-copy.ts';

/** Where the rows of a chunk lay in the topic: partition, offset, and the time the record carries. */
export interface RowPositions {
  set(row: number, partition: number, record: ScannedRecord): void;
  flush(
    vectors: { readonly partition: Vector; readonly offset: Vector; readonly timestamp: Vector },
    rows: number,
  ): void;
}

const WORD = 4_294_967_296;

export function createRowPositions(): RowPositions {
  const partitions = new Int32Array(CHUNK_ROWS);
  const offsets = new BigInt64Array(CHUNK_ROWS);
  const offsetWords = new Int32Array(offsets.buffer);
  const times = new Int32Array(2 * CHUNK_ROWS);
  const validity = validityBits(CHUNK_ROWS);
  let baseOffset = -1n;
  let base = 0;
  return {
    set(row, partition, record) {
      partitions[row] = partition;
      if (record.baseOffset !== baseOffset) {
        baseOffset = record.baseOffset;
        base = Number(baseOffset);
      }
      const offset = base + record.offsetDelta;
      if (Number.isSafeInteger(offset)) setWords(offsetWords, row, offset);
      else offsets[row] = baseOffset + BigInt(record.offsetDelta);
      if (isRepresentable(record.timestampMs)) setWords(times, row, record.timestampMs * 1000);
      else setNull(validity, row);
    },
    flush(vectors, rows) {
      copyInto(vectors.partition, partitions.subarray(0, rows), 4, CHUNK_ROWS);
      copyInto(vectors.offset, offsets.subarray(0, rows), 8, CHUNK_ROWS);
      copyInto(vectors.timestamp, times.subarray(0, 2 * rows), 8, CHUNK_ROWS);
      copyValidity(vectors.timestamp, validity, CHUNK_ROWS);
      validity.fill(0xff);
    },
  };
}

/** Kafka writes -1 for no timestamp; other negative or far times are no date a table can show, so they stay NULL too. */
export const isRepresentable = (timestampMs: number): boolean =>
  timestampMs >= 0 && timestampMs <= TIMESTAMP_MS_MAX;

/** 2255-06-05, the last day whose microseconds a double counts exactly. */
const TIMESTAMP_MS_MAX = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

function setWords(words: Int32Array, row: number, value: number): void {
  const high = Math.floor(value / WORD);
  words[2 * row] = (value - high * WORD) | 0;
  words[2 * row + 1] = high;
}
