import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checksumFiles, openDatabase, readFileLines, type FileLines } from './index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'file-lines-'));
const ordered = path.join(folder, 'ordered.parquet');
const halves = [path.join(folder, 'even.parquet'), path.join(folder, 'odd.parquet')];

beforeAll(async () => {
  const database = await openDatabase({ threads: 1, memoryMiB: 256 });
  const rows = `select i, i / 3 as third, timestamp '2001-01-01 00:01:00' + to_seconds(i) as at,
    case when i % 10 = 0 then null else 'n' || i end as name from range(5000) r(i)`;
  await database.use(async (connection) => {
    await connection.run(`copy (${rows}) to '${ordered}'`);
    await connection.run(`copy (select * from (${rows}) where i % 2 = 0 order by i desc) to '${halves[0]}'`);
    await connection.run(`copy (select * from (${rows}) where i % 2 = 1) to '${halves[1]}'`);
  });
  database.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(lines: FileLines): Promise<string[]> {
  const found: string[] = [];
  for await (const group of readFileLines(lines)) found.push(...group);
  return found;
}

test('rows come in the file’s order as JSON, timestamps without a zone in ISO form', async () => {
  const lines = await read({ file: ordered, from: 10, count: 3 });
  expect(lines).toEqual([
    '{"i":10,"third":3.3333333333333335,"at":"2001-01-01T00:01:10.000000","name":null}',
    '{"i":11,"third":3.6666666666666665,"at":"2001-01-01T00:01:11.000000","name":"n11"}',
    '{"i":12,"third":4.0,"at":"2001-01-01T00:01:12.000000","name":"n12"}',
  ]);
});

test('a count that passes the end gives what is there', async () => {
  expect(await read({ file: ordered, from: 4_000, count: 5_000 })).toHaveLength(1_000);
});

test('checksums do not depend on the order of rows or on how they are split into files', async () => {
  const columns = ['i', 'third', 'at', 'name'];
  const whole = await checksumFiles([ordered], columns);
  expect(whole.rows).toBe(5_000n);
  expect(whole.columns.find(({ column }) => column === 'name')?.values).toBe(4_500n);
  expect(await checksumFiles(halves, columns)).toEqual(whole);
});

test('one changed row changes the checksum', async () => {
  const whole = await checksumFiles([ordered], ['i']);
  const shorter = await checksumFiles([ordered], ['i'], 4_999);
  expect(shorter.columns[0]?.checksum).not.toBe(whole.columns[0]?.checksum);
});
