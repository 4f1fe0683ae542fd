import { SLACK } from './layout.ts';

const PAGE = 65_536;
/** Static data of the module lies below. */
const FIRST_ADDRESS = PAGE;

/** Hands out regions of the kernel's memory, which only grows, and views of it that are renewed when it has grown. */
export interface KernelMemory {
  /** Address of a zeroed region of at least `bytes`, with slack behind it, on a boundary of 64 bytes. */
  take(bytes: number): number;
  /** Makes [0, end) and a slack of one page readable. */
  reach(end: number): void;
  /** Where the next region would begin. */
  readonly top: number;
  readonly view: DataView<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function createKernelMemory(memory: WebAssembly.Memory): KernelMemory {
  let top = FIRST_ADDRESS;
  let view = new DataView(memory.buffer as ArrayBuffer);
  let bytes = new Uint8Array(memory.buffer as ArrayBuffer);
  const reach = (end: number): void => {
    const missing = end + PAGE - memory.buffer.byteLength;
    if (missing <= 0) return;
    memory.grow(Math.ceil(missing / PAGE));
    view = new DataView(memory.buffer as ArrayBuffer);
    bytes = new Uint8Array(memory.buffer as ArrayBuffer);
  };
  return {
    take(size) {
      const at = top;
      top = (top + size + SLACK + 63) & ~63;
      reach(top);
      return at;
    },
    reach,
    get top() {
      return top;
    },
    get view() {
      return view;
    },
    get bytes() {
      return bytes;
    },
  };
}
