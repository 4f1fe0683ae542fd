import {
  formatStats,
  field,
  isExactNumber,
  parseDateTime,
  parseDecimal,
  parseLogJson,
  struct,
  type DeltaSchema,
  type LogValue,
} from '@headwater/core-delta';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, quoteText, readCopyResult, type Database } from './index.ts';

let database: Database;
let folder: string;

beforeAll(async () => {
  database = await openDatabase({ threads: 2, memoryMiB: 512 });
  folder = mkdtempSync(join(tmpdir(), 'headwater-stats-'));
});
afterAll(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

const schema: DeltaSchema = struct([
  field('l', 'long'),
  field('d', 'double'),
  field('f', 'float'),
  field('dec', { type: 'decimal', precision: 38, scale: 9 }),
  field('ts', 'timestamp'),
  field('day', 'date'),
  field('s', 'string'),
  field('in', struct([field('x', 'integer')])),
]);

interface Row {
  readonly l: bigint | null;
  readonly d: number | null;
  readonly f: number | null;
  readonly dec: bigint | null;
  readonly ts: bigint | null;
  readonly day: number | null;
  readonly s: string | null;
  readonly x: number | 'null struct' | null;
}

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 5 });
const row: fc.Arbitrary<Row> = fc.record({
  l: orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  d: orNull(fc.double()),
  f: orNull(fc.float()),
  dec: orNull(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })),
  ts: orNull(fc.bigInt({ min: -62_000_000_000_000_000n, max: 253_000_000_000_000_000n })),
  day: orNull(fc.integer({ min: -719_528, max: 2_932_896 })),
  s: orNull(fc.string({ unit: 'grapheme', maxLength: 45 })),
  x: orNull(fc.oneof(fc.integer(), fc.constant('null struct' as const))),
});

const hex = (text: string) => `decode(from_hex('${Buffer.from(text, 'utf8').toString('hex')}'))`;
const sql = (value: unknown, expression: (text: string) => string) =>
  value === null ? 'null' : expression(String(value));

function selectRow({ l, d, f, dec, ts, day, s, x }: Row): string {
  const digits = (dec ?? 0n).toString().replace('-', '').padStart(10, '0');
  const decimal = `${(dec ?? 0n) < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`;
  return `select ${[
    `${sql(l, quoteText)}::bigint as l`,
    `${sql(d, quoteText)}::double as d`,
    `${sql(f, quoteText)}::float as f`,
    `${sql(dec === null ? null : decimal, quoteText)}::decimal(38, 9) as dec`,
    `make_timestamp(${sql(ts, (text) => `(${text})::bigint`)})::timestamptz as ts`,
    `(date '1970-01-01' + ${sql(day, (text) => `(${text})::integer`)}) as day`,
    `${s === null ? 'null' : hex(s)}::varchar as s`,
    `${x === 'null struct' ? 'null' : `{'x': (${String(x)})::integer}`}::struct(x integer) as "in"`,
  ].join(', ')}`;
}

type Bounds = Record<string, LogValue>;
interface Stats {
  readonly minValues?: Bounds;
  readonly maxValues?: Bounds;
  readonly nullCount: Bounds;
}
const inner = (value: LogValue | undefined) => (value as Record<string, LogValue> | undefined)?.['x'];

/** True when statistics alone would let a reader skip the file although it holds this value. */
function hides<T>(
  value: T | null,
  min: LogValue | undefined,
  max: LogValue | undefined,
  compare: (a: T, b: LogValue) => number,
) {
  if (value === null) return false;
  return (min !== undefined && compare(value, min) < 0) || (max !== undefined && compare(value, max) > 0);
}

const numeric = (a: bigint | number, b: LogValue) => {
  if (typeof b !== 'bigint' && typeof b !== 'number') throw new Error('the bound is no number');
  return a < b ? -1 : a > b ? 1 : 0;
};
const double = (a: number, b: LogValue) => numeric(a, Number(isExactNumber(b) ? b.value : b));
const bytes = (a: string, b: LogValue) => Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
const instant = (a: bigint, b: LogValue) => numeric(a, parseDateTime(String(b)) ?? 0n);
const dayOf = (a: number, b: LogValue) =>
  numeric(BigInt(a) * 86_400_000_000n, parseDateTime(String(b)) ?? 0n);
const decimal = (a: bigint, b: LogValue) =>
  numeric(a, parseDecimal(isExactNumber(b) ? b.value : String(b), 9) ?? 0n);
it('[D9] statistics of real files never hide a row, and their null counts are exact', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
      const file = join(folder, 'x.parquet');
      const copied = await database.use(async (connection) =>
        readCopyResult(
          await connection.run(
            `copy (${rows.map(selectRow).join(' union all ')}) to '${file}' (format parquet, return_stats true)`,
          ),
        ),
      );
      expect(copied.records).toBe(BigInt(rows.length));
      const text = formatStats(schema, copied.records, copied.columns, { partitionColumns: [] });
      const { minValues: min = {}, maxValues: max = {}, nullCount } = parseLogJson(text) as unknown as Stats;
      for (const { l, d, f, dec, ts, day, s, x } of rows) {
        const number = typeof x === 'number' ? x : null;
        const hidden = {
          l: hides(l, min['l'], max['l'], numeric),
          d: d !== null && Number.isNaN(d) ? 'd' in min || 'd' in max : hides(d, min['d'], max['d'], double),
          f: f !== null && Number.isNaN(f) ? 'f' in min || 'f' in max : hides(f, min['f'], max['f'], double),
          dec: hides(dec, min['dec'], max['dec'], decimal),
          ts: hides(ts, min['ts'], max['ts'], instant),
          day: hides(day, min['day'], max['day'], dayOf),
          s: hides(s, min['s'], max['s'], bytes),
          x: hides(number, inner(min['in']), inner(max['in']), numeric),
        };
        expect(Object.entries(hidden).filter(([, isHidden]) => isHidden)).toEqual([]);
      }
      for (const name of ['l', 'd', 'f', 'dec', 'ts', 'day', 's'] as const) {
        expect([name, Number(nullCount[name])]).toEqual([
          name,
          rows.filter((each) => each[name] === null).length,
        ]);
      }
      expect(Number(inner(nullCount['in']))).toBe(rows.filter(({ x }) => typeof x !== 'number').length);
    }),
    { numRuns: 60 },
  );
});
