import { createIdleBuffers } from '@headwater/kernel';

/** Blocks of memory that chunks are kept in until they are written; given back, they serve the next batch. */
export interface BlockPool {
  take(bytes: number): Uint8Array<ArrayBuffer>;
  give(block: Uint8Array<ArrayBuffer>): void;
  /** Bytes of blocks nobody holds. */
  idleBytes(): number;
}

export const BLOCK_BYTES = 4 << 20;

/** A pool that keeps at most `idleBytesMax` bytes. Larger blocks than BLOCK_BYTES are made for one use. */
export function createBlockPool(idleBytesMax: number): BlockPool {
  const idle = createIdleBuffers({ bytesMax: idleBytesMax, nowMs: () => performance.now() });
  return {
    take(bytes) {
      const found = bytes > BLOCK_BYTES ? undefined : idle.take(BLOCK_BYTES, BLOCK_BYTES);
      return new Uint8Array(found ?? new ArrayBuffer(Math.max(bytes, BLOCK_BYTES)));
    },
    give({ buffer }) {
      if (buffer.byteLength === BLOCK_BYTES) idle.give(buffer);
    },
    idleBytes: idle.bytes,
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
