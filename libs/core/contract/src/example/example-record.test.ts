import { column, contractOf } from '@headwater/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column, ColumnType, TimeEncoding, ValueRule } from '../compiled-contract.ts';
import { createRecordJudge } from '../judge/record-judge.ts';
import { encodeUtf8 } from '../judge/text.ts';
import { exampleRecord } from './example-record.ts';

const valueOf = (type: ColumnType, rules: readonly ValueRule[] = [], time?: TimeEncoding): unknown => {
  const extra = { rules, required: true, ...(time === undefined ? {} : { time }) };
  return exampleRecord(contractOf([column('v', type, extra)]))?.slice(9, -2);
};
const least = (value: string, exclusive = false): ValueRule => ({ rule: 'minimum', value, exclusive });
const most = (value: string, exclusive = false): ValueRule => ({ rule: 'maximum', value, exclusive });
const timestamp: ColumnType = { kind: 'timestamp' };
const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale });
const int = (bits: 8 | 16 | 32 | 64): ColumnType => ({ kind: 'integer', bits });
const list = (element: Column): ColumnType => ({ kind: 'array', element });

describe('an example of each type is plain, and keeps the rules', () => {
  test.each<[string, ColumnType, readonly ValueRule[], string]>([
    ['text', { kind: 'string' }, [], '"example"'],
    ['a long text', { kind: 'string' }, [{ rule: 'minLength', value: 10 }], '"exampleexa"'],
    ['a short text', { kind: 'string' }, [{ rule: 'maxLength', value: 2 }], '"ex"'],
    ['a pattern', { kind: 'string' }, [{ rule: 'pattern', pattern: '^[A-Z]{2}[0-9]$' }], '"AA0"'],
    [
      'a pattern that is nothing but end, with a length',
      { kind: 'string' },
      [
        { rule: 'pattern', pattern: '[0-9]$' },
        { rule: 'minLength', value: 3 },
      ],
      '"aa0"',
    ],
    [
      'an enum of which a pattern leaves one',
      { kind: 'string' },
      [
        { rule: 'enum', values: ['é', 'b"2'] },
        { rule: 'pattern', pattern: '2' },
      ],
      '"b\\"2"',
    ],
    ['a whole number', int(64), [], '1'],
    ['one above a bound', int(64), [least('9007199254740993', true)], '9007199254740994'],
    ['one below zero', int(8), [most('-3.5')], '-4'],
    ['a common multiple', int(32), [{ rule: 'multipleOf', value: '4' }, { rule: 'multipleOf', value: '6' }, least('13')], '24'], // prettier-ignore
    ['a listed number', int(16), [{ rule: 'enum', values: ['99999', '-7'] }], '-7'],
    ['a decimal', decimal(18, 4), [least('0.125')], '1'],
    ['a decimal of nothing but a fraction', decimal(2, 2), [], '0.99'],
    ['a decimal of 38 digits', decimal(38, 2), [least('123456789012345678901234567890.55')], '123456789012345678901234567890.55'], // prettier-ignore
    ['a double between bounds', { kind: 'double' }, [least('0.1', true), most('0.3', true)], '0.2'],
    ['a double of a step', { kind: 'double' }, [{ rule: 'multipleOf', value: '0.05' }, most('-0.01')], '-1'],
    ['a listed float', { kind: 'float' }, [{ rule: 'enum', values: ['0.1'] }], '0.1'],
    ['a yes', { kind: 'boolean' }, [], 'true'],
    ['bytes', { kind: 'binary' }, [], '"ZXhhbXBsZQ=="'],
    ['any JSON', { kind: 'json' }, [], '{}'],
    ['a day', { kind: 'date' }, [], '"2026-01-01"'],
    ['a day long ago', { kind: 'date' }, [most('0001-01-02', true)], '"0001-01-01"'],
    ['an instant', timestamp, [], '"2026-01-01T00:00:00Z"'],
    ['an instant with a fraction', timestamp, [least('2030-05-01T10:00:00.5+02:00')], '"2030-05-01T08:00:00.500000Z"'], // prettier-ignore
    ['a local time', { kind: 'timestampNtz' }, [], '"2026-01-01T00:00:00"'],
    ['a list', list(column('e', int(8))), [{ rule: 'minLength', value: 2 }], '[1, 1]'],
    ['no list', list(column('e', int(8))), [{ rule: 'maxLength', value: 0 }], '[]'],
    ['a map', { kind: 'map', value: column('v', { kind: 'string' }) }, [{ rule: 'minLength', value: 2 }], '{"key1": "example", "key2": "example"}'], // prettier-ignore
    ['an object', { kind: 'struct', fields: [column('a"b', int(8), { required: true }), column('c', { kind: 'struct', fields: [] })] }, [], '{"a\\"b": 1, "c": {}}'], // prettier-ignore
  ])('%s', (_name, type, rules, expected) => {
    expect(valueOf(type, rules)).toBe(expected);
  });

  test.each<[TimeEncoding, string]>([
    ['epochSeconds', '1900000000.5'],
    ['epochMillis', '1900000000500'],
    ['epochMicros', '1900000000500000'],
    ['epochNanos', '1900000000500000000'],
  ])('an instant as %s', (time, expected) => {
    expect(valueOf(timestamp, [least('2030-03-17T17:46:40.5Z')], time)).toBe(expected);
  });
});

