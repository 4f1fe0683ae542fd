import { expect, test } from 'vitest';
import { judgeCompatibility } from '../compatibility/judge-compatibility.ts';
import type { RegistryKind } from '../compatibility/mode.ts';
import type { SchemaSource } from '../schema-source.ts';

interface Options {
  readonly syntax?: string;
  readonly references?: ReadonlyMap<string, SchemaSource>;
}

function rulesOf(
  registry: RegistryKind,
  writer: string,
  reader: string,
  { syntax = 'proto3', references }: Options = {},
) {
  const head = `syntax = "${syntax}"; package shop; `;
  const verdict = judgeCompatibility({
    type: 'PROTOBUF',
    mode: 'BACKWARD',
    existing: [{ text: head + writer }],
    candidate: { text: head + reader },
    registry,
    ...(references === undefined ? {} : { references }),
  });
  if (verdict.kind === 'unusable') return [`unusable ${verdict.problem.rule}`];
  return verdict.violations.map(({ rule, path }) => `${path} ${rule}`);
}

const message = (body: string) => `message M { ${body} }`;

test.each<
  [name: string, writer: string, reader: string, byName: readonly string[], byWire: readonly string[]]
>([
  ['a new field', message('int32 a = 1;'), message('int32 a = 1; string b = 2;'), [], []],
  [
    'a field of the same wire form',
    message('int32 a = 1;'),
    message('int64 a = 1;'),
    ['M.a field-type-changed'],
    [],
  ],
  ['text and bytes', message('string a = 1;'), message('bytes a = 1;'), ['M.a field-type-changed'], []],
  [
    'another wire form',
    message('int32 a = 1;'),
    message('sint32 a = 1;'),
    ['M.a field-type-changed'],
    ['shop.M.a field-type-changed'],
  ],
  ['a renamed field', message('int32 a = 1;'), message('int32 b = 1;'), ['M.a field-renamed'], []],
  [
    'a renumbered field',
    message('int32 a = 1;'),
    message('int32 a = 2;'),
    ['M.a field-number-changed'],
    ['shop.M.a field-number-changed'],
  ],
  [
    'a field that goes',
    message('int32 a = 1; int32 b = 2;'),
    message('int32 b = 2;'),
    ['M.a field-removed-without-reservation'],
    [],
  ],
  [
    'a field that goes and is reserved',
    message('int32 a = 1; int32 b = 2;'),
    message('reserved 1; reserved "a"; int32 b = 2;'),
    [],
    [],
  ],
  [
    'a reserved number that is used',
    message('reserved 2;  int32 a = 1;'),
    message('reserved 2; int32 a = 1; int32 b = 2;'),
    ['M.b reserved-used'],
    [],
  ],
  [
    'a reservation that goes',
    message('reserved 2 to 9; int32 a = 1;'),
    message('reserved 2 to 5, 7 to 9; int32 a = 1;'),
    ['M reservation-removed'],
    [],
  ],
  [
    'a reservation in two parts',
    message('reserved 2 to 9; int32 a = 1;'),
    message('reserved 6 to 9, 2 to 5; int32 a = 1;'),
    [],
    [],
  ],
  [
    'numbers become a list',
    message('int32 a = 1;'),
    message('repeated int32 a = 1;'),
    ['M.a field-label-changed'],
    ['shop.M.a field-label-changed'],
  ],
  ['one field joins a oneof', message('int32 a = 1;'), message('oneof o { int32 a = 1; }'), [], []],
  [
    'two fields join a oneof',
    message('int32 a = 1; int32 b = 2;'),
    message('oneof o { int32 a = 1; int32 b = 2; }'),
    ['M.o fields-moved-into-oneof'],
    ['shop.M.o fields-moved-into-oneof'],
  ],
  [
    'a field leaves its oneof',
    message('oneof o { int32 a = 1; int32 b = 2; }'),
    message('oneof o { int32 a = 1; } int32 b = 2;'),
    [],
    ['shop.M.b oneof-field-removed'],
  ],
  ['a new enum value', 'enum E { Z = 0; }', 'enum E { Z = 0; ONE = 1; }', [], []],
  [
    'an enum value that goes',
    'enum E { Z = 0; ONE = 1; }',
    'enum E { Z = 0; }',
    ['E.ONE enum-value-removed'],
    [],
  ],
  [
    'an enum value with another number',
    'enum E { Z = 0; ONE = 1; }',
    'enum E { Z = 0; ONE = 2; }',
    ['E.ONE enum-number-changed'],
    [],
  ],
  [
    'a message that goes',
    'message M { int32 a = 1; } message N {}',
    'message N {}',
    ['M.a field-removed-without-reservation'],
    ['shop.M message-removed'],
  ],
  [
    'an enum read as a number',
    'enum E { Z = 0; } message M { E a = 1; }',
    'enum E { Z = 0; } message M { int32 a = 1; }',
    ['M.a field-type-changed'],
    [],
  ],
  [
    'a map with another value',
    message('map<string, int32> a = 1;'),
    message('map<string, string> a = 1;'),
    ['M.a field-type-changed'],
    ['shop.M.a field-type-changed'],
  ],
  [
    'a map that is written otherwise',
    message('map<string,int32> a = 1;'),
    message('map< string , int32 > a = 1;'),
    [],
    [],
  ],
  [
    'a message referred to in full',
    'message N {} message M { N a = 1; }',
    'message N {} message M { .shop.N a = 1; }',
    [],
    [],
  ],
  [
    'a message inside the changed type',
    'message N { int32 x = 1; } message M { N a = 1; }',
    'message N { string x = 1; } message M { N a = 1; }',
    ['N.x field-type-changed'],
    ['shop.N.x field-type-changed'],
  ],
  [
    'a recursive message',
    'message M { M next = 1; int32 a = 2; }',
    'message M { M next = 1; int64 a = 2; }',
    ['M.a field-type-changed'],
    [],
  ],
  [
    'a method that takes something else',
    'message A {} message B {} service S { rpc Do(A) returns (B); }',
    'message A {} message B {} service S { rpc Do(B) returns (B); }',
    ['S.Do method-changed'],
    [],
  ],
])('%s', (_name, writer, reader, byName, byWire) => {
  expect(rulesOf('apicurio', writer, reader)).toEqual(byName);
  expect(rulesOf('karapace', writer, reader)).toEqual(byWire);
});

