import { expect, test } from 'vitest';
import { drainUntil, isDrained } from './drain.ts';

const at = (...offsets: bigint[]) => new Map(offsets.map((nextOffset, index) => [index, { nextOffset }]));

test('a pipeline that is not drained has no end and is never done', () => {
  expect(drainUntil({})).toEqual({});
  expect(isDrained({}, at(5n))).toBe(false);
});

test('a drained pipeline ends at its offsets, digit for digit, and is done when all are reached', () => {
  const drainTo = { 0: '9007199254740993', 1: '0' };
  expect(drainUntil({ drainTo }).until).toEqual(
    new Map([
      [0, 9_007_199_254_740_993n],
      [1, 0n],
    ]),
  );
  expect(isDrained({ drainTo }, at(9_007_199_254_740_992n, 0n))).toBe(false);
  expect(isDrained({ drainTo }, at(9_007_199_254_740_993n, 0n))).toBe(true);
});

test('a partition nobody has a position for yet is not done', () => {
  expect(isDrained({ drainTo: { 0: '0', 1: '0' } }, at(1n))).toBe(false);
});
