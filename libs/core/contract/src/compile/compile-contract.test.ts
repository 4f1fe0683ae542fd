import { describe, expect, test } from 'vitest';
import type { Column, CompiledContract } from '../compiled-contract.ts';
import { createRecordJudge } from '../judge/record-judge.ts';
import { parseContract } from '../odcs/data-contract.ts';
import { compileContract } from './compile-contract.ts';

const contractText = (properties: string, object = '', head = ''): string => `apiVersion: v3.1.0
kind: DataContract
id: ads.events
version: 1.2.0
status: active
${head}schema:
  - name: events
${object}    properties:
${properties}`;

function compile(text: string) {
  const contract = parseContract(text);
  if (!contract.ok) throw new Error(JSON.stringify(contract.error[0]));
  return compileContract(contract.value);
}

function compiled(text: string): CompiledContract {
  const result = compile(text);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** The only column of a contract with this one property, written as a YAML flow map. */
const columnOf = (property: string): Column =>
  compiled(contractText(`      - {name: v, ${property}}\n`)).columns[0]!;
const problemOf = (property: string): string => {
  const result = compile(contractText(`      - {name: v, ${property}}\n`));
  return result.ok ? 'none' : `${result.error[0]!.rule} ${result.error[0]!.path} ${result.error[0]!.line}`;
};

describe('[C12] ODCS types become column types', () => {
  test.each<[string, object]>([
    ['logicalType: string', { kind: 'string' }],
    ['logicalType: string, physicalType: bytea', { kind: 'binary' }],
    ['logicalType: time', { kind: 'string' }],
    ['logicalType: boolean', { kind: 'boolean' }],
    ['logicalType: date', { kind: 'date' }],
    ['logicalType: timestamp', { kind: 'timestamp' }],
    ['logicalType: timestamp, logicalTypeOptions: {timezone: false}', { kind: 'timestampNtz' }],
    ['logicalType: timestamp, physicalType: timestamp without time zone', { kind: 'timestampNtz' }],
    ['logicalType: integer', { kind: 'integer', bits: 64 }],
    ['logicalType: integer, physicalType: int', { kind: 'integer', bits: 32 }],
    [
      'logicalType: integer, physicalType: int, logicalTypeOptions: {format: i8}',
      { kind: 'integer', bits: 8 },
    ],
    ['logicalType: integer, logicalTypeOptions: {format: u32}', { kind: 'integer', bits: 64 }],
    ['logicalType: integer, logicalTypeOptions: {format: u64}', { kind: 'decimal', precision: 20, scale: 0 }],
    ['logicalType: number', { kind: 'double' }],
    ['logicalType: number, logicalTypeOptions: {format: f32}', { kind: 'float' }],
    ['logicalType: number, physicalType: "decimal(18, 4)"', { kind: 'decimal', precision: 18, scale: 4 }],
    ['logicalType: number, physicalType: "NUMERIC(9)"', { kind: 'decimal', precision: 9, scale: 0 }],
    ['logicalType: number, physicalType: bigint', { kind: 'integer', bits: 64 }],
    ['logicalType: object', { kind: 'json' }],
    ['logicalType: array', { kind: 'json' }],
    ['physicalType: varchar(20)', { kind: 'string' }],
    ['physicalType: double precision', { kind: 'double' }],
    ['physicalType: bigint', { kind: 'integer', bits: 64 }],
  ])('%s', (property, type) => {
    expect(columnOf(property).type).toEqual(type);
  });

  test('objects, arrays and maps nest', () => {
    expect(
      columnOf(
        'logicalType: object, logicalTypeOptions: {required: [a]}, properties: [{name: a, logicalType: date}]',
      ).type,
    ).toMatchObject({ kind: 'struct', fields: [{ name: 'a', required: true, type: { kind: 'date' } }] });
    expect(columnOf('logicalType: array, items: {logicalType: integer, required: true}').type).toMatchObject({
      kind: 'array',
      element: { required: true, type: { kind: 'integer' } },
    });
    expect(columnOf('logicalType: object, physicalType: "map<string, double>"').type).toMatchObject({
      kind: 'map',
      value: { type: { kind: 'double' } },
    });
  });
});

describe('[C13] ODCS rules become checks of each value', () => {
  test.each<[string, string, string | true]>([
    ['logicalType: integer, logicalTypeOptions: {minimum: 1.5}', '1', 'minimum'],
    ['logicalType: integer, logicalTypeOptions: {minimum: 1.5}', '2', true],
    ['logicalType: integer, logicalTypeOptions: {exclusiveMinimum: 2}', '2', 'minimum'],
    ['logicalType: integer, logicalTypeOptions: {maximum: 9007199254740993}', '9007199254740993', true],
    ['logicalType: integer, logicalTypeOptions: {maximum: 9007199254740993}', '9007199254740994', 'maximum'],
    ['logicalType: integer, logicalTypeOptions: {exclusiveMaximum: -3}', '-3', 'maximum'],
    ['logicalType: integer, logicalTypeOptions: {multipleOf: 5}', '11', 'multiple-of'],
    ['logicalType: integer, logicalTypeOptions: {format: u8}', '256', 'maximum'],
    ['logicalType: integer, logicalTypeOptions: {format: u64}', '18446744073709551616', 'maximum'],
    ['logicalType: integer, logicalTypeOptions: {format: u64}', '18446744073709551615', true],
    ['logicalType: number, logicalTypeOptions: {minimum: 0}', '-0.1', 'minimum'],
    ['logicalType: number, logicalTypeOptions: {minimum: 0.1}', '0.1', true],
    ['logicalType: number, logicalTypeOptions: {multipleOf: 0.01}', '0.07', true],
    ['logicalType: number, logicalTypeOptions: {multipleOf: 0.01}', '0.071', 'multiple-of'],
    [
      'logicalType: number, physicalType: "decimal(10,2)", logicalTypeOptions: {maximum: 10.005}',
      '10.00',
      true,
    ],
    [
      'logicalType: number, physicalType: "decimal(10,2)", logicalTypeOptions: {maximum: 10.005}',
      '10.01',
      'maximum',
    ],
    ['logicalType: string, logicalTypeOptions: {pattern: "^[A-Z]{2}$"}', '"US"', true],
    ['logicalType: string, logicalTypeOptions: {pattern: "^[A-Z]{2}$"}', '"USA"', 'pattern'],
    ['logicalType: string, logicalTypeOptions: {minLength: 2}', '"😀"', 'min-length'],
    ['logicalType: string, logicalTypeOptions: {maxLength: 2}', '"한글"', true],
    ['logicalType: string, logicalTypeOptions: {maxLength: 2}', '"한글!"', 'max-length'],
    [
      'logicalType: string, quality: [{metric: invalidValues, mustBe: 0, arguments: {validValues: [a, b]}}]',
      '"c"',
      'enum',
    ],
    [
      'logicalType: string, quality: [{metric: invalidValues, mustBe: 0, arguments: {validValues: [a, b]}}]',
      '"\\u0062"',
      true,
    ],
    [
      'logicalType: string, quality: [{metric: invalidValues, mustBe: 0, arguments: {pattern: "^x"}}]',
      '"yx"',
      'pattern',
    ],
    [
      'logicalType: string, quality: [{metric: invalidValues, mustBe: 0, severity: warning, arguments: {validValues: [a]}}]',
      '"c"',
      true,
    ],
    [
      'logicalType: string, quality: [{metric: invalidValues, mustBeLessThan: 5, arguments: {validValues: [a]}}]',
      '"c"',
      true,
    ],
    ['logicalType: string, quality: [{metric: nullValues, mustBe: 0}]', 'null', 'required'],
    [
      'logicalType: integer, quality: [{metric: invalidValues, mustBe: 0, arguments: {validValues: [1, 2]}}]',
      '3',
      'enum',
    ],
    [
      'logicalType: integer, quality: [{metric: invalidValues, mustBe: 0, arguments: {validValues: [1, 2]}}]',
      '2.0',
      true,
    ],
    ['logicalType: time', '"23:59:59"', true],
    ['logicalType: time', '"24:00:00"', 'pattern'],
    ['logicalType: date, logicalTypeOptions: {exclusiveMinimum: "2020-01-01"}', '"2020-01-01"', 'minimum'],
    [
      'logicalType: timestamp, logicalTypeOptions: {maximum: "2021-01-01T00:00:00+09:00"}',
      '"2020-12-31T15:00:00.000001Z"',
      'maximum',
    ],
    [
      'logicalType: timestamp, logicalTypeOptions: {maximum: "2021-01-01T00:00:00+09:00"}',
      '"2020-12-31T15:00:00Z"',
      true,
    ],
    [
      'logicalType: array, items: {logicalType: integer}, logicalTypeOptions: {maxItems: 1}',
      '[1,2]',
      'max-length',
    ],
  ])('%s: %s', (property, value, expected) => {
    const judge = createRecordJudge(compiled(contractText(`      - {name: v, ${property}}\n`)));
    const verdict = judge(new TextEncoder().encode(`{"v":${value}}`));
    expect(verdict.accepted || verdict.reason).toBe(expected);
  });
});

describe('[C14] what cannot be enforced is a problem with its place', () => {
  test.each([
    ['description: x', 'type schema[0].properties[0].logicalType 9'],
    ['logicalType: number, physicalType: decimal', 'type schema[0].properties[0].physicalType 9'],
    ['logicalType: number, physicalType: "decimal(39,2)"', 'type schema[0].properties[0].physicalType 9'],
    [
      'logicalType: string, logicalTypeOptions: {pattern: "(?=a)"}',
      'rule schema[0].properties[0].logicalTypeOptions.pattern 9',
    ],
    [
      'logicalType: string, logicalTypeOptions: {pattern: "(a"}',
      'rule schema[0].properties[0].logicalTypeOptions.pattern 9',
    ],
    [
      'logicalType: integer, quality: [{metric: invalidValues, mustBe: 0, arguments: {validValues: [a]}}]',
      'rule schema[0].properties[0].quality[0] 9',
    ],
    [
      'logicalType: date, logicalTypeOptions: {minimum: "2020-13-01"}',
      'rule schema[0].properties[0].logicalTypeOptions.minimum 9',
    ],
    [
      'logicalType: timestamp, logicalTypeOptions: {minimum: "2020-01-01 00:00:00"}',
      'rule schema[0].properties[0].logicalTypeOptions.minimum 9',
    ],
    [
      'logicalType: timestamp, logicalTypeOptions: {format: "dd.MM.yyyy"}',
      'time-format schema[0].properties[0].logicalTypeOptions.format 9',
    ],
    [
      'logicalType: timestamp, logicalTypeOptions: {timezone: false, defaultTimezone: Asia/Seoul}',
      'type schema[0].properties[0].logicalTypeOptions.defaultTimezone 9',
    ],
    ['physicalName: _offset, logicalType: integer', 'column-name schema[0].properties[0].name 9'],
    ['physicalName: "a b", logicalType: integer', 'column-name schema[0].properties[0].name 9'],
    ['logicalType: number, partitioned: true', 'partition schema[0].properties[0] 9'],
    [
      'logicalType: string, customProperties: [{property: "headwater:eventTime", value: true}]',
      'event-time schema[0].properties[0] 9',
    ],
    [
      'logicalType: string, customProperties: [{property: "headwater:timeEncoding", value: epochMillis}]',
      'custom-property schema[0].properties[0].customProperties 9',
    ],
  ])('%s', (property, expected) => {
    expect(problemOf(property)).toBe(expected);
  });

  test('names that differ only in case cannot be columns of one table', () => {
    const result = compile(
      contractText('      - {name: id, logicalType: string}\n      - {name: ID, logicalType: string}\n'),
    );
    expect(result.ok ? [] : result.error).toMatchObject([{ rule: 'column-name', line: 10 }]);
  });

  test('a contract of several objects says which one the topic carries', () => {
    const two = `${contractText('      - {name: a, logicalType: string}\n')}  - name: others\n    properties: [{name: b, logicalType: string}]\n`;
    expect(compile(two).ok).toBe(false);
    const head = 'customProperties:\n  - {property: "headwater:object", value: others}\n';
    expect(compiled(two.replace('schema:', `${head}schema:`)).columns[0]!.name).toBe('b');
  });

  test('5,000 properties compile and one more is refused', () => {
    const many = (count: number): string =>
      contractText(
        Array.from({ length: count }, (_, i) => `      - {name: p${i}, logicalType: string}\n`).join(''),
      );
    expect(compiled(many(5_000)).columns).toHaveLength(5_000);
    const result = compile(many(5_001));
    expect(result.ok ? [] : result.error).toMatchObject([{ rule: 'size' }]);
  });
});

describe('[C15] roles of properties', () => {
  const text = contractText(
    `      - {name: b, logicalType: string, primaryKey: true, primaryKeyPosition: 2}
      - {name: a, logicalType: string, primaryKey: true, primaryKeyPosition: 1, partitioned: true, partitionKeyPosition: 2}
      - {name: at, physicalName: happened_at, logicalType: timestamp, partitioned: true, partitionKeyPosition: 1, customProperties: [{property: "headwater:eventTime", value: true}, {property: "headwater:timeEncoding", value: epochMillis}]}
      - {name: who, logicalType: string, classification: personal, customProperties: [{property: "headwater:erasureKey", value: true}]}
      - {name: mail, logicalType: string, tags: [PII]}
      - {name: note, logicalType: string, classification: personal, customProperties: [{property: "headwater:personal", value: false}]}
`,
    '    customProperties:\n      - {property: "headwater:unknownMembers", value: refuse}\n      - {property: "headwater:recordBytesMax", value: 2048}\n',
  );

  test('keys, partitions, event time, erasure key and limits are taken over, in stated order', () => {
    expect(compiled(text)).toMatchObject({
      contractId: 'ads.events',
      contractVersion: '1.2.0',
      keyColumns: ['a', 'b'],
      partitionColumns: [
        { name: 'happened_at_date', from: 'date', column: 'happened_at' },
        { name: 'a', from: 'column', column: 'a' },
      ],
      eventTimeColumn: 'happened_at',
      erasureKeyColumn: 'who',
      unknownMembers: 'refuse',
      recordBytesMax: 2048,
    });
  });

  test('personal is what is classified, tagged or marked so', () => {
    const personal = compiled(text).columns.filter((column) => column.personal);
    expect(personal.map(({ name }) => name)).toEqual(['who', 'mail']);
  });

  test('a compiled contract survives JSON', () => {
    const contract = compiled(text);
    expect(JSON.parse(JSON.stringify(contract))).toEqual(contract);
  });
});