test('a required field is not added to proto2, and a group is no message', () => {
  const syntax = { syntax: 'proto2' };
  const writer = message('optional int32 a = 1;');
  expect(rulesOf('apicurio', writer, message('optional int32 a = 1; required int32 b = 2;'), syntax)).toEqual(
    ['M.b required-field-added'],
  );
  const group = message('optional group G = 1 { optional int32 x = 1; }');
  const inner = message('message G { optional int32 x = 1; } optional G g = 1;');
  expect(rulesOf('apicurio', group, group, syntax)).toEqual([]);
  expect(rulesOf('apicurio', group, inner, syntax)).toEqual(['M.g field-type-changed']);
  expect(rulesOf('karapace', group, inner, syntax)).toEqual(['shop.M.g field-type-changed']);
});

test('a message that moves into an imported file is still the same message', () => {
  const writer = 'message N { int32 x = 1; } message M { N a = 1; }';
  const reader = 'import "n.proto"; message M { N a = 1; }';
  const file = (field: string) =>
    new Map([['n.proto', { text: `syntax = "proto3"; package shop; message N { ${field} }` }]]);
  expect(rulesOf('apicurio', writer, reader)).toEqual([]);
  expect(rulesOf('apicurio', writer, reader, { references: file('int32 x = 1;') })).toEqual([]);
  expect(rulesOf('apicurio', writer, reader, { references: file('string x = 1;') })).toEqual([
    'N.x field-type-changed',
  ]);
});
