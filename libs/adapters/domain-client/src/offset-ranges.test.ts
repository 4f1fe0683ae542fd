import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOffsetRanges } from './offset-ranges.ts';

test('ranges that meet become one, a gap keeps them apart, partitions stay apart', () => {
  const ranges = createOffsetRanges();
  for (const [partition, from, to] of [[1, 0n, 5n], [0, 3n, 4n], [1, 5n, 9n], [1, 12n, 13n]] as const) {
    ranges.add({ partition, from, to });
  } // prettier-ignore
  expect(ranges.all()).toEqual([
    { partition: 0, from: 3n, to: 4n },
    { partition: 1, from: 0n, to: 9n },
    { partition: 1, from: 12n, to: 13n },
  ]);
});

test('no offset is added and none is lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 9 }))),
      (steps) => {
        const ranges = createOffsetRanges();
        const ends = [0, 0, 0];
        const expected: string[] = [];
        for (const [partition, gap, length] of steps) {
          const from = ends[partition]! + gap;
          ends[partition] = from + length;
          ranges.add({ partition, from: BigInt(from), to: BigInt(from + length) });
          for (let offset = from; offset < from + length; offset++) expected.push(`${partition}:${offset}`);
        }
        const held = ranges
          .all()
          .flatMap(({ partition, from, to }) =>
            Array.from({ length: Number(to - from) }, (_, index) => `${partition}:${Number(from) + index}`),
          );
        expect(held.sort()).toEqual(expected.sort());
      },
    ),
  );
});
