import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { parquetOptions, rowGroupRowsFor } from './parquet-options.ts';

async function writtenWith(properties: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-options-'));
  const database = await openDatabase({ threads: 1, memoryMiB: 256 });
  try {
    return await database.use(async (connection) => {
      const file = path.join(folder, 'x.parquet');
      await connection.run(
        `copy (select i % 7 as n from range(10000) t(i)) to '${file}' (${parquetOptions(properties)})`,
      );
      const read = await connection.runAndReadAll(
        `select count(distinct row_group_id)::integer, any_value(compression), any_value(encodings) from parquet_metadata('${file}')`,
      );
      return read.getRowsJson()[0];
    });
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a table property decides how its files are written, and one that is no value changes nothing', async () => {
  const byDefault = await writtenWith({});
  expect(byDefault?.slice(0, 2)).toEqual([1, 'ZSTD']);
  expect(byDefault?.[2]).toContain('DICTIONARY');
  const small = await writtenWith({ 'headwater.parquet.rowGroupRows': '4096' });
  expect(small?.[0]).toBe(3);
  const plain = await writtenWith({ 'headwater.parquet.dictionarySizeLimit': '0' });
  expect(plain?.[2]).not.toContain('DICTIONARY');
  expect(parquetOptions({ 'headwater.parquet.compressionLevel': '3); drop table x' })).toBe(parquetOptions());
  expect(parquetOptions({ 'headwater.parquet.dataPageVersion': '2' })).toContain('parquet_version v2');
});

test('a row group holds fewer rows where they hold long texts, in whole vectors', () => {
  expect(rowGroupRowsFor(0)).toBe(61_440);
  expect(rowGroupRowsFor(40)).toBe(61_440);
  expect(rowGroupRowsFor(5_500)).toBe(4_096);
  expect(rowGroupRowsFor(1 << 20)).toBe(2_048);
  expect(rowGroupRowsFor(1_000) % 2_048).toBe(0);
});
