import { describe, expect, test } from 'vitest';
import { field, struct, type DeltaSchema } from '@headwater/core-delta';
import { decideSchemaChange } from './schema-change.ts';

const table = struct([field('id', 'long'), field('name', 'string'), field('_offset', 'long')]);
const decide = (wanted: DeltaSchema, current = table) =>
  decideSchemaChange(current, ['name'], wanted, ['name']);

describe('what a contract change asks of the table', () => {
  test('nothing, when every column is there', () => {
    expect(decide(table)).toEqual({ kind: 'none' });
    expect(decide(struct([field('name', 'string'), field('id', 'long')]))).toEqual({ kind: 'none' });
  });

  test('new columns at the end, and the old ones stay although the contract dropped one', () => {
    const wanted = struct([field('id', 'long'), field('vip', 'boolean'), field('_offset', 'long')]);
    expect(decide(wanted)).toEqual({
      kind: 'add',
      columns: ['vip'],
      schema: struct([...table.fields, field('vip', 'boolean')]),
    });
  });

  test.each([
    ['another type', struct([field('id', 'string')]), /column id is long, the contract asks for id string/],
    [
      'another scale',
      struct([field('price', { type: 'decimal', precision: 10, scale: 3 })]),
      /decimal\(10,2\).*decimal\(10,3\)/,
    ],
    ['another spelling', struct([field('ID', 'long')]), /column id is long, the contract asks for ID long/],
    ['a type that needs a table feature', struct([field('at', 'timestamp_ntz')]), /without time zone/],
  ])('refuses %s', (_what, wanted, cause) => {
    const current = struct([...table.fields, field('price', { type: 'decimal', precision: 10, scale: 2 })]);
    const decision = decide(wanted, current);
    expect(decision).toMatchObject({ kind: 'refused', cause: expect.stringMatching(cause) as string });
  });

  test('refuses other partition columns, in another order too', () => {
    const change = (columns: readonly string[]) => decideSchemaChange(table, ['id', 'name'], table, columns);
    expect(change(['id', 'name']).kind).toBe('none');
    expect(change(['name', 'id']).kind).toBe('refused');
    expect(change([]).kind).toBe('refused');
  });

  test('refuses a table whose columns do not allow NULL', () => {
    const strict = struct([{ ...field('id', 'long'), nullable: false }, field('name', 'string')]);
    expect(decide(struct([field('id', 'long')]), strict).kind).toBe('refused');
    expect(decide(struct([field('name', 'string')]), strict).kind).toBe('refused');
  });
});