test('members are written each on a line; one that cannot be shown is left out when it may be', () => {
  const impossible: ValueRule[] = [least('2'), most('1')];
  const columns = [column('id', int(64), { required: true }), column('never', int(8), { rules: impossible })];
  expect(exampleRecord(contractOf(columns))).toBe('{\n  "id": 1\n}');
  expect(exampleRecord(contractOf([column('never', int(8), { rules: impossible, required: true })]))).toBe(
    undefined,
  );
});

test('a record that would be too large holds what is required', () => {
  const long = column('long', { kind: 'string' }, { rules: [{ rule: 'minLength', value: 500 }] });
  const columns = [column('id', int(64), { required: true }), long];
  expect(exampleRecord(contractOf(columns, { recordBytesMax: 100 }))).toBe('{\n  "id": 1\n}');
  expect(exampleRecord(contractOf(columns, { recordBytesMax: 3 }))).toBeUndefined();
});

describe('whatever the contract asks for that can be had', () => {
  const bounded = (low: string, high: string): fc.Arbitrary<readonly ValueRule[]> =>
    fc.constantFrom<readonly ValueRule[]>(
      [],
      [least(low)],
      [most(high)],
      [least(low), most(high)],
      [least(low, true)],
      [most(high, true)],
      [{ rule: 'enum', values: [low, high] }],
    );
  const whole = fc
    .tuple(fc.bigInt({ min: -128n, max: 120n }), fc.bigInt({ min: 0n, max: 7n }))
    .chain(([low, width]) => bounded(String(low), String(low + width)));
  const real = fc
    .tuple(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), fc.double({ noNaN: true, min: 1, max: 1e6 }))
    .filter(([low, width]) => low + width > low)
    .chain(([low, width]) => bounded(String(low), String(low + width)));
  const text = fc.constantFrom<readonly ValueRule[]>(
    [],
    [{ rule: 'pattern', pattern: '^[a-z]{2}(-[A-Z]{2})?$' }],
    [
      { rule: 'pattern', pattern: '\\d' },
      { rule: 'pattern', pattern: '^[^a-z]*$' },
      { rule: 'minLength', value: 9 },
    ],
    [{ rule: 'enum', values: ['한국어', 'a\nb'] }],
    [
      { rule: 'minLength', value: 3 },
      { rule: 'maxLength', value: 3 },
    ],
  );
  const leaf: fc.Arbitrary<readonly [ColumnType, readonly ValueRule[], TimeEncoding?]> = fc.oneof(
    fc.tuple(fc.constantFrom(int(8), int(16), int(32), int(64), decimal(9, 3), decimal(38, 18)), whole),
    fc.tuple(fc.constant<ColumnType>({ kind: 'double' }), real),
    fc.tuple(fc.constant<ColumnType>({ kind: 'string' }), text),
    fc.tuple(fc.constant<ColumnType>({ kind: 'date' }), bounded('1500-02-28', '2999-12-31')),
    fc.tuple(
      fc.constant(timestamp),
      bounded('1969-12-31T23:59:59.999999Z', '2200-01-01T00:00:00Z'),
      fc.constantFrom<TimeEncoding>('iso8601', 'epochSeconds', 'epochMillis', 'epochMicros', 'epochNanos'),
    ),
    fc.tuple(
      fc.constantFrom<ColumnType>(
        { kind: 'boolean' },
        { kind: 'binary' },
        { kind: 'json' },
        { kind: 'float' },
        { kind: 'timestampNtz' },
      ),
      fc.constant<readonly ValueRule[]>([]),
    ),
  );
  const { columnOf } = fc.letrec<{ columnOf: Column }>((tie) => ({
    columnOf: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc
        .tuple(leaf, fc.boolean())
        .map(([[type, rules, time], required]) =>
          column('leaf', type, { rules, required, ...(time === undefined ? {} : { time }) }),
        ),
      fc
        .tuple(fc.constantFrom('array', 'map'), tie('columnOf'), fc.nat(3), fc.boolean())
        .map(([kind, inner, count, required]) =>
          column('entries', kind === 'array' ? list(inner) : { kind: 'map', value: inner }, {
            rules: [{ rule: 'minLength', value: count }],
            required,
          }),
        ),
      fc
        .tuple(fc.array(tie('columnOf'), { maxLength: 4 }), fc.boolean())
        .map(([fields, required]) =>
          column('object', { kind: 'struct', fields: named(fields) }, { required }),
        ),
    ),
  }));
  const named = (columns: readonly Column[]): readonly Column[] =>
    columns.map((each, i) => ({ ...each, name: `${each.name}_${i}`, source: `${each.name} ${i}` }));

  test('the example is accepted, the same each time, and leaves no member out', () => {
    fc.assert(
      fc.property(fc.array(columnOf, { minLength: 1, maxLength: 6 }), (columns) => {
        const contract = contractOf(named(columns));
        const text = exampleRecord(contract);
        expect(text).toBeDefined();
        expect(exampleRecord(contract)).toBe(text);
        const verdict = createRecordJudge(contract)(encodeUtf8(text!));
        expect(verdict).toMatchObject({ accepted: true });
        expect(verdict.accepted && verdict.values.includes(null)).toBe(false);
      }),
      { numRuns: 400 },
    );
  });
});
