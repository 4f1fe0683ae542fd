import type { KernelExports } from './kernel-module.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { SLACK } from './layout.ts';

/** The header of a record batch v2, as far as the kernel needs it. */
export interface BatchFrame {
  readonly recordsCount: number;
  readonly baseOffset: bigint;
  readonly lastOffsetDelta: number;
  /** Milliseconds: of the first record, or of every record when the broker set the times. */
  readonly timeMs: bigint;
  readonly isLogAppendTime: boolean;
  /** Records with an offset delta outside of [lowestDelta, endDelta) are passed over. */
  readonly lowestDelta: number;
  readonly endDelta: number;
}

export type Compression = 'none' | 'lz4' | 'snappy';

/** Takes the bytes of one record batch at a time to where the kernel reads its records. */
export interface BatchInput {
  /** Loads the bytes of a batch from its attributes on; true when their CRC32C is the expected one. */
  load(stored: Uint8Array, crc: number): boolean;
  /** Makes the loaded bytes from `start` on the records; false when they are corrupt or more than `bytesMax`. */
  decompress(compression: Compression, start: number, bytesMax: number): boolean;
  /** Takes records that were decompressed elsewhere. */
  loadPlain(records: Uint8Array): void;
  begin(frame: BatchFrame): void;
  /** The uncompressed records, until the next batch is loaded. */
  records(): Uint8Array<ArrayBuffer>;
}

const ROOM_MIN = 1 << 20;
const CORRUPT = -1;

export function createBatchInput(wasm: KernelExports, memory: KernelMemory, input: number): BatchInput {
  let loaded = 0;
  // Records lie behind the loaded bytes, or among them when they are not compressed.
  let start = 0;
  let end = 0;
  /** What follows the records is zero, so that every walk over them ends. */
  const setRecords = (from: number, bytes: number): void => {
    start = from;
    end = from + bytes;
    memory.bytes.fill(0, end, end + SLACK);
  };
  const put = (bytes: Uint8Array): void => {
    loaded = bytes.length;
    memory.reach(input + Math.max(ROOM_MIN, loaded) + SLACK);
    memory.bytes.set(bytes, input);
  };
  return {
    load(stored, crc) {
      put(stored);
      return wasm.crc32c(input, input + loaded) >>> 0 === crc;
    },
    decompress(compression, from, bytesMax) {
      if (compression === 'none') {
        setRecords(input + from, loaded - from);
        return loaded - from <= bytesMax;
      }
      const codec = compression === 'lz4' ? wasm.lz4Frame : wasm.snappy;
      const out = (input + loaded + 2 * SLACK) & ~63;
      for (let room = Math.max(ROOM_MIN, 4 * loaded); ; room *= 2) {
        const most = Math.min(room, bytesMax);
        memory.reach(out + most + SLACK);
        const length = codec(input + from, input + loaded, out, out + most);
        if (length >= 0) {
          setRecords(out, length);
          return true;
        }
        if (length === CORRUPT || most === bytesMax) return false;
      }
    },
    loadPlain(records) {
      put(records);
      setRecords(input, records.length);
    },
    begin(frame) {
      wasm.beginRecords(
        start,
        end,
        frame.recordsCount,
        frame.baseOffset,
        frame.timeMs,
        Number(frame.isLogAppendTime),
        frame.lastOffsetDelta,
        BigInt(frame.lowestDelta),
        BigInt(frame.endDelta),
      );
    },
    records: () => memory.bytes.subarray(start, end),
  };
}
