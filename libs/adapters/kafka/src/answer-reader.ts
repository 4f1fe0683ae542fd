import type { RecordSetBuffers } from './record-set-buffers.ts';

/**
 * Puts answers together from the reads of one socket, which go straight to where their bytes belong: a small answer
 * into memory of the connection, a large one into a buffer of `buffers`. One answer at a time: the peer sends nothing
 * before it is asked again. An answer is its size as INT32, then that many bytes (Kafka protocol, "Protocol
 * Primitive Types").
 */
export interface AnswerReader {
  /** Where the next read goes; never empty. */
  target(): Uint8Array;
  /** `length` bytes have been written to the target. Throws `AnswerTooLarge`, `BytesBeyondAnswer`. */
  advance(length: number): void;
}

/** The first bytes are no size of an answer: the peer speaks another protocol, or more was sent than may be. */
export class AnswerTooLarge extends Error {
  readonly firstBytes: Uint8Array;

  constructor(firstBytes: Uint8Array) {
    super(`an answer said to have ${new DataView(firstBytes.buffer).getInt32(0)} bytes`);
    this.firstBytes = firstBytes;
  }
}

/** The peer sent more than the answer it was asked for: where the next answer begins is unknown. */
export class BytesBeyondAnswer extends Error {
  constructor(size: number, held: number) {
    super(`${held - size} bytes follow an answer of ${size} bytes that nobody asked for`);
  }
}

export interface AnswerReaderOptions {
  readonly buffers: RecordSetBuffers;
  /** The bytes after the size. They are used again for another answer when this returns. */
  readonly onAnswer: (body: Uint8Array) => void;
}

const SIZE_BYTES = 4;
const SMALL_BYTES = 16 << 10;
/** Every other protocol's first four bytes are more than this: TLS records, HTTP, SSH. */
const ANSWER_BYTES_MAX = 256 << 20;

export function createAnswerReader({ buffers, onAnswer }: AnswerReaderOptions): AnswerReader {
  const small = new Uint8Array(SMALL_BYTES);
  const smallView = new DataView(small.buffer);
  let large: Uint8Array | undefined;
  let filled = 0;

  const finish = (body: Uint8Array): void => {
    const used = large;
    large = undefined;
    filled = 0;
    try {
      onAnswer(body);
    } finally {
      if (used !== undefined) buffers.release(used);
    }
  };
  const advanceSmall = (): void => {
    if (filled < SIZE_BYTES) return;
    const size = smallView.getInt32(0);
    if (size < 0 || size > ANSWER_BYTES_MAX) throw new AnswerTooLarge(small.slice(0, SIZE_BYTES));
    const held = filled - SIZE_BYTES;
    if (held > size) throw new BytesBeyondAnswer(size, held);
    if (held === size) return finish(small.subarray(SIZE_BYTES, SIZE_BYTES + size));
    if (SIZE_BYTES + size <= SMALL_BYTES) return;
    large = buffers.take(size);
    large.set(small.subarray(SIZE_BYTES, filled));
    filled = held;
  };
  return {
    target: () => (large ?? small).subarray(filled),
    advance(length) {
      filled += length;
      if (large === undefined) advanceSmall();
      else if (filled === large.length) finish(large);
    },
  };
}
