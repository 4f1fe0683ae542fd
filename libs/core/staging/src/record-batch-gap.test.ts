import { expect, test } from 'vitest';
import { findFirstGap } from './record-batch-gap.ts';
import type { RecordBatchCodecs } from './record-batch.ts';

// The checksum is not what these tests are about.
const codecs: RecordBatchCodecs = { crc32c: () => 0, decompress: (_type, bytes) => bytes };

/** A batch of [base, last] that holds records at these offsets, each with a null key and an empty value. */
function batchOf(base: number, last: number, offsets: readonly number[]): Buffer {
  const records = Buffer.concat(
    offsets.map((offset) => Buffer.from([12, 0, 0, (offset - base) * 2, 1, 0, 0])),
  );
  const bytes = Buffer.alloc(61 + records.length);
  bytes.writeBigInt64BE(BigInt(base), 0);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt8(2, 16);
  bytes.writeInt32BE(last - base, 23);
  bytes.writeInt32BE(offsets.length, 57);
  records.copy(bytes, 61);
  return bytes;
}
const gapIn = (batches: readonly Buffer[], from: number, to: number) =>
  findFirstGap(
    codecs,
    { topic: 't', partition: 0 },
    {
      recordSet: Buffer.concat(batches),
      from: BigInt(from),
      to: BigInt(to),
    },
  );

test.each([
  ['inside a batch', [batchOf(0, 5, [0, 1, 4, 5])], 0, 6, [2, 4]],
  ['between batches', [batchOf(0, 1, [0, 1]), batchOf(4, 5, [4, 5])], 0, 6, [2, 4]],
  ['from the end of a batch into the next', [batchOf(0, 3, [0, 1]), batchOf(4, 6, [5, 6])], 0, 7, [2, 5]],
  ['before the first record', [batchOf(3, 5, [4, 5])], 0, 6, [0, 4]],
  ['at the end of what is there', [batchOf(0, 5, [0, 1])], 0, 6, [2, 6]],
  ['the first of several', [batchOf(0, 9, [0, 3, 4, 9])], 0, 10, [1, 3]],
  ['only from the asked offset on', [batchOf(0, 9, [0, 4, 5, 9])], 4, 10, [6, 9]],
  ['not past the end of the range', [batchOf(0, 9, [0, 1, 2, 9])], 0, 3, undefined],
  ['none', [batchOf(0, 2, [0, 1, 2]), batchOf(3, 4, [3, 4])], 0, 5, undefined],
] as const)('[S10] missing offsets: %s', (_, batches, from, to, expected) => {
  const gap = gapIn(batches, from, to);
  expect(gap === undefined ? undefined : [Number(gap.from), Number(gap.to)]).toEqual(expected);
});
