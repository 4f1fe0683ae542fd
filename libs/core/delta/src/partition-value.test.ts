import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, formatPartitionValue, parseDecimal, parsePartitionValue } from './partition-value.ts';
import type { DeltaType } from './schema.ts';

describe('[D8] partition values', () => {
  const typed: fc.Arbitrary<readonly [DeltaType, boolean | number | bigint | string]> = fc.oneof(
    fc.tuple(fc.constant<DeltaType>('string'), fc.string({ minLength: 1 })),
    fc.tuple(fc.constant<DeltaType>('long'), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    fc.tuple(fc.constant<DeltaType>('integer'), fc.integer()),
    fc.tuple(fc.constant<DeltaType>('double'), fc.double()),
    fc.tuple(fc.constant<DeltaType>('boolean'), fc.boolean()),
    fc.tuple(fc.constant<DeltaType>('date'), fc.integer({ min: -719_528, max: 2_932_896 })),
    fc.tuple(
      fc.constantFrom<DeltaType>('timestamp', 'timestamp_ntz'),
      fc.bigInt({ min: -62_167_219_200_000_000n, max: 253_402_300_799_999_999n }),
    ),
    fc.tuple(
      fc.constant<DeltaType>({ type: 'decimal', precision: 38, scale: 9 }),
      fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
    ),
  );

  it('come back as the value they were written from', () => {
    fc.assert(
      fc.property(typed, ([type, value]) => {
        const text = formatPartitionValue(type, value);
        if (!text.ok) throw new Error(text.error);
        const back = parsePartitionValue(type, text.value);
        expect(back.ok && (Object.is(back.value, -0) ? 0 : back.value)).toEqual(
          Object.is(value, -0) ? 0 : value,
        );
      }),
    );
  });

  it('are written as the protocol says', () => {
    expect(formatPartitionValue('timestamp', 123_456n)).toEqual({
      ok: true,
      value: '1970-01-01T00:00:00.123456Z',
    });
    expect(formatPartitionValue('timestamp_ntz', 123_456n)).toEqual({
      ok: true,
      value: '1970-01-01 00:00:00.123456',
    });
    expect(formatPartitionValue('date', 0)).toEqual({ ok: true, value: '1970-01-01' });
    expect(formatPartitionValue('string', null)).toEqual({ ok: true, value: null });
  });

  it('refuse an empty string, which would come back as NULL', () => {
    expect(formatPartitionValue('string', '').ok).toBe(false);
    expect(parsePartitionValue('string', '')).toEqual({ ok: true, value: null });
  });

  it('refuse text that is no value of the type', () => {
    expect(parsePartitionValue('integer', '1.5').ok).toBe(false);
    expect(parsePartitionValue('date', '2021-02-30').ok).toBe(false);
  });
});

it('decimals keep their digits and refuse to lose one', () => {
  expect(parseDecimal('123.450', 2)).toBe(12345n);
  expect(parseDecimal('123.456', 2)).toBeUndefined();
  expect(parseDecimal('-1.5E3', 1)).toBe(-15000n);
  expect(formatDecimal(-5n, 3)).toBe('-0.005');
  expect(formatDecimal(5n, 0)).toBe('5');
});
