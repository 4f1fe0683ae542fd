import type { Column } from '@headwater/core-contract';
import { expect, test } from 'vitest';
import { findUnknownFields } from './unknown-fields.ts';

const column = (source: string, type: Column['type'] = { kind: 'string' }): Column => ({
  name: source,
  source,
  type,
  required: false,
  rules: [],
  personal: false,
});
const columns = [
  column('id'),
  column('geo', { kind: 'struct', fields: [column('lat')] }),
  column('lines', { kind: 'array', element: column('', { kind: 'struct', fields: [column('sku')] }) }),
];
const contract = { contractVersion: '1.0.0', compiled: { columns } } as unknown as Parameters<
  typeof findUnknownFields
>[0];

test('fields are known at every depth, by the names of the contract', () => {
  expect(findUnknownFields(contract, ['id', 'geo', 'geo.lat', 'lines[]', 'lines[].sku'])).toEqual([]);
});

test('a field the contract does not have is named', () => {
  expect(findUnknownFields(contract, ['geo.lon', 'id.x']).map(({ message }) => message)).toEqual([
    'Version 1.0.0 of the contract has no property geo.lon.',
    'Version 1.0.0 of the contract has no property id.x.',
  ]);
});
