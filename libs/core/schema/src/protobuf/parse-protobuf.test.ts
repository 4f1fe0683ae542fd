import { generateProtobufPair } from '@headwater/testkit';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { parseProtobuf } from './parse-protobuf.ts';
import { printProtobuf } from './print-protobuf.ts';

const rich = `// The orders of a shop.
syntax = "proto2";
package shop.v1;

import public "google/protobuf/timestamp.proto";

option java_package = "dev.shop";
option (file_note) = { text: "a;b" n: 1 };

/* One order. */
message Order {
  option deprecated = true;
  reserved 7, 9 to 11, 1000 to max;
  reserved "old", 'older';
  extensions 100 to 199;

  // Number of the order,
  // counted from 1.
  required int64 id = 1 [deprecated = true, json_name = "ID"];
  optional string message = 2 [default = "a \\"b\\""];
  repeated .shop.v1.Order.Line lines = 3;
  map<string, google.protobuf.Timestamp> times = 4;
  oneof payment {
    string card = 5;
    bytes token = 6;
  }
  optional group Address = 8 {
    optional string street = 1;
  }
  message Line { optional sint32 count = 0x1; optional float price = 02; }
  enum State { option allow_alias = true; OPEN = 0; NEW = 0; LOST = -1; reserved 5 to 6; }
  extend Order { optional int32 extra = 100; }
}

service Shop {
  rpc Put(Order) returns (stream .shop.v1.Order);
  rpc Get(stream Order) returns (Order) { option idempotent = true; }
}
`;

test('every construct of proto2 is read', () => {
  const parsed = parseProtobuf({ text: rich });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const [order] = parsed.value.messages;
  expect(
    order?.fields.map(({ name, number, label, oneof, comment }) => ({ name, number, label, oneof, comment })),
  ).toEqual([
    {
      name: 'id',
      number: 1,
      label: 'required',
      oneof: undefined,
      comment: 'Number of the order,\ncounted from 1.',
    },
    { name: 'message', number: 2, label: 'optional', oneof: undefined, comment: undefined },
    { name: 'lines', number: 3, label: 'repeated', oneof: undefined, comment: undefined },
    { name: 'times', number: 4, label: undefined, oneof: undefined, comment: undefined },
    { name: 'card', number: 5, label: undefined, oneof: 'payment', comment: undefined },
    { name: 'token', number: 6, label: undefined, oneof: 'payment', comment: undefined },
    { name: 'address', number: 8, label: 'optional', oneof: undefined, comment: undefined },
  ]);
  expect(order?.comment).toBe('One order.');
  expect(order?.reserved).toEqual({
    ranges: [
      { from: 7, to: 7 },
      { from: 9, to: 11 },
      { from: 1000, to: 536_870_911 },
    ],
    names: ['old', 'older'],
  });
  expect(
    parsed.value.services[0]?.methods.map(({ name, request, response }) => [
      name,
      request.isStream,
      response.isStream,
    ]),
  ).toEqual([
    ['Put', false, true],
    ['Get', true, false],
  ]);
});

test('what is read is written, and what is written reads the same', () => {
  const parsed = parseProtobuf({ text: rich });
  if (!parsed.ok) throw new Error(parsed.error.message);
  const text = printProtobuf(parsed.value);
  const again = parseProtobuf({ text });
  if (!again.ok) throw new Error(`${again.error.message} in\n${text}`);
  expect(printProtobuf(again.value)).toBe(text);
});

test('500 generated files are written so that protobufjs reads the same fields', () => {
  for (let seed = 1; seed <= 500; seed += 1) {
    const { existing } = generateProtobufPair(seed);
    const parsed = parseProtobuf({ text: existing });
    if (!parsed.ok) throw new Error(`${parsed.error.message} in\n${existing}`);
    const { root } = protobuf.parse(printProtobuf(parsed.value), { keepCase: true });
    for (const { fullName, fields } of parsed.value.messages) {
      const theirs = root.lookupType(fullName).fieldsArray.map(({ name, id }) => `${name}=${id}`);
      expect(fields.map(({ name, number }) => `${name}=${number}`).sort()).toEqual(theirs.sort());
    }
  }
});

test.each([
  [
    'editions',
    'edition = "2023"; message M { int32 a = 1 [features.field_presence = EXPLICIT]; reserved foo; }',
  ],
  ['no syntax is proto2', 'message M { optional int32 a = 1; }'],
  [
    'fields named like keywords',
    'syntax = "proto3"; message M { string message = 1; string oneof = 2; string reserved = 3; string map = 4; string to = 5; }',
  ],
  ['a type called like a keyword', 'syntax = "proto3"; message group { } message M { group a = 1; }'],
  ['empty statements', 'syntax = "proto3";;; message M { ; string a = 1;; };'],
])('%s', (_name, text) => {
  expect(parseProtobuf({ text })).toMatchObject({ ok: true });
});

test.each([
  ['syntax = "proto4";', '1:1 syntax-unknown'],
  ['syntax = "proto3";\nmessage M {\n  strin a;\n}', '3:10 not-protobuf'],
  ['syntax = "proto3"; enum E { }', '1:25 enum-empty'],
  ['syntax = "proto3"; enum E { A = 0; B = 0; }', '1:25 enum-number-twice'],
  ['message M { map<M, string> a = 1; }', '1:17 map-key-invalid'],
  ['message M { string a = 536870912; }', '1:24 field-number-invalid'],
])('%s is refused at its place', (text, problem) => {
  const parsed = parseProtobuf({ text });
  expect(parsed.ok ? 'ok' : `${parsed.error.line}:${parsed.error.column} ${parsed.error.rule}`).toBe(problem);
});
