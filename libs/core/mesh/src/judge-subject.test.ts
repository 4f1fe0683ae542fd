import { expect, test } from 'vitest';
import { judgeSubject } from './judge-subject.ts';
import type { RegisteredSubject } from './schema-registry.ts';

const ours = '{"type":"object","properties":{"id":{"type":"integer"},"note":{"type":"string"}}}';
const registered = (schema: string, more: Partial<RegisteredSubject> = {}): RegisteredSubject => ({
  subject: 'shop.orders-value',
  schemaId: 7,
  schemaVersion: 2,
  schemaType: 'JSON',
  schema,
  compatibility: 'FULL_TRANSITIVE',
  ...more,
});

test('the schema of the contract is in order, however it is spaced and ordered', () => {
  const spaced = '{ "properties": {"note":{"type":"string"}, "id": {"type":"integer"}}, "type": "object" }';
  expect(judgeSubject(ours, registered(spaced))).toBeUndefined();
});

test('another schema is foreign, with what differs', () => {
  const other = '{"type":"object","properties":{"id":{"type":"number"},"extra":{"type":"boolean"}}}';
  expect(judgeSubject(ours, registered(other))?.cause).toBe(
    'Version 2 of shop.orders-value (schema 7) was not registered by Headwater: /properties/id/type is "number" instead of "integer"; ' +
      '/properties/note is gone ({"type":"string"}); /properties/extra is added ({"type":"boolean"}).',
  );
});

test('a schema of another type is foreign', () => {
  expect(judgeSubject(ours, registered('"string"', { schemaType: 'AVRO' }))?.cause).toContain(
    'is AVRO and the contract is JSON',
  );
});
