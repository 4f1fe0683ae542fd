import { expect, test } from 'vitest';
import type { Column, ColumnType } from '@headwater/core-contract';
import { column, contractOf } from '../compiled-contract.ts';
import { land, pipelineOf, records, type EngineUnderTest } from './engine-under-test.ts';

/** A value as it stands in the record, and as an independent reader sees it in the table. */
type Case = readonly [json: string, read: unknown];

interface TypeCases {
  readonly type: ColumnType;
  readonly over?: Partial<Column>;
  /** Text of the column in SQL; the column itself by default. */
  readonly read?: string;
  readonly cases: readonly Case[];
}

const text = 'c::varchar';
const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale });
const nines = (count: number) => '9'.repeat(count);

/** Every kind of column with its extremes; a kind that is missing here does not compile. */
const typeCases: Readonly<Record<ColumnType['kind'], readonly TypeCases[]>> = {
  string: [
    {
      type: { kind: 'string' },
      cases: [
        ['""', ''],
        ['"twelve bytes"', 'twelve bytes'],
        ['"thirteen byte"', 'thirteen byte'],
        ['"한국어 \u{1F600} é"', '한국어 \u{1F600} é'],
        [String.raw`"a\u00e9\n\t\"\\\ud83d\ude00"`, 'aé\n\t"\\\u{1F600}'],
        [String.raw`"short\n"`, 'short\n'],
        [`"${'x'.repeat(70_000)}"`, 'x'.repeat(70_000)],
      ],
    },
  ],
  boolean: [
    {
      type: { kind: 'boolean' },
      read: text,
      cases: [
        ['true', 'true'],
        ['false', 'false'],
      ],
    },
  ],
  integer: [
    {
      type: { kind: 'integer', bits: 8 },
      read: text,
      cases: [
        ['-128', '-128'],
        ['127', '127'],
        ['1e2', '100'],
      ],
    },
    {
      type: { kind: 'integer', bits: 16 },
      read: text,
      cases: [
        ['-32768', '-32768'],
        ['32767', '32767'],
      ],
    },
    {
      type: { kind: 'integer', bits: 32 },
      read: text,
      cases: [
        ['-2147483648', '-2147483648'],
        ['2147483647', '2147483647'],
      ],
    },
    {
      type: { kind: 'integer', bits: 64 },
      read: text,
      cases: [
        ['-9223372036854775808', '-9223372036854775808'],
        ['9223372036854775807', '9223372036854775807'],
        ['9007199254740993', '9007199254740993'],
        ['-1', '-1'],
        ['-4294967296', '-4294967296'],
        ['4294967295', '4294967295'],
      ],
    },
  ],
  float: [
    {
      type: { kind: 'float' },
      read: text,
      cases: [
        ['1.5', '1.5'],
        ['-0.25', '-0.25'],
        ['16777216', '16777216.0'],
      ],
    },
  ],
  double: [
    {
      type: { kind: 'double' },
      read: text,
      cases: [
        ['0.1', '0.1'],
        ['-1e-300', '-1e-300'],
        ['1.7976931348623157e308', '1.7976931348623157e+308'],
      ],
    },
  ],
  decimal: [
    {
      type: decimal(4, 2),
      read: text,
      cases: [
        ['-99.99', '-99.99'],
        ['0.01', '0.01'],
      ],
    },
    {
      type: decimal(9, 0),
      read: text,
      cases: [
        [nines(9), nines(9)],
        [`-${nines(9)}`, `-${nines(9)}`],
      ],
    },
    {
      type: decimal(18, 6),
      read: text,
      cases: [
        [`${nines(12)}.999999`, `${nines(12)}.999999`],
        ['-0.000001', '-0.000001'],
      ],
    },
    {
      type: decimal(38, 10),
      read: text,
      cases: [
        [`${nines(28)}.${nines(10)}`, `${nines(28)}.${nines(10)}`],
        [`-${nines(28)}.${nines(10)}`, `-${nines(28)}.${nines(10)}`],
        ['-1', '-1.0000000000'],
      ],
    },
  ],
  date: [
    {
      type: { kind: 'date' },
      read: text,
      cases: [
        ['"0001-01-01"', '0001-01-01'],
        ['"9999-12-31"', '9999-12-31'],
        ['"2024-02-29"', '2024-02-29'],
      ],
    },
  ],
  timestamp: [
    {
      type: { kind: 'timestamp' },
      read: 'epoch_us(c)::varchar',
      cases: [
        ['"1970-01-01T00:00:00Z"', '0'],
        ['"1969-12-31T23:59:59.999999Z"', '-1'],
        ['"2026-11-21T09:00:00.123456+09:00"', '1795219200123456'],
        ['"0001-01-01T00:00:00Z"', '-62135596800000000'],
      ],
    },
    {
      type: { kind: 'timestamp' },
      over: { time: 'epochMillis' },
      read: 'epoch_us(c)::varchar',
      cases: [['1790000000123', '1790000000123000']],
    },
    {
      type: { kind: 'timestamp' },
      over: { time: 'epochNanos' },
      read: 'epoch_us(c)::varchar',
      cases: [['1790000000123456000', '1790000000123456']],
    },
  ],
  timestampNtz: [
    {
      type: { kind: 'timestampNtz' },
      read: text,
      cases: [['"2026-11-21T09:00:00.123456"', '2026-11-21 09:00:00.123456']],
    },
  ],
  binary: [
    {
      type: { kind: 'binary' },
      read: 'hex(c)',
      cases: [
        ['""', ''],
        ['"AP+A"', '00FF80'],
        [`"${'AAAA'.repeat(20)}"`, '00'.repeat(60)],
      ],
    },
  ],
  json: [
    {
      type: { kind: 'json' },
      cases: [
        ['{"a": [1, 2.50]}', '{"a": [1, 2.50]}'],
        ['1e2', '1e2'],
        ['"x"', '"x"'],
      ],
    },
  ],
  struct: [
    {
      type: {
        kind: 'struct',
        fields: [column('2', { kind: 'string' }), column('1', { kind: 'integer', bits: 64 })],
      },
      read: 'to_json(c)::varchar',
      cases: [
        [
          '{"1":7,"2":"a string of more than twelve bytes"}',
          '{"2":"a string of more than twelve bytes","1":7}',
        ],
        ['{}', '{"2":null,"1":null}'],
      ],
    },
  ],
  array: [
    {
      type: { kind: 'array', element: column('element', { kind: 'string' }) },
      read: 'to_json(c)::varchar',
      cases: [
        ['[]', '[]'],
        ['["a",null,"longer than twelve bytes"]', '["a",null,"longer than twelve bytes"]'],
      ],
    },
    {
      type: {
        kind: 'array',
        element: column('element', {
          kind: 'struct',
          fields: [
            column('n', decimal(20, 2)),
            column('l', { kind: 'array', element: column('element', { kind: 'boolean' }) }),
          ],
        }),
      },
      read: 'to_json(c)::varchar',
      cases: [
        ['[{"n":1.5,"l":[true,null]},null,{"l":[]}]', '[{"n":1.50,"l":[true,null]},null,{"n":null,"l":[]}]'],
      ],
    },
  ],
  map: [
    {
      type: { kind: 'map', value: column('value', { kind: 'integer', bits: 32 }) },
      read: 'to_json(c)::varchar',
      cases: [
        ['{}', '{}'],
        ['{"b":1,"a":null}', '{"b":1,"a":null}'],
      ],
    },
  ],
};

