/** Buffers that wait to be used again. */
export interface IdleBuffers {
  /** Takes the smallest of `least` to `most` bytes; of equal ones the one that came back last. */
  take(least: number, most: number): ArrayBuffer | undefined;
  /** Keeps the buffer if there is room for it; one that is here already is ignored. */
  give(buffer: ArrayBuffer): void;
  bytes(): number;
}

export interface IdleBuffersOptions {
  readonly bytesMax: number;
  /** Most buffers; default as many as fit. */
  readonly countMax?: number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/** A buffer that nobody took for so long was needed by a burst. */
const UNUSED_MS_MAX = 20_000;

/** Keeps at most `bytesMax` bytes; what is beyond that, or a burst left behind, is left to the garbage collector. */
export function createIdleBuffers(options: IdleBuffersOptions): IdleBuffers {
  const { bytesMax, countMax = Infinity, nowMs } = options;
  /** With when each came back, the oldest first. */
  const idle = new Map<ArrayBuffer, number>();
  let bytes = 0;
  const drop = (buffer: ArrayBuffer): void => {
    if (idle.delete(buffer)) bytes -= buffer.byteLength;
  };
  return {
    take(least, most) {
      let best: ArrayBuffer | undefined;
      for (const buffer of idle.keys()) {
        const { byteLength } = buffer;
        const fits = byteLength >= least && byteLength <= most;
        if (fits && byteLength <= (best?.byteLength ?? most)) best = buffer;
      }
      if (best !== undefined) drop(best);
      return best;
    },
    give(buffer) {
      const now = nowMs();
      for (const [each, sinceMs] of idle) {
        if (now - sinceMs <= UNUSED_MS_MAX) break;
        drop(each);
      }
      if (idle.has(buffer) || idle.size >= countMax || bytes + buffer.byteLength > bytesMax) return;
      idle.set(buffer, now);
      bytes += buffer.byteLength;
    },
    bytes: () => bytes,
  };
}
