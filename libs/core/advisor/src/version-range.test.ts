import { expect, test } from 'vitest';
import { isVersionRange, satisfies } from './version-range.ts';

test.each([
  ['^1.2.0', ['1.2.0', '1.9.9'], ['1.1.9', '2.0.0']],
  ['^0.2.1', ['0.2.1', '0.2.9'], ['0.3.0']],
  ['~1.2', ['1.2.0', '1.2.9'], ['1.3.0']],
  ['1.x', ['1.0.0', '1.8.0'], ['2.0.0', '0.9.0']],
  ['1.2', ['1.2.3'], ['1.3.0']],
  ['>=1.0.0 <3.0.0', ['1.0.0', '2.9.9'], ['3.0.0', '0.9.9']],
  ['>1.2 <=2', ['1.3.0', '2.9.0'], ['1.2.9', '3.0.0']],
  ['1.0.0 || 3.x', ['1.0.0', '3.1.0'], ['1.0.1', '2.0.0']],
  ['*', ['0.0.1', '9.0.0'], []],
])('%s', (range, inside, outside) => {
  expect(isVersionRange(range)).toBe(true);
  expect(inside.filter((version) => !satisfies(version, range))).toEqual([]);
  expect(outside.filter((version) => satisfies(version, range))).toEqual([]);
});

test.each(['', 'latest', '^', '1.2.3.4', '>=a', '^1 ||'])('%j is no range', (range) => {
  expect(isVersionRange(range)).toBe(false);
});
