import { describe, expect, test } from 'vitest';
import type { Column, ColumnType, CompiledContract } from '@headwater/core-contract';
import { formatSchemaString } from '@headwater/core-delta';
import {
  personalColumns,
  primaryPartitionColumns,
  primarySchema,
  quarantineSchema,
} from './staging-tables.ts';

const column = (name: string, type: ColumnType, personal = false): Column => ({
  name,
  source: name,
  type,
  required: true,
  rules: [],
  personal,
});
const contract: CompiledContract = {
  contractId: 'c',
  contractVersion: '1.0.0',
  columns: [
    column('a', { kind: 'string' }),
    column('b', { kind: 'boolean' }),
    column('i8', { kind: 'integer', bits: 8 }),
    column('i16', { kind: 'integer', bits: 16 }),
    column('i32', { kind: 'integer', bits: 32 }),
    column('i64', { kind: 'integer', bits: 64 }),
    column('f', { kind: 'float' }),
    column('d', { kind: 'double' }),
    column('m', { kind: 'decimal', precision: 38, scale: 10 }),
    column('day', { kind: 'date' }),
    column('at', { kind: 'timestamp' }),
    column('local', { kind: 'timestampNtz' }),
    column('bin', { kind: 'binary' }),
    column('j', { kind: 'json' }),
    column('s', { kind: 'struct', fields: [column('x', { kind: 'string' }, true)] }),
    column('l', { kind: 'array', element: column('element', { kind: 'double' }) }),
    column('o', { kind: 'map', value: column('value', { kind: 'string' }) }),
  ],
  unknownMembers: 'ignore',
  keyColumns: [],
  partitionColumns: [
    { name: 'event_day', from: 'date', column: 'at' },
    { name: 'a', from: 'column', column: 'a' },
  ],
  recordBytesMax: 1,
};

describe('the tables of a pipeline', () => {
  test('have the columns every reader of existing tables knows', async () => {
    const text = (schemaString: string) => `${JSON.stringify(JSON.parse(schemaString), undefined, 1)}\n`;
    await expect(text(formatSchemaString(primarySchema(contract)))).toMatchFileSnapshot(
      'golden/primary-schema.json',
    );
    await expect(text(formatSchemaString(quarantineSchema))).toMatchFileSnapshot(
      'golden/quarantine-schema.json',
    );
  });

  test('are partitioned by the columns the contract names, derived ones by their own name', () => {
    expect(primaryPartitionColumns(contract)).toEqual(['event_day', 'a']);
    expect(primarySchema(contract).fields.map(({ name }) => name)).toContain('event_day');
  });

  test('show no statistics of a column that holds something personal at any depth', () => {
    expect(personalColumns(contract)).toEqual(new Set(['s']));
    const nested = column('n', {
      kind: 'array',
      element: column('element', { kind: 'map', value: column('value', { kind: 'string' }, true) }),
    });
    expect(personalColumns({ ...contract, columns: [nested] })).toEqual(new Set(['n']));
  });
});
