import { column, contractOf } from '@headwater/testkit';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column, ColumnType, ColumnValue } from '../compiled-contract.ts';
import { createRecordJudge } from './record-judge.ts';
import { encodeUtf8 } from './text.ts';

const SEED = 20261121;
const hasPython = spawnSync('python3', ['--version']).status === 0;

const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale });
const integer = (bits: 8 | 16 | 32 | 64): ColumnType => ({ kind: 'integer', bits });

const COLUMNS: readonly Column[] = [
  ...([8, 16, 32, 64] as const).map((bits) => column('v', integer(bits))),
  ...[decimal(4, 2), decimal(10, 0), decimal(15, 15), decimal(18, 4), decimal(20, 0), decimal(38, 10)].map(
    (type) => column('v', type),
  ),
  column('v', { kind: 'double' }),
  column('v', { kind: 'float' }),
  column('v', { kind: 'date' }),
  column('v', { kind: 'timestamp' }),
  column('v', { kind: 'timestampNtz' }),
  ...(['epochSeconds', 'epochMillis', 'epochMicros', 'epochNanos'] as const).map((time) =>
    column('v', { kind: 'timestamp' }, { time }),
  ),
  column('v', { kind: 'string' }, { required: true }),
  column('v', { kind: 'boolean' }),
  column('v', { kind: 'binary' }),
  column('v', { kind: 'array', element: column('element', integer(32)) }),
  column('v', { kind: 'map', value: column('value', { kind: 'double' }) }),
  column('v', {
    kind: 'struct',
    fields: [column('a', integer(64)), column('b', { kind: 'date' }, { required: true })],
  }),
];

const digits = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'00123456789995'), minLength: 1, maxLength });
const near = (center: bigint) => fc.integer({ min: -2, max: 2 }).map((step) => String(center + BigInt(step)));
const power = (base: bigint, max: number) =>
  fc.integer({ min: 0, max }).chain((n) => near(base ** BigInt(n)));

/** Numbers around every border: widths, digits, halfway points, exponents, and things that only look like numbers. */
const numberText = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('', '', '-'), digits(20)).map((parts) => parts.join('')) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom('', '-'), digits(12), digits(20)).map(([s, a, b]) => `${s}${a}.${b}`),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(digits(3), digits(17), fc.constantFrom('e', 'E', 'e+', 'e-'), digits(3))
      .map(([a, b, e, n]) => `${a}.${b}${e}${n}`),
  },
  { weight: 2, arbitrary: power(2n, 70) },
  { weight: 2, arbitrary: power(2n, 70).map((text) => `-${text}`.replace('--', '')) },
  { weight: 2, arbitrary: power(10n, 40) },
  { weight: 3, arbitrary: fc.double({ noNaN: true }).map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: fc.float({ noNaN: true }).map((value) => JSON.stringify(value)) },
  {
    weight: 2,
    arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toPrecision(9)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 40 }))
      .map(([value, n]) => value.toPrecision(n)),
  },
  { weight: 1, arbitrary: fc.integer({ min: 16_777_216, max: 67_108_864 }).map((n) => `${n}.5`) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 99 }).map((n) => `${n}e${n * 10_000_000_000}`) },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 900_000_000, max: 4_200_000_000 })
      .chain((s) =>
        fc.constantFrom(
          `${s}`,
          `${s}.5`,
          `${s}123`,
          `${s}123456`,
          `${s}123456000`,
          `${s}123456789`,
          `${s}.1234567`,
          `-${s}000`,
        ),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '0',
      '-0',
      '-0.0',
      '0e5',
      '00',
      '-',
      '+1',
      '1.',
      '.1',
      '1e',
      '1e+',
      '0x1',
      'NaN',
      'Infinity',
      '-Infinity',
      '1_0',
      '1 2',
      '5e-324',
      '2e-324',
      '1.7976931348623157e308',
      '1.7976931348623159e308',
      '3.4028235e38',
      '3.4028236e38',
      '1e-45',
      '5.684341886080801e-14',
      '5.684341886080802e-14',
    ),
  },
);

const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
const dateText = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: 9999 }), fc.constantFrom(0, 1, 1900, 1970, 2000, 2024, 9999)),
    two(13),
    two(32),
  )
  .map(([year, month, day]) => `${String(year).padStart(4, '0')}-${month}-${day}`);
const fraction = fc.oneof(
  fc.constantFrom('', '', '.', '.5', '.123456', '.1234560', '.1234567', '.000000000', ',5'),
  digits(9).map((text) => `.${text}`),
);
const zone = fc.oneof(
  fc.constantFrom('Z', 'z', '', '+00:00', '-00:00', '+0900', 'UTC', '+24:00'),
  fc.tuple(fc.constantFrom('+', '-'), two(24), two(60)).map(([s, h, m]) => `${s}${h}:${m}`),
);
const timeText = fc
  .tuple(dateText, fc.constantFrom('T', 'T', 't', ' ', '_'), two(24), two(60), two(61), fraction, zone)
  .map(([date, t, h, m, s, f, z]) => `"${date}${t}${h}:${m}:${s}${f}${z}"`);

