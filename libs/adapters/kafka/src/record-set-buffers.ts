import { createIdleBuffers } from '@headwater/kernel';
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

export function createRecordSetBuffers(): RecordSetBuffers {
  const idle = createIdleBuffers({
    bytesMax: KEPT_BYTES_MAX,
    countMax: KEPT_MAX,
    nowMs: () => performance.now(),
  });
  return {
    take(length) {
      if (length < POOLED_FROM) return new Uint8Array(length);
      // One that is much larger would be held for little.
      const found = idle.take(length, Math.max(4 * length, STEP));
      return new Uint8Array(found ?? new ArrayBuffer(Math.ceil(length / STEP) * STEP), 0, length);
    },
    release({ buffer }) {
      if (buffer instanceof ArrayBuffer && buffer.byteLength >= STEP && buffer.byteLength % STEP === 0)
        idle.give(buffer);
    },
  };
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
