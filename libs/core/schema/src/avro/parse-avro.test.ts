import { generateAvroPair } from '@headwater/testkit';
import avsc from 'avsc';
import { expect, test } from 'vitest';
import { parseAvro } from './parse-avro.ts';
import { printAvro, toAvroJson } from './print-avro.ts';

function problemOf(text: string) {
  const parsed = parseAvro({ text });
  return parsed.ok
    ? 'ok'
    : `${parsed.error.line}:${parsed.error.column} ${parsed.error.rule} ${parsed.error.path}`;
}

test.each([
  [
    '{"type": "record", "name": "R",\n "fields": [{"name": "a", "type": "strnig"}]}',
    '2:35 unknown-type /fields/0/type',
  ],
  ['{"type": "record", "name": "1R", "fields": []}', '1:28 name-invalid /name'],
  ['{"type": "enum", "name": "E", "symbols": ["A", "A"]}', '1:48 symbol-invalid /symbols/1'],
  ['["int", "int"]', '1:9 union-branch-twice /1'],
  ['["null", ["int"]]', '1:10 union-in-union /1'],
  [
    '{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "default": "x"}]}',
    '1:84 default-invalid /fields/0/default',
  ],
  ['{"type": "record", "name": "R", "name": "S", "fields": []}', '1:33 duplicate-key '],
  ['{"type": "fixed", "name": "F", "size": -1}', '1:40 wrong-kind /size'],
  ['{"type": "record", "name": "R"', '1:31 not-json '],
  ['{"type": "record", "name": "string", "fields": []}', '1:28 name-invalid /name'],
  ['{"items": "int"}', '1:1 type-missing '],
])('%s is refused at its place', (text, problem) => {
  expect(problemOf(text)).toBe(problem);
});

test('a registry may give a primitive by its bare name', () => {
  expect(problemOf('string')).toBe('ok');
  expect(problemOf('null')).toBe('ok');
});

test('named types come from references, whatever the reference is called', () => {
  const order = '{"type":"record","name":"Order","namespace":"a","fields":[{"name":"at","type":"b.Place"}]}';
  const place = {
    text: '{"type":"record","name":"Place","namespace":"b","fields":[{"name":"x","type":"int"}]}',
  };
  expect(parseAvro({ text: order }).ok).toBe(false);
  expect(parseAvro({ text: order }, new Map([['b.Place', place]])).ok).toBe(true);
  expect(parseAvro({ text: order }, new Map([['places.avsc', place]])).ok).toBe(true);
});

test('1,000 generated schemas are written and read again without loss, and avsc takes what is written', () => {
  for (let seed = 1; seed <= 1_000; seed += 1) {
    const { existing } = generateAvroPair(seed);
    const first = parseAvro({ text: existing });
    if (!first.ok) throw new Error(first.error.message);
    const text = printAvro(first.value);
    const again = parseAvro({ text });
    if (!again.ok) throw new Error(`${again.error.message} in ${text}`);
    expect(printAvro(again.value)).toBe(text);
    expect(() => avsc.Type.forSchema(JSON.parse(text) as avsc.Schema)).not.toThrow();
  }
});

test('what the specification does not know is kept, keys in a stable order', () => {
  const text =
    '{"name":"R","doc":"d","fields":[{"x-id":7,"type":{"type":"long","logicalType":"timestamp-millis"},"name":"at","aliases":["t"]}],"type":"record","owner":"me"}';
  const parsed = parseAvro({ text });
  if (!parsed.ok) throw new Error(parsed.error.message);
  expect(JSON.stringify(toAvroJson(parsed.value))).toBe(
    '{"type":"record","name":"R","doc":"d","fields":[{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"},"aliases":["t"],"x-id":7}],"owner":"me"}',
  );
});
