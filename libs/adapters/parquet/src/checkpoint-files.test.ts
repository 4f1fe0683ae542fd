import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCheckpointFiles } from './checkpoint-files.ts';
import { openDatabase, type Database } from './database.ts';

let folder: string;
let database: Database;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'headwater-checkpoint-'));
  database = await openDatabase({ threads: 1, memoryMiB: 256 });
});
afterAll(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

const lineOf = (number: number, statsLength: number): string =>
  JSON.stringify({
    add: {
      path: `part-${number}.parquet`,
      partitionValues: { tag: 'ünïcödé' },
      size: number,
      modificationTime: 1,
      dataChange: true,
      stats: 'x'.repeat(statsLength),
    },
  });

/** Lines that end within a block of the text, on its last byte, one byte after it, and far beyond. */
const lengths = [0, 1_000, 65_000, 65_536, 200_000];

test('[D15] every action of a checkpoint is read back as it was written, whatever the length of its line', async () => {
  const exact = Buffer.byteLength(lineOf(0, 0));
  const fitting = [65_533, 65_534, 65_535, 65_536, 65_537].map((bytes) => bytes - exact);
  const lines = [...lengths, ...fitting, ...Array.from({ length: 5_000 }, () => 300)].map((length, index) =>
    lineOf(index, length),
  );
  const files = createCheckpointFiles(database);
  const { localFile } = await files.write(folder, lines);
  const read: { readonly path: string; readonly stats: string }[] = [];
  for await (const some of files.read([localFile])) {
    for (const line of some) read.push((JSON.parse(line) as { readonly add: (typeof read)[number] }).add);
  }
  const expected = lines.map((line) => (JSON.parse(line) as { readonly add: (typeof read)[number] }).add);
  expect(read.map(({ path: name, stats }) => [name, stats.length])).toEqual(
    expected.map(({ path: name, stats }) => [name, stats.length]),
  );
});
