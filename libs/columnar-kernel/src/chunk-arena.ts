/** Blocks of memory that chunks are kept in until they are written; given back, they serve the next batch. */
export interface BlockPool {
  take(bytes: number): Uint8Array<ArrayBuffer>;
  give(block: Uint8Array<ArrayBuffer>): void;
  /** Bytes of blocks nobody holds. */
  idleBytes(): number;
}

export const BLOCK_BYTES = 4 << 20;

/** A block that nobody needed for so long was needed by a burst. */
const UNUSED_MS_MAX = 20_000;

/**
 * A pool that keeps at most `idleBytesMax` bytes, and none that nobody needed for a while. Larger blocks than BLOCK_BYTES
 * are made for one use.
 */
export function createBlockPool(
  idleBytesMax: number,
  nowMs: () => number = () => performance.now(),
): BlockPool {
  /** The one that came back last is taken first. */
  const idle: { readonly block: Uint8Array<ArrayBuffer>; readonly sinceMs: number }[] = [];
  return {
    take: (bytes) =>
      bytes > BLOCK_BYTES ? new Uint8Array(bytes) : (idle.pop()?.block ?? new Uint8Array(BLOCK_BYTES)),
    give(block) {
      const now = nowMs();
      while (idle.length > 0 && now - idle[0]!.sinceMs > UNUSED_MS_MAX) idle.shift();
      if (block.length !== BLOCK_BYTES || (idle.length + 1) * BLOCK_BYTES > idleBytesMax) return;
      idle.push({ block, sinceMs: now });
    },
    idleBytes: () => idle.length * BLOCK_BYTES,
  };
}

/** Room for the chunks of one batch. */
export interface ChunkArena {
  /** Room for `bytes` bytes that lie side by side, on a boundary of 16 bytes. */
  reserve(bytes: number): { readonly block: Uint8Array<ArrayBuffer>; readonly at: number };
  heldBytes(): number;
  /** Gives every block back: nothing of the batch may be read after. */
  release(): void;
}

export function createChunkArena(pool: BlockPool): ChunkArena {
  const blocks: Uint8Array<ArrayBuffer>[] = [];
  let used = 0;
  let held = 0;
  return {
    reserve(bytes) {
      let block = blocks.at(-1);
      if (block === undefined || used + bytes > block.length) {
        block = pool.take(bytes);
        blocks.push(block);
        held += block.length;
        used = 0;
      }
      const at = used;
      used = (used + bytes + 15) & ~15;
      return { block, at };
    },
    heldBytes: () => held,
    release() {
      for (const block of blocks.splice(0)) pool.give(block);
      held = 0;
      used = 0;
    },
  };
}
