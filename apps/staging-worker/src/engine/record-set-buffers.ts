import { createIdleBuffers } from '@headwater/kernel';

/** ArrayBuffers that carry record sets to engine threads and come back to be used again. */
export interface RecordSetBuffers {
  /** A buffer that holds a copy of the bytes from its start on; it may be longer. */
  carry(bytes: Uint8Array): ArrayBuffer;
  giveBack(buffer: ArrayBuffer): void;
  /** Bytes of the buffers that wait to be used again. */
  idleBytes(): number;
}

const BUFFER_BYTES_MIN = 64 << 10;

/** Keeps at most `idleBytesMax` bytes of buffers. */
export function createRecordSetBuffers(idleBytesMax: number): RecordSetBuffers {
  const idle = createIdleBuffers({ bytesMax: idleBytesMax, nowMs: () => performance.now() });
  return {
    carry(bytes) {
      const size = sizeFor(bytes.length);
      const buffer = idle.take(size, size) ?? new ArrayBuffer(size);
      new Uint8Array(buffer).set(bytes);
      return buffer;
    },
    giveBack(buffer) {
      const size = buffer.byteLength;
      if (size > 0 && size === sizeFor(size)) idle.give(buffer);
    },
    idleBytes: idle.bytes,
  };
}

/** Powers of two, so that sets of about one size share buffers. */
const sizeFor = (bytes: number): number =>
  bytes <= BUFFER_BYTES_MIN ? BUFFER_BYTES_MIN : 2 ** Math.ceil(Math.log2(bytes));
