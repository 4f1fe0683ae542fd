import { equalBytes, hashBytes } from './key-set.ts';
import { encodeUtf8 } from './text.ts';

/** A fixed set of words, found by their UTF-8 bytes without making a string. */
export interface ByteTable {
  /** Index of the word in the list the table was made of, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number;
}

export function createByteTable(words: readonly string[]): ByteTable {
  const encoded = words.map(encodeUtf8);
  const size = 1 << (32 - Math.clz32(Math.max(1, words.length * 2)));
  const buckets: number[][] = Array.from({ length: size }, () => []);
  for (const [index, word] of encoded.entries()) {
    buckets[hashBytes(word, 0, word.length) & (size - 1)]!.push(index);
  }
  return {
    find(bytes, start, end) {
      for (const index of buckets[hashBytes(bytes, start, end) & (size - 1)]!) {
        const word = encoded[index]!;
        if (equalBytes(word, 0, word.length, bytes, start, end)) return index;
      }
      return -1;
    },
  };
}
