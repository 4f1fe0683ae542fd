import { expect, test } from 'vitest';
import { decodeRecord, formatRecordLine, formatRecordText } from './decode-record.ts';
import type { TailedRecord } from './tail-topic.ts';

const bytes = (text: string | null) => (text === null ? null : new TextEncoder().encode(text));
const recordOf = (value: Uint8Array | null, more: Partial<TailedRecord> = {}): TailedRecord => ({
  partition: 2,
  offset: 9_007_199_254_740_993n,
  timestampMs: 1_700_000_000_123,
  key: bytes('k'),
  value,
  headers: [],
  ...more,
});
const decoding = { isDecoding: true, showsValues: true };
const lineOf = (value: Uint8Array | null, options = decoding) =>
  formatRecordLine(decodeRecord(recordOf(value), options));

test('a JSON value is shown as JSON, coordinates with every digit', () => {
  expect(lineOf(bytes('{ "a" : 1,\n "b":"가" }'))).toBe(
    '{"partition":2,"offset":"9007199254740993","timestamp":"2023-11-14T22:13:20.123Z","valueBytes":23,"key":"k","value":{"a":1,"b":"가"}}',
  );
});

test('integers and decimals keep every digit', () => {
  expect(lineOf(bytes('{"id": 9007199254740993}'))).toContain('"value":{"id": 9007199254740993}');
});

test('a schema id in front of the value is recognised and named', () => {
  const framed = Uint8Array.from([0, 0, 0, 1, 2, ...bytes('{"a":1}')!]);
  expect(decodeRecord(recordOf(framed), decoding)).toMatchObject({ schemaId: 258, value: '{"a":1}' });
  expect(decodeRecord(recordOf(framed), { ...decoding, isDecoding: false }).schemaId).toBeUndefined();
});

test('text that is no JSON is a string, bytes that are no text are base64, nothing is a tombstone', () => {
  expect(decodeRecord(recordOf(bytes('{broken')), decoding).value).toBe('"{broken"');
  expect(decodeRecord(recordOf(Uint8Array.of(0xff, 0xfe)), decoding).value).toBe('{"base64":"//4="}');
  const tombstone = decodeRecord(recordOf(null), decoding);
  expect(tombstone).toMatchObject({ value: 'null', valueBytes: null });
  expect(formatRecordText(tombstone, false)).toContain('tombstone');
});

test('without values neither key, value nor headers leave the machine', () => {
  const record = recordOf(bytes('{"ssn":"secret"}'), {
    key: bytes('secret'),
    headers: [{ key: bytes('h')!, value: bytes('secret') }],
  });
  const decoded = decodeRecord(record, { isDecoding: true, showsValues: false });
  expect(formatRecordLine(decoded) + formatRecordText(decoded, true)).not.toContain('secret');
  expect(formatRecordText(decoded, true)).toContain('16 bytes');
});

test('a pretty value is indented below its coordinates', () => {
  expect(formatRecordText(decodeRecord(recordOf(bytes('{"a":[1]}')), decoding), true)).toBe(
    '2@9007199254740993  2023-11-14T22:13:20.123Z  "k"  \n{\n  "a": [\n    1\n  ]\n}',
  );
});
