import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import { loadSnapshot, loadSnapshotAsOf, logEntryPath } from '@headwater/core-delta';
import { conformanceFolder, unpackTarZst } from '@headwater/testkit';
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCheckpointFiles, openDatabase, readTableRows, type Database } from './index.ts';

const folder = conformanceFolder('delta');
const names =
  folder === undefined ? [] : readdirSync(folder).flatMap((file) => file.split('.tar.zst').slice(0, -1));
const verdicts =
  folder === undefined
    ? { mustFailToRead: [] as string[] }
    : (JSON.parse(readFileSync(join(folder, 'verdicts.json'), 'utf8')) as { mustFailToRead: string[] });

/** Expected rows of these are not the truth, or there are none: see verdicts.json of the conformance data. */
const WITHOUT_TRUTH: Readonly<Record<string, string>> = {
  'data-reader-partition-values':
    'expects the partition timestamp in the time zone of the machine that wrote it',
};

let database: Database;
let unpacked: string;

beforeAll(async () => {
  database = await openDatabase({ threads: 2, memoryMiB: 1024 });
  unpacked = mkdtempSync(join(tmpdir(), 'headwater-golden-'));
  for (const name of names) unpackTarZst(join(folder ?? '', `${name}.tar.zst`), unpacked);
});
afterAll(() => {
  database.close();
  rmSync(unpacked, { recursive: true, force: true });
});

async function load(table: string, version?: bigint) {
  const store = await connectObjectStore(table, 'read');
  const io = { store, checkpointFiles: createCheckpointFiles(database), md5 };
  const snapshot = await loadSnapshot(io, version === undefined ? {} : { version });
  if (snapshot === undefined) throw new Error('there is no Delta table');
  return { store, io, snapshot };
}

/** Rows without their order: all lines of a small table, and of a big one only their number and hash sums. */
interface Rows {
  readonly count: number;
  readonly hashes: readonly number[];
  readonly lines: readonly string[];
}

const LINES_SHOWN = 5_000;

async function summarise(batches: AsyncIterable<readonly string[]>): Promise<Rows> {
  let count = 0;
  const hashes = [0, 0];
  const lines: string[] = [];
  for await (const batch of batches) {
    count += batch.length;
    for (const line of batch) {
      const text = comparable(line);
      hashes.forEach((sum, seed) => (hashes[seed] = (sum + hash(text, seed)) >>> 0));
      if (count <= LINES_SHOWN) lines.push(text);
    }
  }
  return { count, hashes, lines: count <= LINES_SHOWN ? lines.sort() : [] };
}

function hash(text: string, seed: number): number {
  let value = 0x811c9dc5 + seed;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193 + 2 * seed);
  return Math.imul(value ^ (value >>> 15), 0x85ebca6b) >>> 0;
}

async function readAll(table: string, version?: bigint): Promise<Rows> {
  const { store, snapshot } = await load(table, version);
  const getUrl = () => Promise.resolve(undefined);
  return summarise(readTableRows({ database, store, getUrl }, snapshot));
}

/** The expected rows through DuckDB alone, written by the kind of each value and not by the table's schema. */
const readExpected = (files: string): Promise<Rows> => summarise(expectedLines(files));

async function* expectedLines(files: string): AsyncIterable<readonly string[]> {
  const connection = await database.connect();
  const result = await connection.stream(
    `select * from read_parquet('${files}/*.parquet', hive_partitioning = false)`,
  );
  const keys = result.columnNames().map((name) => `${JSON.stringify(name)}:`);
  for await (const chunk of result) {
    yield chunk.getRows().map((row) => `{${keys.map((key, i) => key + plain(row[i] ?? null)).join(',')}}`);
  }
  connection.closeSync();
}

function plain(value: DuckDBValue): string {
  if (value === null) return 'null';
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue) {
    const ms = value.micros / 1000n - (value.micros % 1000n < 0n ? 1n : 0n);
    const rest = String(value.micros - ms * 1000n).padStart(3, '0');
    return `"${new Date(Number(ms)).toISOString().slice(0, -1)}${rest}"`;
  }
  if (value instanceof DuckDBDateValue)
    return `"${new Date(value.days * 86_400_000).toISOString().slice(0, 10)}"`;
  if (value instanceof DuckDBDecimalValue) return `"${value.toString()}"`;
  if (value instanceof DuckDBBlobValue) return `"${Buffer.from(value.bytes).toString('base64')}"`;
  if (value instanceof DuckDBListValue) return `[${value.items.map(plain).join(',')}]`;
  if (value instanceof DuckDBStructValue) {
    return `{${Object.entries(value.entries)
      .map(([name, inner]) => `${JSON.stringify(name)}:${plain(inner)}`)
      .join(',')}}`;
  }
  if (value instanceof DuckDBMapValue) {
    const key = (text: string) => (text.startsWith('"') ? text : `"${text}"`);
    return `{${value.entries.map((entry) => `${key(plain(entry.key))}:${plain(entry.value)}`).join(',')}}`;
  }
  if (typeof value === 'bigint')
    return value > 2n ** 53n || value < -(2n ** 53n) ? `"${value}"` : String(value);
  return JSON.stringify(value);
}

