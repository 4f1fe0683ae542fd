/** ArrayBuffers that carry record sets to engine threads and come back to be used again. */
export interface RecordSetBuffers {
  /** A buffer that holds a copy of the bytes from its start on; it may be longer. */
  carry(bytes: Uint8Array): ArrayBuffer;
  giveBack(buffer: ArrayBuffer): void;
  /** Bytes of the buffers that wait to be used again. */
  idleBytes(): number;
}

const BUFFER_BYTES_MIN = 64 << 10;

/** A buffer that nobody needed for so long was needed by a burst. */
const UNUSED_MS_MAX = 20_000;

interface Idle {
  readonly buffer: ArrayBuffer;
  readonly sinceMs: number;
}

/**
 * Keeps at most `idleBytesMax` bytes of buffers; what comes back beyond that, and what nobody needed for a while, is left
 * to the garbage collector.
 */
export function createRecordSetBuffers(
  idleBytesMax: number,
  nowMs: () => number = () => performance.now(),
): RecordSetBuffers {
  /** By size; the one that came back last is taken first. */
  const idle = new Map<number, Idle[]>();
  let idleBytes = 0;
  const dropUnused = (now: number): void => {
    for (const [size, waiting] of idle) {
      while (waiting.length > 0 && now - waiting[0]!.sinceMs > UNUSED_MS_MAX) {
        waiting.shift();
        idleBytes -= size;
      }
    }
  };
  return {
    carry(bytes) {
      const size = sizeFor(bytes.length);
      const found = idle.get(size)?.pop();
      if (found !== undefined) idleBytes -= size;
      const buffer = found?.buffer ?? new ArrayBuffer(size);
      new Uint8Array(buffer).set(bytes);
      return buffer;
    },
    giveBack(buffer) {
      const now = nowMs();
      dropUnused(now);
      const size = buffer.byteLength;
      if (size === 0 || size !== sizeFor(size) || idleBytes + size > idleBytesMax) return;
      const waiting = idle.get(size) ?? [];
      idle.set(size, waiting);
      waiting.push({ buffer, sinceMs: now });
      idleBytes += size;
    },
    idleBytes: () => idleBytes,
  };
}

/** Powers of two, so that sets of about one size share buffers. */
const sizeFor = (bytes: number): number =>
  bytes <= BUFFER_BYTES_MIN ? BUFFER_BYTES_MIN : 2 ** Math.ceil(Math.log2(bytes));
