import { column } from '@headwater/testkit';
import { expect, test } from 'vitest';
import { findUnknownFields } from './unknown-fields.ts';

const text = { kind: 'string' } as const;
const columns = [
  column('id', text),
  column('geo', { kind: 'struct', fields: [column('lat', text)] }),
  column('lines', { kind: 'array', element: column('', { kind: 'struct', fields: [column('sku', text)] }) }),
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
