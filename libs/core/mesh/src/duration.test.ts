import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

test.each([
  ['P28D', 28 * 86_400_000],
  ['PT0.5S', 500],
  ['P1DT2H3M4.005S', 93_784_005],
  ['P2W', 14 * 86_400_000],
  ['PT0S', 0],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
  expect(parseDuration(formatDuration(ms))).toBe(ms);
});

test.each(['', 'P', 'PT', 'P1Y', 'P1M', '1D', 'P-1D', 'PT1H ', 'P1DT'])('"%s" is refused', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
