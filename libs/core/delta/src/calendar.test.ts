import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDate, formatDateTime, parseDate, parseDateTime } from './calendar.ts';

describe('calendar', () => {
  it('agrees with the platform on every date of four-digit years', () => {
    fc.assert(
      fc.property(fc.integer({ min: -719_528, max: 2_932_896 }), (days) => {
        const expected = new Date(days * 86_400_000).toISOString().slice(0, 10);
        expect(formatDate(days)).toBe(expected);
        expect(parseDate(expected)).toBe(days);
      }),
    );
  });

  it('agrees with the platform on instants before and after 1970', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -62_167_219_200_000n, max: 253_402_300_799_999n }), (ms) => {
        const expected = new Date(Number(ms)).toISOString();
        expect(`${formatDateTime(ms * 1000n, 3)}Z`).toBe(expected);
        expect(parseDateTime(expected)).toBe(ms * 1000n);
      }),
    );
  });

  it.each([
    ['2021-09-08 11:11:11', 1_631_099_471_000_000n],
    ['2021-09-08T11:11:11.5+09:00', 1_631_067_071_500_000n],
    ['1969-12-31 23:59:59.999999', -1n],
    ['2024-02-29', 1_709_164_800_000_000n],
  ])('reads %s', (text, micros) => {
    expect(parseDateTime(text)).toBe(micros);
  });

  it.each(['2023-02-29', '2024-13-01', '2024-01-01 25:00:00', 'now', '', '294247-01-10 04:00:54'])(
    'refuses "%s"',
    (text) => {
      expect(parseDateTime(text)).toBeUndefined();
    },
  );
});
