import { lz4Compress, snappyCompress } from '@platformatic/wasm-utils';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { SetRange } from './fuzz-kernel.test-data.ts';
import type { Random } from './fuzz-random.test-data.ts';
import { BASE_OFFSET, encodeBatch, frameBatch, sealBatch, type Stored } from './fuzz-record-set.test-data.ts';

/** Snappy blocks in the framing of the Java client. */
function xerial(plain: Buffer): Buffer {
  const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  const blocks: Buffer[] = [header];
  for (let at = 0; at < plain.length; at += 300) {
    const block = snappyCompress(plain.subarray(at, at + 300));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    blocks.push(length, block);
  }
  return Buffer.concat(blocks);
}

export const ways: readonly Stored[] = [
  { attribute: 0, bytes: (plain) => plain },
  { attribute: 3, bytes: (plain) => lz4Compress(plain) },
  { attribute: 2, bytes: (plain) => snappyCompress(plain) },
  { attribute: 2, bytes: xerial },
  { attribute: 1, bytes: (plain) => gzipSync(plain) },
  { attribute: 4, bytes: (plain) => zstdCompressSync(plain) },
];

export interface FuzzedSet {
  readonly recordSet: Buffer;
  readonly range: SetRange;
}

/** A batch of the records, damaged in its framing, its header, its stored bytes or not at all. */
export function makeSet(random: Random, records: readonly Buffer[]): FuzzedSet {
  const values = records.map((record) => (random.chance(12) ? null : record));
  const stored = random.chance(3) ? random.pick(ways) : random.pick(ways.slice(0, 4));
  const recordSet = damageSet(random, values, stored);
  const range = random.chance(3)
    ? { from: BASE_OFFSET + BigInt(random.below(20)), to: BASE_OFFSET + BigInt(random.below(40)) }
    : { from: 0n, to: 1n << 60n };
  return { recordSet, range };
}

function damageSet(random: Random, values: readonly (Buffer | null)[], stored: Stored): Buffer {
  switch (random.below(5)) {
    case 0: {
      // The framing of the records, before they are stored.
      const plain = encodeBatch(values, ways[0]!).subarray(61);
      for (let times = 1 + random.below(3); times > 0 && plain.length > 0; times--) {
        plain[random.below(plain.length)] = random.chance(2)
          ? random.below(256)
          : random.pick([0, 1, 127, 128, 255]);
      }
      const cut = random.chance(4) ? plain.subarray(0, random.below(plain.length + 1)) : plain;
      return frameBatch(stored.bytes(cut), stored.attribute, values.length);
    }
    case 1: {
      // The header, with a checksum that fits.
      const batch = encodeBatch(values, stored);
      batch[random.pick([7, 11, 15, 16, 21, 22, 23, 26, 27, 34, 42, 50, 57, 60])] = random.below(256);
      return sealBatch(batch);
    }
    case 2: {
      // Anything, with a checksum that does not fit.
      const batch = encodeBatch(values, stored);
      const at = 17 + random.below(batch.length - 17);
      batch[at] = batch[at]! ^ (1 << random.below(8));
      return batch;
    }
    case 3: {
      // What is stored, with a checksum that fits.
      const batch = encodeBatch(values, stored);
      if (batch.length > 61) batch[61 + random.below(batch.length - 61)] = random.below(256);
      return sealBatch(batch);
    }
    default: {
      const batch = encodeBatch(values, stored);
      return random.chance(6) ? batch.subarray(0, random.below(batch.length)) : batch;
    }
  }
}
