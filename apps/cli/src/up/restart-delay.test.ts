import { expect, test } from 'vitest';
import { countEnds, restartDelayMs } from './restart-delay.ts';

test('the wait doubles from half a second and stops growing at thirty seconds', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map(restartDelayMs)).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ]);
});

test('a process that lived a minute starts over with the shortest wait', () => {
  expect(countEnds(5, 59_999)).toBe(6);
  expect(countEnds(5, 60_000)).toBe(1);
});