const described = (type: ColumnType): string => JSON.stringify(type).replaceAll('"', '');

export function typeTests(under: () => EngineUnderTest): void {
  for (const { type, over, read, cases } of Object.values(typeCases).flat()) {
    test(`${described(type).slice(0, 80)}${over?.time === undefined ? '' : ` as ${over.time}`} lands exactly, NULL and absent too`, async () => {
      const pipeline = pipelineOf(contractOf([column('c', type, over)]));
      const values = [...cases.map(([json]) => `{"c":${json}}`), '{"c":null}', '{}'];
      const { primaryFiles, reasons } = await land(under(), pipeline, [
        { batches: [{ records: records(values) }] },
      ]);
      expect(reasons).toEqual([]);
      const rows = await under().select(
        primaryFiles,
        `select ${read ?? 'c'} as v from rows order by _offset`,
      );
      expect(rows.map(({ v }) => v)).toEqual([...cases.map(([, expected]) => expected), null, null]);
    });
  }

  test('more rows than one chunk holds keep every value and every NULL in its row, at any depth', async () => {
    const contract = contractOf([
      column('id', { kind: 'integer', bits: 32 }),
      column('s', { kind: 'string' }),
      column('d', { kind: 'double' }),
      column('m', decimal(20, 3)),
      column('l', { kind: 'array', element: column('element', { kind: 'string' }) }),
      column('o', {
        kind: 'struct',
        fields: [column('t', { kind: 'timestamp' }), column('b', { kind: 'binary' })],
      }),
    ]);
    const has = (index: number, nth: number) => index % nth !== 0;
    const row = (index: number) => ({
      id: index,
      s: has(index, 3) ? 'x'.repeat(index % 40) : null,
      d: has(index, 5) ? index / 4 : null,
      m: has(index, 7) ? index : null,
      l: has(index, 11)
        ? Array.from({ length: index % 6 }, (_, n) => (has(n, 4) ? `element ${index} ${n}` : null))
        : null,
      o: has(index, 13) ? { t: has(index, 2) ? '2026-01-01T00:00:00.000001Z' : null, b: 'AAAA' } : null,
    });
    const count = 7_001;
    const values = Array.from({ length: count }, (_, index) => JSON.stringify(row(index)));
    const { primary, primaryFiles } = await land(under(), pipelineOf(contract), [
      { batches: [{ records: records(values) }] },
    ]);
    expect(primary.map((file) => file.records)).toEqual([count]);
    const rows = await under().select(
      primaryFiles,
      `select id, s, d, m::varchar as m, to_json(l)::varchar as l, epoch_us(o.t)::varchar as t, hex(o.b) as b, o is null as n from rows order by _offset`,
    );
    for (const [index, read] of rows.entries()) {
      const { s, d, m, l, o } = row(index);
      expect(read).toEqual({
        id: index,
        s,
        d,
        m: m === null ? null : `${m}.000`,
        l: l === null ? null : JSON.stringify(l),
        t: (o?.t ?? null) === null ? null : '1767225600000001',
        b: o === null ? null : '000000',
        n: o === null,
      });
    }
  });
}
