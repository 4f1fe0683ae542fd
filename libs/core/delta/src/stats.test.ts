import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDateTime } from './calendar.ts';
import { parseLogJson } from './log-json.ts';
import { field, struct, type DeltaType } from './schema.ts';
import { formatStats, truncateMax, truncateMin, withStatsColumns, type ColumnStatistics } from './stats.ts';

const utf8 = (text: string) => Buffer.from(text, 'utf8');
const statsOf = (type: DeltaType, column: Omit<ColumnStatistics, 'path'>) =>
  parseLogJson(
    formatStats(struct([field('c', type)]), 3n, [{ path: ['c'], ...column }], { partitionColumns: [] }),
  );

describe('[D9] statistics never hide a row', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('a', 'é', '\u{10FFFF}', '\u{1F600}', '\uFFFF', '\uD7FF'),
      fc
        .integer({ min: 0, max: 0x10ffff })
        .filter((c) => c < 0xd800 || c > 0xdfff)
        .map((c) => String.fromCodePoint(c)),
    ),
    maxLength: 60,
  });

  it('a cut string maximum sorts at or after the string in UTF-8 byte order, a minimum at or before', () => {
    fc.assert(
      fc.property(text, (value) => {
        const max = truncateMax(value);
        if (max !== undefined) expect(Buffer.compare(utf8(max), utf8(value))).toBeGreaterThanOrEqual(0);
        expect(Buffer.compare(utf8(truncateMin(value)), utf8(value))).toBeLessThanOrEqual(0);
        expect(`${max ?? ''}${truncateMin(value)}`.isWellFormed()).toBe(true);
      }),
    );
  });

  it('a string is cut between characters, not inside a surrogate pair', () => {
    const value = 'x'.repeat(31) + '\u{1F600}'.repeat(3);
    expect(truncateMin(value)).toBe('x'.repeat(31) + '\u{1F600}');
    expect(truncateMax(value)).toBe('x'.repeat(31) + '\u{1F600}\u{10FFFF}');
  });

  it('a tie-break behind characters that are themselves U+10FFFF still bounds', () => {
    const value = `${'a'.repeat(32)}\u{10FFFF}\u{10FFFF}b`;
    expect(truncateMax(value)).toBe(`${'a'.repeat(32)}\u{10FFFF}\u{10FFFF}\u{10FFFF}`);
    expect(truncateMax('a'.repeat(32) + '\u{10FFFF}'.repeat(200))).toBeUndefined();
  });

  it('timestamps are kept to milliseconds, outwards', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -62_000_000_000_000_000n, max: 253_402_300_799_000_000n }), (micros) => {
        const written = statsOf('timestamp', { min: iso(micros), max: iso(micros), nullCount: 0n });
        const { minValues, maxValues } = written as { minValues: { c: string }; maxValues: { c: string } };
        expect(minValues.c).toMatch(/\.\d{3}Z$/);
        expect(parseDateTime(minValues.c)! <= micros).toBe(true);
        expect(parseDateTime(maxValues.c)! >= micros).toBe(true);
        expect(parseDateTime(maxValues.c)! - micros < 1000n).toBe(true);
      }),
    );
  });

  it('a column with a NaN has no bounds, and then no column of the file has: some readers take one for NULL', () => {
    const stats = formatStats(
      struct([field('d', 'double'), field('l', 'long')]),
      3n,
      [
        { path: ['d'], min: '0.0', max: '4.0', nullCount: 0n, hasNan: true },
        { path: ['l'], min: '1', max: '2', nullCount: 0n },
      ],
      { partitionColumns: [] },
    );
    expect(stats).toBe('{"numRecords":3,"nullCount":{"d":0,"l":0},"tightBounds":true}');
  });

  it('a column of nothing but NULL needs no bounds', () => {
    const stats = formatStats(
      struct([field('d', 'double'), field('l', 'long')]),
      3n,
      [
        { path: ['d'], nullCount: 3n },
        { path: ['l'], min: '1', max: '2', nullCount: 0n },
      ],
      { partitionColumns: [] },
    );
    expect(stats).toContain('"minValues":{"l":1},"maxValues":{"l":2},"nullCount":{"d":3,"l":0}');
  });

  it('infinities are bounds, dates before year 0 are not', () => {
    expect(statsOf('double', { min: '-inf', max: 'inf', nullCount: 0n })).toMatchObject({
      minValues: { c: '-Infinity' },
      maxValues: { c: 'Infinity' },
    });
    const ancient = statsOf('date', { min: '0044-03-15 (BC)', max: '2020-01-01', nullCount: 0n });
    expect(ancient).toEqual({ numRecords: 3, nullCount: { c: 0 }, tightBounds: true });
  });

  it('booleans have bounds', () => {
    expect(statsOf('boolean', { min: '0', max: '1', nullCount: 1n })).toMatchObject({
      minValues: { c: false },
      maxValues: { c: true },
    });
  });

  it('a float bound is the exact value of the float', () => {
    expect(statsOf('float', { min: '0.1', max: '0.1', nullCount: 0n })).toMatchObject({
      maxValues: { c: Math.fround(0.1) },
    });
  });

  it('longs and decimals keep every digit', () => {
    const json = formatStats(
      struct([field('l', 'long'), field('d', { type: 'decimal', precision: 38, scale: 9 })]),
      1n,
      [
        { path: ['l'], min: '9007199254740993', max: '9223372036854775807', nullCount: 0n },
        { path: ['d'], min: '0.100000000', max: '12345678901234567890123456789.123456789', nullCount: 0n },
      ],
      { partitionColumns: [] },
    );
    expect(json).toBe(
      '{"numRecords":1,"minValues":{"l":9007199254740993,"d":0.100000000},"maxValues":{"l":9223372036854775807,"d":12345678901234567890123456789.123456789},"nullCount":{"l":0,"d":0},"tightBounds":true}',
    );
  });
});

