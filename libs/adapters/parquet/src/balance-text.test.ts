import { column } from '@headwater/testkit';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column } from '@headwater/core-contract';
import { doubleText, rowTextOfColumns, rowTextOfJson } from './balance-text.ts';
import { openDatabase, type Database } from './database.ts';
import { parseMembers } from './exact-decimal.ts';

let database: Database;
let connection: DuckDBConnection;
beforeAll(async () => {
  database = await openDatabase({ threads: 1, memoryMiB: 256 });
  connection = await database.connect();
});
afterAll(() => {
  connection.closeSync();
  database.close();
});

async function textOfColumn(columns: readonly Column[], select: string): Promise<string> {
  const result = await connection.runAndReadAll(
    `select ${rowTextOfColumns(columns)} from (select ${select})`,
  );
  return String(result.getRows()[0]?.[0]);
}

test('doubles have the same text in a record and in a column', async () => {
  const doubles = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: 2_000, seed: 7 });
  const edges = [
    0, -0, 1, 1e15, 1e16, 9999999999999998, 1e-4, 1e-5, 123456789012345680, 5e-324, 1.7976931348623157e308,
  ];
  const values = [...doubles, ...edges];
  const appender = await (async () => {
    await connection.run('create temp table d(i integer, x double)');
    return connection.createAppender('d');
  })();
  values.forEach((value, index) => {
    appender.appendInteger(index);
    appender.appendDouble(value);
    appender.endRow();
  });
  appender.closeSync();
  const rows = (await connection.runAndReadAll('select x::varchar from d order by i')).getRows();
  expect(rows.map(([text]) => text)).toEqual(values.map(doubleText));
});

const struct = column('c', {
  kind: 'struct',
  fields: [column('a', { kind: 'string' }, { source: 'A' }), column('b', { kind: 'date' })],
});
const cases: readonly (readonly [string, Column, string, string])[] = [
  ['text', column('c', { kind: 'string' }), '{"c":"가\\u0041:n"}', `'가A:n' as c`],
  ['empty text', column('c', { kind: 'string' }), '{"c":""}', `'' as c`],
  ['a missing member', column('c', { kind: 'string' }), '{}', 'null::varchar as c'],
  ['null', column('c', { kind: 'boolean' }), '{"c":null}', 'null::boolean as c'],
  ['a boolean', column('c', { kind: 'boolean' }), '{"c":false}', 'false as c'],
  ['a 64-bit integer', column('c', { kind: 'integer', bits: 64 }), '{"c":9223372036854775807}', '9223372036854775807 as c'],
  ['an integer with a fraction of zero', column('c', { kind: 'integer', bits: 32 }), '{"c":1.20e1}', '12 as c'],
  ['a float', column('c', { kind: 'float' }), '{"c":0.1}', '0.1::float as c'],
  ['a decimal', column('c', { kind: 'decimal', precision: 30, scale: 3 }), '{"c":-12345678901234567890.05}', '-12345678901234567890.05::decimal(30,3) as c'],
  ['a date before the epoch', column('c', { kind: 'date' }), '{"c":"1969-12-31"}', `date '1969-12-31' as c`],
  ['an instant with an offset', column('c', { kind: 'timestamp' }), '{"c":"2024-02-29T23:59:59.123456+09:00"}', `timestamptz '2024-02-29 14:59:59.123456+00' as c`],
  ['a local time', column('c', { kind: 'timestampNtz' }), '{"c":"2001-01-14T21:55:00"}', `timestamp '2001-01-14 21:55:00' as c`],
  ['epoch seconds with a fraction', column('c', { kind: 'timestamp' }, { time: 'epochSeconds' }), '{"c":1.5}', `timestamptz '1970-01-01 00:00:01.5+00' as c`],
  ['epoch nanoseconds', column('c', { kind: 'timestamp' }, { time: 'epochNanos' }), '{"c":1700000000000001000}', 'make_timestamptz(1700000000000001) as c'],
  ['binary', column('c', { kind: 'binary' }), '{"c":"AP8="}', `'\\x00\\xFF'::blob as c`],
  ['a struct', struct, '{"c":{"A":"x","b":"1970-01-02"}}', `{'a': 'x', 'b': date '1970-01-02'} as c`],
  ['an array with nulls', column('c', { kind: 'array', element: column('c', { kind: 'double' }) }), '{"c":[1,null,2.5]}', '[1.0::double, null, 2.5] as c'],
  ['an empty array', column('c', { kind: 'array', element: column('c', { kind: 'double' }) }), '{"c":[]}', '[]::double[] as c'],
  ['a map', column('c', { kind: 'map', value: column('c', { kind: 'integer', bits: 32 }) }), '{"c":{"k":1,"l":null}}', `map(['k','l'],[1,null]) as c`],
]; // prettier-ignore

test.each(cases)('%s has the same text in a record and in a column', async (_, type, json, select) => {
  expect(rowTextOfJson([type], parseMembers(json)!)).toBe(await textOfColumn([type], select));
});

test.each([
  ['1.5 where an integer landed', column('c', { kind: 'integer', bits: 64 }), '{"c":1.5}', '2::bigint as c'],
  ['true where an integer landed', column('c', { kind: 'integer', bits: 64 }), '{"c":true}', '1::bigint as c'],
  ['the neighbour of a large integer', column('c', { kind: 'integer', bits: 64 }), '{"c":9007199254740993}', '9007199254740992 as c'],
  ['a rounded decimal', column('c', { kind: 'decimal', precision: 9, scale: 1 }), '{"c":0.25}', '0.3::decimal(9,1) as c'],
  ['nanoseconds cut to microseconds', column('c', { kind: 'timestamp' }), '{"c":"2024-01-01T00:00:00.123456789Z"}', `timestamptz '2024-01-01 00:00:00.123456+00' as c`],
  ['null where text was', column('c', { kind: 'string' }), '{"c":""}', 'null::varchar as c'],
] as const)('a silent change shows: %s', async (_, type, json, select) => {
  expect(rowTextOfJson([type], parseMembers(json)!)).not.toBe(await textOfColumn([type], select));
}); // prettier-ignore

test('neighbouring columns cannot lend each other characters', () => {
  const columns = ['a', 'b'].map((name) => column(name, { kind: 'string' }));
  expect(rowTextOfJson(columns, { a: 'x1', b: 'y' })).not.toBe(rowTextOfJson(columns, { a: 'x', b: '1y' }));
});