/** Expected files lost the difference between timestamps with and without zone, and between -0 and 0. */
const comparable = (line: string) =>
  /\dZ"|:-0\.0\b/.test(line) ? line.replaceAll(/(\.\d{6})Z"/g, '$1"').replaceAll(/:-0\.0\b/g, ':0') : line;

describe.skipIf(folder === undefined)(
  '[D20] public Delta tables (skipped: no conformance data on this machine)',
  () => {
    it.each(names.filter((name) => !verdicts.mustFailToRead.includes(name)))(
      '%s has the expected rows',
      async (name) => {
        const table = join(unpacked, name);
        if (!existsSync(join(table, 'expected')) || name in WITHOUT_TRUTH) {
          await readAll(join(table, 'delta')).catch((error: unknown) =>
            expect(String(error)).toMatch(/^HeadwaterError|there is no Delta table$/),
          );
          return;
        }
        const [actual, expected] = [
          await readAll(join(table, 'delta')),
          await readExpected(join(table, 'expected')),
        ];
        expect(actual).toEqual(expected);
      },
      120_000,
    );

    it.each(['normal-a', 'normal-b', 'special-a', 'special-b'])(
      'canonicalized-paths-%s: a remove meets its add in another spelling of the path',
      async (name) => {
        const { snapshot } = await load(join(unpacked, `canonicalized-paths-${name}`, 'delta'));
        expect([snapshot.version, snapshot.files.size]).toEqual([1n, 0]);
      },
    );

    it('the tables below hive have their rows, with partition columns in any case and special characters', async () => {
      const tables = readdirSync(join(unpacked, 'hive/delta')).filter((name) =>
        existsSync(join(unpacked, 'hive/delta', name, '_delta_log')),
      );
      const counts = tables.map(async (name) => (await readAll(join(unpacked, 'hive/delta', name))).count);
      expect(await Promise.all(counts)).toEqual([10, 10, 10, 1, 10, 10, 5, 10, 10, 10, 10]);
    });

    it('logs without data files have the files, times and txn versions that they say', async () => {
      const again = await load(join(unpacked, 'delete-re-add-same-file-different-transactions', 'delta'));
      expect([...again.snapshot.files.values()].map((add) => [add.path, add.modificationTime])).toEqual([
        ['foo', 1_700_000_000_000],
        ['bar', 1_697_064_972_263],
      ]);
      const checkpoint = await load(join(unpacked, 'checkpoint', 'delta'));
      expect([checkpoint.snapshot.version, checkpoint.snapshot.files.size]).toEqual([14n, 1]);
      const changes = await load(join(unpacked, 'deltalog-getChanges', 'delta'));
      expect(changes.snapshot.txns.get('fakeAppId')?.version).toBe(3n);
      expect(changes.snapshot.txns.has('nonExistentAppId')).toBe(false);
    });

    it.each([
      ['time-travel-start', 0n],
      ['time-travel-start-start20', 1n],
      ['time-travel-start-start20-start40', 2n],
    ])('time travel: %s is version %i of the longest of them', async (name, version) => {
      const longest = join(unpacked, 'time-travel-start-start20-start40', 'delta');
      const expected = await readExpected(join(unpacked, name, 'expected'));
      expect(await readAll(longest, version)).toEqual(expected);
      await expect(readAll(longest, 9n)).rejects.toThrow(/has no version 9; its latest is 2/);
    });

    it('time travel by time takes the newest version that existed then', async () => {
      const { io } = await load(join(unpacked, 'time-travel-start-start20-start40', 'delta'));
      [0, 1, 2].forEach((version) => {
        const entry = join(
          unpacked,
          'time-travel-start-start20-start40/delta',
          logEntryPath(BigInt(version)),
        );
        utimesSync(entry, 1_000 + version * 10, 1_000 + version * 10);
      });
      const versions = [1_000_000, 1_009_999, 1_010_000, 9_000_000].map(
        async (timestampMs) => (await loadSnapshotAsOf(io, timestampMs))?.version,
      );
      expect(await Promise.all(versions)).toEqual([0n, 0n, 1n, 2n]);
      await expect(loadSnapshotAsOf(io, 999_999)).rejects.toThrow(/no version at that time/);
    });

    it.each(verdicts.mustFailToRead)('%s is refused with a sentence', async (name) => {
      await expect(readAll(join(unpacked, name, 'delta'))).rejects.toThrow(
        /^(The Delta log|Table|there is no).*\.?$/,
      );
    });
  },
);

it('says how many public tables were read', () => {
  console.log(
    folder === undefined
      ? 'SKIPPED: no conformance data; set HEADWATER_CONFORMANCE_DIR to the folder that holds delta/'
      : `${names.length} public Delta tables from ${basename(folder)}`,
  );
  expect(folder === undefined ? 0 : names.length).toBe(folder === undefined ? 0 : 89);
});
