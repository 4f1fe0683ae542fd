import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import {
  createCheckpointFiles,
  openDatabase,
  readTableRows,
  type Database,
} from '@headwater/adapter-parquet';
import {
  formatSchemaString,
  loadSnapshot,
  locateFile,
  type Snapshot,
  type TableIo,
} from '@headwater/core-delta';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What Headwater itself reads in a table; the other engines must read the same. 64-bit numbers are strings. */
export interface TableReport {
  readonly table: string;
  readonly version: string;
  readonly schema: unknown;
  readonly partitionColumns: readonly string[];
  readonly files: readonly string[];
  readonly txns: Readonly<Record<string, string>>;
  /** Rows of the latest version; absent when the log names files that a test never wrote. */
  readonly rows?: number;
  /** Of all rows, in any order. */
  readonly rowsHash?: string;
  /** Rows of some older versions. */
  readonly olderRows: Readonly<Record<string, number>>;
}

/** Reads every kept table and writes `<name>.report.json` and `<name>.rows.jsonl` beside it. */
export async function describeTables(folder: string, suffix = ''): Promise<readonly TableReport[]> {
  const database = await openDatabase({ threads: 2, memoryMiB: 1024 });
  const reports: TableReport[] = [];
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, '_delta_log')));
  for (const name of names.sort()) {
    const report = await describeTable(database, folder, name, suffix);
    writeFileSync(join(folder, `${name}.report${suffix}.json`), JSON.stringify(report));
    reports.push(report);
  }
  database.close();
  return reports;
}

async function describeTable(
  database: Database,
  folder: string,
  name: string,
  suffix: string,
): Promise<TableReport> {
  const store = await connectObjectStore(join(folder, name), 'read');
  const io: TableIo = { store, checkpointFiles: createCheckpointFiles(database), md5 };
  const snapshot = await loadSnapshot(io);
  if (snapshot === undefined) throw new Error(`${name} is no table`);
  const isWhole = hasFiles(join(folder, name), snapshot);
  const lines = isWhole ? await readLines(database, io, snapshot) : [];
  if (isWhole)
    writeFileSync(join(folder, `${name}.rows${suffix}.jsonl`), lines.map((line) => `${line}\n`).join(''));
  return {
    table: name,
    version: String(snapshot.version),
    schema: JSON.parse(formatSchemaString(snapshot.schema)) as unknown,
    partitionColumns: snapshot.metaData.partitionColumns,
    files: filePaths(snapshot),
    txns: Object.fromEntries(
      [...snapshot.txns.values()]
        .sort((a, b) => (a.appId < b.appId ? -1 : 1))
        .map(({ appId, version }) => [appId, String(version)]),
    ),
    ...(isWhole ? { rows: lines.length, rowsHash: hashOf(lines) } : {}),
    olderRows: isWhole && suffix === '' ? await countOlder(database, io, snapshot) : {},
  };
}

async function countOlder(
  database: Database,
  io: TableIo,
  latest: Snapshot,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const back of [1n, 3n, 10n]) {
    const version = latest.version - back;
    if (version < 0n) continue;
    const older = await loadSnapshot(io, { version }).catch(() => undefined);
    if (older !== undefined) counts[String(version)] = (await readLines(database, io, older)).length;
  }
  return counts;
}

async function readLines(database: Database, io: TableIo, snapshot: Snapshot): Promise<readonly string[]> {
  const lines: string[] = [];
  const source = { database, store: io.store, getUrl: () => Promise.resolve(undefined) };
  for await (const batch of readTableRows(source, snapshot)) lines.push(...batch);
  return lines;
}

const hashOf = (lines: readonly string[]) =>
  createHash('sha256')
    .update([...lines].sort().join('\n'))
    .digest('hex');

const filePaths = (snapshot: Snapshot) =>
  [...snapshot.files.values()]
    .map((add) => locateFile(add.path))
    .map((location) => (location.kind === 'relative' ? location.path : location.url))
    .sort();

const hasFiles = (folder: string, snapshot: Snapshot) =>
  filePaths(snapshot).every((path) => existsSync(join(folder, path)));
