import { describe, expect, it } from 'vitest';
import type { Protocol } from './actions.ts';
import { planCreateTable } from './create-table.ts';
import { dataFilePath } from './data-file-path.ts';
import { field, struct, type DeltaField } from './schema.ts';

const plan = (fields: DeltaField[], partitionColumns: string[] = []) =>
  planCreateTable({ tableId: 'id', schema: struct(fields), partitionColumns }, { batchId: 'b', nowMs: 1 });
const protocolOf = (fields: DeltaField[]): Protocol | undefined =>
  plan(fields).flatMap((action) => ('protocol' in action ? [action.protocol] : []))[0];

describe('[D7] a new table', () => {
  it('needs no feature unless a type does', () => {
    expect(protocolOf([field('a', 'timestamp')])).toEqual({ minReaderVersion: 1, minWriterVersion: 2 });
    expect(protocolOf([field('a', struct([field('b', 'timestamp_ntz')]))])).toEqual({
      minReaderVersion: 3,
      minWriterVersion: 7,
      readerFeatures: ['timestampNtz'],
      writerFeatures: ['appendOnly', 'invariants', 'timestampNtz'],
    });
  });

  it.each<[string, DeltaField[], string[], RegExp]>([
    ['two names apart from case', [field('a', 'long'), field('A', 'long')], [], /two columns are named A/],
    ['a name with a space', [field('a b', 'long')], [], /column name "a b" holds a character/],
    ['no columns', [], [], /no columns/],
    ['only partition columns', [field('a', 'long')], ['a'], /every column is a partition column/],
    ['an unknown partition column', [field('a', 'long')], ['b'], /not among the columns|every column/],
    [
      'a nested partition column',
      [field('a', struct([field('x', 'long')])), field('b', 'long')],
      ['a'],
      /partition column a is not of a primitive type/,
    ],
  ])('is refused with %s', (_name, fields, partitionColumns, message) => {
    expect(() => plan(fields, partitionColumns)).toThrow(message);
  });
});

describe('[D7] data file paths', () => {
  const uuid = 'ab345678-0000-4000-8000-000000000000';

  it('are hive folders, escaped as hive does', () => {
    expect(dataFilePath({ day: '2024-01-01', k: 'a/b:c%' }, ['day', 'k'], uuid)).toBe(
      `day=2024-01-01/k=a%2Fb%3Ac%25/part-${uuid}.zstd.parquet`,
    );
    expect(dataFilePath({ day: null }, ['day'], uuid)).toBe(
      `day=__HIVE_DEFAULT_PARTITION__/part-${uuid}.zstd.parquet`,
    );
    expect(dataFilePath({}, [], uuid)).toBe(`part-${uuid}.zstd.parquet`);
  });

  it('never lie in a hidden or overlong folder', () => {
    expect(dataFilePath({ _ingested_at: 'x' }, ['_ingested_at'], uuid)).toBe(`ab/part-${uuid}.zstd.parquet`);
    expect(dataFilePath({ k: '가'.repeat(100) }, ['k'], uuid)).toBe(`ab/part-${uuid}.zstd.parquet`);
  });
});
