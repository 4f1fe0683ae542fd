import type { Reader } from '@platformatic/kafka';

/**
 * Memory for record sets. Large ones lie alone at the beginning of an ArrayBuffer that is used again once it is given
 * back; what is never given back, and what a burst left behind, is left to the garbage collector.
 */
export interface RecordSetBuffers {
  /** Uninitialised or used bytes; the caller overwrites all of them. */
  take(length: number): Uint8Array;
  /** The caller keeps no view of it. A buffer that was transferred away, is small or is already here is ignored. */
  release(recordSet: Uint8Array): void;
}

const POOLED_FROM = 64 << 10;
const STEP = 256 << 10;
const KEPT_MAX = 16;
const KEPT_BYTES_MAX = 32 << 20;
/** A buffer that nobody took for so long was needed by a burst. */
const UNUSED_MS_MAX = 20_000;

export function createRecordSetBuffers(nowMs: () => number = () => performance.now()): RecordSetBuffers {
  /** Those that wait, with when they came back. */
  const kept = new Map<ArrayBuffer, number>();
  let keptBytes = 0;
  const drop = (buffer: ArrayBuffer): void => {
    if (kept.delete(buffer)) keptBytes -= buffer.byteLength;
  };
  return {
    take(length) {
      if (length < POOLED_FROM) return new Uint8Array(length);
      const found = bestFit(kept, length);
      if (found === undefined)
        return new Uint8Array(new ArrayBuffer(Math.ceil(length / STEP) * STEP), 0, length);
      drop(found);
      return new Uint8Array(found, 0, length);
    },
    release({ buffer }) {
      if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < STEP || buffer.byteLength % STEP !== 0)
        return;
      const now = nowMs();
      for (const [each, sinceMs] of kept) if (now - sinceMs > UNUSED_MS_MAX) drop(each);
      if (kept.has(buffer) || kept.size >= KEPT_MAX || keptBytes + buffer.byteLength > KEPT_BYTES_MAX) return;
      kept.set(buffer, now);
      keptBytes += buffer.byteLength;
    },
  };
}

/** The smallest that holds `length` and is not much larger. */
function bestFit(kept: ReadonlyMap<ArrayBuffer, number>, length: number): ArrayBuffer | undefined {
  let best: ArrayBuffer | undefined;
  for (const buffer of kept.keys()) {
    if (buffer.byteLength < length || buffer.byteLength > Math.max(4 * length, STEP)) continue;
    if (best === undefined || buffer.byteLength < best.byteLength) best = buffer;
  }
  return best;
}

/** Copies [start, start + target.length) of an answer that lies in several reads of the socket. */
export function copyOut(answer: Pick<Reader['buffer'], 'buffers'>, start: number, target: Uint8Array): void {
  let chunkStart = 0;
  let copied = 0;
  for (const chunk of answer.buffers) {
    const chunkEnd = chunkStart + chunk.length;
    if (chunkEnd > start + copied) {
      const from = start + copied - chunkStart;
      const part = chunk.subarray(from, from + target.length - copied);
      target.set(part, copied);
      copied += part.length;
      if (copied === target.length) return;
    }
    chunkStart = chunkEnd;
  }
}
