import { expect, test } from 'vitest';
import type { JsonValue } from '../text/json-text.ts';
import { adviseChange } from './advise-change.ts';
import type { SchemaReader } from './change-question.ts';

const order = (...fields: readonly JsonValue[]): JsonValue => ({ type: 'record', name: 'Order', fields });
const id = { name: 'id', type: 'long' };
const amount = { name: 'amount', type: 'double' };
const customer = {
  name: 'customer',
  type: { type: 'record', name: 'C', fields: [{ name: 'mail', type: 'string' }] },
};
const before = order(id, amount, customer);
const group = (detail: string) => [{ kind: 'observed-group', detail }] as const;

const readers: readonly SchemaReader[] = [
  { application: 'billing', evidence: group('billing-1'), fields: ['amount'] },
  { application: 'mailing', evidence: group('mailing-1'), fields: ['customer.mail'] },
  { application: 'lake', evidence: group('lake-1') },
];

function advise(candidate: JsonValue, own: readonly SchemaReader[] = readers) {
  const advice = adviseChange({
    type: 'AVRO',
    existing: [{ value: before }],
    candidate: { value: candidate },
    readers: own,
  });
  if (advice.kind === 'unusable') throw new Error(advice.problem.message);
  return advice;
}

test('a renamed field breaks the applications that read it, by name, and the others not', () => {
  const advice = advise(order(id, { name: 'total', type: 'double', default: 0 }, customer));
  expect(
    advice.affected.map(({ application, reasons }) => [
      application,
      reasons.map(({ field, rule }) => `${field} ${rule}`),
    ]),
  ).toEqual([
    ['billing', ['amount field-gone']],
    ['lake', ['amount field-gone']],
  ]);
  expect(advice.unaffected).toEqual(['mailing']);
  expect(advice.order).toBe('readers-first');
  expect(advice.verdicts.BACKWARD.compatible).toBe(true);
  expect(advice.verdicts.FULL.compatible).toBe(false);
  expect(advice.bridge).toEqual({
    kind: 'keep-fields',
    fields: [{ field: 'amount', replacedBy: 'total' }],
    message: 'Write amount (now total) as before until billing, lake have moved, then drop what is old.',
  });
});

test('a field inside a field is known by its dotted name', () => {
  const changed = {
    name: 'customer',
    type: { type: 'record', name: 'C', fields: [{ name: 'mail', type: 'int' }] },
  };
  const advice = advise(order(id, amount, changed));
  expect(advice.affected.map(({ application }) => application)).toEqual(['mailing', 'lake']);
  expect(advice.affected[0]?.reasons).toMatchObject([{ field: 'customer.mail', rule: 'type-mismatch' }]);
  expect(advice.bridge).toMatchObject({ kind: 'add-new-field', fields: [{ field: 'customer.mail' }] });
  expect(advice.order).toBe('not-in-place');
});

test('a declared schema decides before the version an application was built for', () => {
  const declared: SchemaReader = { application: 'old', evidence: [], schema: { value: order(id) } };
  const advice = advise(order(id), [declared, { application: 'new', evidence: [], schemaVersion: 1 }]);
  expect(advice.affected.map(({ application }) => application)).toEqual(['new']);
});

test('a new optional field breaks nobody and needs no bridge', () => {
  const advice = advise(
    order(id, amount, customer, { name: 'note', type: ['null', 'string'], default: null }),
  );
  expect(advice).toMatchObject({
    order: 'any-order',
    affected: [],
    unaffected: ['billing', 'mailing', 'lake'],
  });
  expect(advice.bridge).toBeUndefined();
});

test('JSON Schema: a property that is no longer required is named', () => {
  const schema = (required: readonly string[]): JsonValue => ({
    type: 'object',
    required,
    properties: { a: { type: 'string' }, b: { type: 'string' } },
    additionalProperties: false,
  });
  const advice = adviseChange({
    type: 'JSON',
    existing: [{ value: schema(['a', 'b']) }],
    candidate: { value: schema(['b']) },
    readers: [
      { application: 'x', evidence: [], fields: ['a'] },
      { application: 'y', evidence: [], fields: ['b'] },
    ],
  });
  expect(advice).toMatchObject({
    affected: [{ application: 'x', reasons: [{ field: 'a', rule: 'required-added' }] }],
  });
  expect(advice.kind === 'advised' && advice.affected).toHaveLength(1);
});

test('Protobuf: fields are named by message', () => {
  const text = (name: string) => `syntax = "proto3"; message M { int32 ${name} = 1; int32 b = 2; }`;
  const advice = adviseChange({
    type: 'PROTOBUF',
    existing: [{ text: text('a') }],
    candidate: { text: text('c') },
    readers: [
      { application: 'x', evidence: [], fields: ['M.a'] },
      { application: 'y', evidence: [], fields: ['M.b'] },
    ],
  });
  expect(advice).toMatchObject({
    affected: [{ application: 'x', reasons: [{ field: 'M.a' }] }],
    unaffected: ['y'],
    bridge: { fields: [{ field: 'M.a', replacedBy: 'M.c' }] },
  });
});