describe('[D10] which columns get statistics', () => {
  it('the first 32 leaves outside the partition columns, structs counted by leaf', () => {
    const inner = struct(Array.from({ length: 30 }, (_, i) => field(`i${i}`, 'integer')));
    const schema = struct([
      field('p', 'string'),
      field('s', inner),
      field('list', { type: 'array', elementType: 'integer', containsNull: true }),
      field('a', 'integer'),
      field('b', 'integer'),
    ]);
    const columns = [
      ...inner.fields.map(({ name }) => ({ path: ['s', name], min: '1', max: '2', nullCount: 0n })),
      ...['p', 'a', 'b'].map((name) => ({ path: [name], min: '1', max: '2', nullCount: 0n })),
      { path: ['list', 'element'], min: '1', max: '2', nullCount: 0n },
    ];
    const stats = parseLogJson(formatStats(schema, 1n, columns, { partitionColumns: ['p'] })) as {
      minValues: { s: object };
    };
    expect(Object.keys(stats.minValues)).toEqual(['s', 'a']);
    expect(Object.keys(stats.minValues.s)).toHaveLength(30);
  });

  it('personal columns have none, and the table says so in a property', () => {
    const schema = struct([
      field('mail', 'string'),
      field('s', struct([field('name', 'string')])),
      field('n', 'long'),
      field('flag', 'boolean'),
      field('t', struct([field('odd name', 'double')])),
    ]);
    const rules = { partitionColumns: [], personalColumns: new Set(['mail', 's']) };
    const stats = formatStats(
      schema,
      1n,
      [
        { path: ['mail'], min: 'a@b', max: 'a@b', nullCount: 0n },
        { path: ['s', 'name'], min: 'Ann', max: 'Ann', nullCount: 0n },
        { path: ['n'], min: '1', max: '1', nullCount: 0n },
        { path: ['flag'], nullCount: 1n },
        { path: ['t', 'odd name'], nullCount: 1n },
      ],
      rules,
    );
    expect(stats).toBe(
      '{"numRecords":1,"minValues":{"n":1},"maxValues":{"n":1},"nullCount":{"n":0,"flag":1,"t":{"odd name":1}},"tightBounds":true}',
    );
    expect(withStatsColumns({ a: 'b' }, schema, rules)).toEqual({
      a: 'b',
      'delta.dataSkippingStatsColumns': 'n,t.`odd name`',
    });
    expect(withStatsColumns({ a: 'b' }, schema, { partitionColumns: [] })).toEqual({ a: 'b' });
  });
});

function iso(micros: bigint): string {
  const ms = Number((micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n);
  const rest = String(((micros % 1000n) + 1000n) % 1000n).padStart(3, '0');
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', `${rest}+00`);
}
