import { expect, test } from 'vitest';
import { judgeCompatibility } from '../compatibility/judge-compatibility.ts';
import type { JsonValue } from '../text/json-text.ts';

const record = (...fields: readonly JsonValue[]): JsonValue => ({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields,
});

/** Rules that a reader breaks; empty when it reads what the writer wrote. */
function rulesOf(writer: JsonValue, reader: JsonValue): readonly string[] {
  const question = {
    type: 'AVRO',
    mode: 'BACKWARD',
    existing: [{ value: writer }],
    candidate: { value: reader },
  } as const;
  const verdict = judgeCompatibility(question);
  if (verdict.kind === 'unusable') return [`unusable ${verdict.problem.rule}`];
  return verdict.violations.map(({ rule, path }) => `${path} ${rule}`);
}

const id = { name: 'id', type: 'long' };
const decimal = (precision: number, scale: number) => ({
  type: 'bytes',
  logicalType: 'decimal',
  precision,
  scale,
});
const recursive = (value: JsonValue): JsonValue => ({
  type: 'record',
  name: 'Node',
  fields: [
    { name: 'value', type: value },
    { name: 'next', type: ['null', 'Node'] },
  ],
});

test.each<[name: string, writer: JsonValue, reader: JsonValue, rules: readonly string[]]>([
  [
    'a new field needs a default',
    record(id),
    record(id, { name: 'note', type: 'string' }),
    ['/fields/1 default-missing'],
  ],
  [
    'a null default is a default',
    record(id),
    record(id, { name: 'note', type: ['null', 'string'], default: null }),
    [],
  ],
  [
    'a renamed field is found by its alias',
    record(id),
    record({ name: 'number', type: 'long', aliases: ['id'] }),
    [],
  ],
  [
    'a renamed record is found by its full alias',
    { ...(record(id) as object), name: 'Old' } as JsonValue,
    { ...(record(id) as object), aliases: ['shop.Old'] } as JsonValue,
    [],
  ],
  [
    'an alias in another namespace does not help',
    { ...(record(id) as object), name: 'Old' } as JsonValue,
    { ...(record(id) as object), aliases: ['other.Old'] } as JsonValue,
    [' name-mismatch'],
  ],
  [
    'two fields for one are ambiguous',
    record(id, { name: 'nr', type: 'long' }),
    record({ name: 'id', type: 'long', aliases: ['nr'] }),
    ['/fields/0 alias-ambiguous'],
  ],
  ['int widens to double', record({ name: 'id', type: 'int' }), record({ name: 'id', type: 'double' }), []],
  [
    'long does not narrow to int',
    record(id),
    record({ name: 'id', type: 'int' }),
    ['/fields/0/type type-mismatch'],
  ],
  ['bytes and text read each other', 'bytes', 'string', []],
  ['every branch of the writer must be read', ['null', 'string'], 'string', [' union-branch-missing']],
  ['a union without branches writes nothing', [], 'string', []],
  [
    'an enum with a default reads symbols it does not know',
    { type: 'enum', name: 'E', symbols: ['A', 'B'] },
    { type: 'enum', name: 'E', symbols: ['A'], default: 'A' },
    [],
  ],
  [
    'an enum without one does not',
    { type: 'enum', name: 'E', symbols: ['A', 'B'] },
    { type: 'enum', name: 'E', symbols: ['A'] },
    ['/symbols enum-symbol-missing'],
  ],
  [
    'the default of a field does not stand in for a symbol',
    record({ name: 'e', type: { type: 'enum', name: 'E', symbols: ['A', 'B'] } }),
    record({ name: 'e', type: { type: 'enum', name: 'E', symbols: ['A'] }, default: 'A' }),
    ['/fields/0/type/symbols enum-symbol-missing'],
  ],
  ['the point of a decimal stays where it is', decimal(9, 2), decimal(9, 3), [' decimal-changed']],
  ['bytes may become a decimal', 'bytes', decimal(9, 2), []],
  ['an invalid decimal is bytes', decimal(2, 9), decimal(9, 3), []],
  ['a recursive record reads itself', recursive('int'), recursive('long'), []],
  [
    'a recursive record that narrows does not',
    recursive('long'),
    recursive('int'),
    ['/fields/0/type type-mismatch'],
  ],
])('%s', (_name, writer, reader, rules) => {
  expect(rulesOf(writer, reader)).toEqual(rules);
});

test('what was found inside a cycle is judged again when the cycle turns out to break', () => {
  const a = (z: string) => ({
    type: 'record',
    name: 'A',
    fields: [
      { name: 'b', type: 'B' },
      { name: 'z', type: z },
    ],
  });
  const b = (inner: JsonValue): JsonValue => ({
    type: 'record',
    name: 'B',
    fields: [{ name: 'a', type: ['null', inner] }],
  });
  const inner = (z: string) => ({
    ...a(z),
    fields: [
      { name: 'b', type: b('A') },
      { name: 'z', type: z },
    ],
  });
  const root = (u: JsonValue): JsonValue => ({
    type: 'record',
    name: 'Root',
    fields: [
      { name: 'u', type: u },
      { name: 'v', type: 'B' },
    ],
  });
  const other = { type: 'record', name: 'M', aliases: ['A'], fields: [] };
  expect(rulesOf(root(inner('string')), root([inner('int'), other]))).toEqual([
    '/fields/1/type/fields/0/type union-branch-missing',
    '/fields/0/type/0/fields/1/type type-mismatch',
  ]);
});

test('[K3] modes look at the versions and in the directions they name', () => {
  const without = { value: record(id) };
  const optional = { value: record(id, { name: 'note', type: 'string', default: '' }) };
  const required = { value: record(id, { name: 'note', type: 'string' }) };
  const ask = (
    mode:
      | 'NONE'
      | 'BACKWARD'
      | 'BACKWARD_TRANSITIVE'
      | 'FORWARD'
      | 'FORWARD_TRANSITIVE'
      | 'FULL'
      | 'FULL_TRANSITIVE',
  ) => {
    const verdict = judgeCompatibility({
      type: 'AVRO',
      mode,
      existing: [without, optional],
      candidate: required,
    });
    return verdict.kind === 'judged' && verdict.compatible;
  };
  expect(ask('NONE')).toBe(true);
  expect(ask('BACKWARD')).toBe(true);
  expect(ask('BACKWARD_TRANSITIVE')).toBe(false);
  expect(ask('FORWARD')).toBe(true);
  expect(ask('FORWARD_TRANSITIVE')).toBe(true);
  expect(ask('FULL')).toBe(true);
  expect(ask('FULL_TRANSITIVE')).toBe(false);
});

test('a violation names the reader, the field and what to do', () => {
  const verdict = judgeCompatibility({
    type: 'AVRO',
    mode: 'BACKWARD',
    existing: [{ value: record(id) }],
    candidate: { value: record(id, { name: 'note', type: 'string' }) },
  });
  expect(verdict).toEqual({
    kind: 'judged',
    compatible: false,
    violations: [
      {
        path: '/fields/1',
        rule: 'default-missing',
        message: 'the field note of shop.Order is not written and has no default',
        fix: 'Give note a default, or keep writing it.',
      },
    ],
  });
});