const stringText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => JSON.stringify(text)),
  fc
    .string({
      unit: fc.constantFrom(
        '\\n',
        '\\u00e9',
        '\\ud83d\\ude00',
        '\\ud83d',
        '\\u0000',
        '\\/',
        '\\x',
        '"',
        'é',
        '한',
        'a',
        '\t',
      ),
      maxLength: 5,
    })
    .map((text) => `"${text}"`),
);
const base64Text = fc.oneof(
  fc.uint8Array({ maxLength: 9 }).map((bytes) => JSON.stringify(Buffer.from(bytes).toString('base64'))),
  fc.string({ unit: fc.constantFrom(...'AQg+/=-_ '), maxLength: 9 }).map((text) => JSON.stringify(text)),
);
const scalarText = fc.oneof(
  numberText,
  timeText,
  dateText.map((text) => `"${text}"`),
  stringText,
  base64Text,
  fc.constantFrom('null', 'true', 'false', 'True', '[]', '{}'),
);
const nestedText = fc.oneof(
  fc
    .array(fc.oneof(numberText, fc.constant('null')), { maxLength: 4 })
    .map((parts) => `[${parts.join(', ')}]`),
  fc
    .array(fc.tuple(fc.constantFrom('a', 'b', 'c', '\\u0061', 'é'), scalarText), { maxLength: 4 })
    .map((members) => `{${members.map(([key, value]) => `"${key}": ${value}`).join(',')}}`),
  fc.integer({ min: 125, max: 129 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
);

const NUMERIC = new Set(['integer', 'decimal', 'double', 'float']);

function textFor({ type, time }: Column): fc.Arbitrary<string> {
  const mostly =
    NUMERIC.has(type.kind) || (time !== undefined && time !== 'iso8601')
      ? numberText
      : type.kind === 'timestamp' || type.kind === 'timestampNtz'
        ? timeText
        : type.kind === 'date'
          ? dateText.map((text) => `"${text}"`)
          : type.kind === 'string'
            ? stringText
            : type.kind === 'binary'
              ? base64Text
              : nestedText;
  return fc.oneof(
    { weight: 9, arbitrary: mostly },
    { weight: 1, arbitrary: fc.oneof(scalarText, nestedText) },
  );
}

const recordFor = (each: Column): fc.Arbitrary<string> =>
  textFor(each).chain((text) =>
    fc.constantFrom(
      `{"v":${text}}`,
      `{"v":${text}}`,
      ` {"w" : [${text}] ,\n"\\u0076":\t${text} } `,
      `{"w":{"x":1},"v":${text}}`,
      `{"v":${text},"v":1}`,
    ),
  );

/** The notation the reference uses. */
function write(each: Column, value: ColumnValue): string {
  if (value === null) return 'null';
  const { type } = each;
  if (type.kind === 'double' || type.kind === 'float')
    return `d${hex(new Uint8Array(new Float64Array([value as number]).buffer).reverse())}`;
  if (typeof value === 'string') return `s${hex(encodeUtf8(value))}`;
  if (value instanceof Uint8Array) return `x${hex(value)}`;
  if (typeof value !== 'object') return String(value);
  if ('struct' in value && type.kind === 'struct')
    return `{${value.struct.map((inner, i) => write(type.fields[i]!, inner)).join(',')}}`;
  if ('array' in value && type.kind === 'array')
    return `[${value.array.map((inner) => write(type.element, inner)).join(',')}]`;
  if ('map' in value && type.kind === 'map')
    return `<${value.map.map(([key, inner]) => `s${hex(encodeUtf8(key))}=${write(type.value, inner)}`).join(',')}>`;
  throw new Error(`unexpected value of ${type.kind}`);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

interface Case {
  readonly columns: readonly Column[];
  readonly record: Uint8Array;
}

function judgeHere({ columns, record }: Case): string {
  const verdict = createRecordJudge(contractOf(columns))(record);
  return verdict.accepted ? verdict.values.map((value, i) => write(columns[i]!, value)).join(';') : '-';
}

function judgeByReference(cases: readonly Case[]): readonly string[] {
  const script = fileURLToPath(new URL('./exactness-reference.py', import.meta.url));
  const input = cases
    .map(({ columns, record }) => JSON.stringify({ columns, record: Buffer.from(record).toString('base64') }))
    .join('\n');
  const run = spawnSync('python3', [script], { input, maxBuffer: 1 << 28, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.trimEnd().split('\n');
}

function compare(cases: readonly Case[]): { accepted: number } {
  const expected = judgeByReference(cases);
  expect(expected).toHaveLength(cases.length);
  let accepted = 0;
  for (const [i, each] of cases.entries()) {
    const here = judgeHere(each);
    if (here !== '-') accepted++;
    const shown = `${JSON.stringify(each.columns.map(({ type, time }) => [type, time]))} ${Buffer.from(each.record).toString('latin1')}`;
    expect(here, shown).toBe(expected[i]);
  }
  return { accepted };
}

/** One record of many types, as a producer would write it. */
const WIDE: readonly Column[] = [
  column('id', { kind: 'string' }, { required: true }),
  column('at', { kind: 'timestamp' }),
  column('n', integer(64)),
  column('x', { kind: 'double' }),
  column('price', decimal(18, 4)),
  column('ok', { kind: 'boolean' }),
  column('day', { kind: 'date' }),
  column('tags', { kind: 'array', element: column('element', { kind: 'string' }) }),
  column('geo', {
    kind: 'struct',
    fields: [column('lat', { kind: 'double' }), column('lon', { kind: 'double' })],
  }),
];

const wideRecord = fc
  .record({
    id: fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0')),
    at: fc
      .date({
        noInvalidDate: true,
        min: new Date('0001-01-02T00:00:00Z'),
        max: new Date('9999-12-30T00:00:00Z'),
      })
      .map((date) => date.toISOString()),
    n: fc.maxSafeInteger(),
    x: fc.double({ noNaN: true, noDefaultInfinity: true }),
    price: fc.integer().map((n) => n / 10_000),
    ok: fc.boolean(),
    day: fc.constantFrom('2026-11-21', '2024-02-29', null),
    tags: fc.array(
      fc.string({ maxLength: 4 }).filter((text) => !text.includes('\0')),
      { maxLength: 3 },
    ),
    geo: fc.record({
      lat: fc.double({ min: -90, max: 90, noNaN: true }),
      lon: fc.double({ min: -180, max: 180, noNaN: true }),
    }),
  })
  .map((record) => encodeUtf8(JSON.stringify(record)));

const mutated = fc
  .tuple(
    wideRecord,
    fc.nat(),
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom('replace', 'insert', 'remove'),
  )
  .map(([record, at, byte, how]) => {
    const p = at % record.length;
    const rest = record.subarray(how === 'insert' ? p : p + 1);
    return Uint8Array.from([...record.subarray(0, p), ...(how === 'remove' ? [] : [byte]), ...rest]);
  });

describe('[C9] an independent judge comes to the same values', () => {
  test.skipIf(!hasPython)(
    '30,000 generated values of every column type are exactly equal or refused on both sides (needs python3)',
    () => {
      const perColumn = Math.ceil(30_000 / COLUMNS.length);
      const cases = COLUMNS.flatMap((each, i) =>
        fc
          .sample(recordFor(each), { numRuns: perColumn, seed: SEED + i })
          .map((text) => ({ columns: [each], record: encodeUtf8(text) })),
      );
      const { accepted } = compare(cases);
      expect(cases.length).toBeGreaterThanOrEqual(30_000);
      expect(accepted / cases.length).toBeGreaterThan(0.2);
    },
    120_000,
  );

  test.skipIf(!hasPython)(
    '10,000 records with one byte changed never give a wrong value (needs python3)',
    () => {
      const cases = fc
        .sample(mutated, { numRuns: 10_000, seed: SEED })
        .map((record) => ({ columns: WIDE, record }));
      const { accepted } = compare(cases);
      expect(accepted).toBeGreaterThan(1_000);
    },
    120_000,
  );

  test('records that JSON.stringify wrote are taken with equal values', () => {
    const judge = createRecordJudge(contractOf(WIDE));
    fc.assert(
      fc.property(wideRecord, (record) => {
        const sent = JSON.parse(Buffer.from(record).toString()) as Record<string, unknown>;
        const verdict = judge(record);
        if (!verdict.accepted) throw new Error(verdict.detail);
        const [id, at, n, x, price, ok, day, tags, geo] = verdict.values;
        expect(id).toBe(sent['id']);
        expect(at).toBe(BigInt(Date.parse(String(sent['at']))) * 1000n);
        expect(n).toBe(BigInt(sent['n'] as number));
        expect(x).toBe(sent['x']);
        expect(Number(price) / 10_000).toBe(sent['price']);
        expect(ok).toBe(sent['ok']);
        expect(day).toBe(sent['day'] === null ? null : Date.parse(String(sent['day'])) / 86_400_000);
        expect(tags).toEqual({ array: sent['tags'] });
        expect(geo).toEqual({ struct: Object.values(sent['geo'] as object) });
      }),
      { numRuns: 2_000, seed: SEED },
    );
  });
});
