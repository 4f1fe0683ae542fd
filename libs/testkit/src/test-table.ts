import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import {
  createCheckpointFiles,
  openDatabase,
  quoteText,
  readCopyResult,
  type Database,
} from '@headwater/adapter-parquet';
import {
  dataFilePath,
  encodeLogPath,
  formatStats,
  type AddFile,
  type ObjectStore,
  type PartitionValues,
  type Snapshot,
  type TableIo,
} from '@headwater/core-delta';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { uniqueName } from './unique-name.ts';

/** Folder that keeps the tables tests wrote, so that other engines can read them afterwards (`npm run interop`). */
const keptTablesFolder = (): string | undefined => process.env['HEADWATER_KEEP_TABLES_DIR'];

/** Copies a finished table for `npm run interop`; does nothing in an ordinary test run. */
export function keepTable(folder: string, name = basename(folder)): void {
  const kept = keptTablesFolder();
  if (kept === undefined) return;
  cpSync(folder, join(kept, uniqueName(name)), { recursive: true });
}

/** Keeps every table of a lake for `npm run interop`; does nothing in an ordinary test run. */
export function keepTables(lakeFolder: string): void {
  if (keptTablesFolder() === undefined) return;
  for (const path of readdirSync(lakeFolder, { recursive: true, encoding: 'utf8' })) {
    if (basename(path) === '_delta_log') keepTable(join(lakeFolder, dirname(path)));
  }
}

export interface TestTable {
  readonly folder: string;
  readonly io: TableIo;
  /** A second, independent connection to the same folder, with an optional wrapper around its store. */
  reconnect(wrap?: (store: ObjectStore) => ObjectStore): Promise<TableIo>;
  /** Writes the rows of a SELECT as one data file and returns its `add`. */
  writeRows(
    snapshot: Snapshot,
    select: string,
    partitionValues?: PartitionValues,
    personalColumns?: ReadonlySet<string>,
  ): Promise<AddFile>;
  /** Keeps the table for `npm run interop` when that asks for it, and removes the folder. */
  finish(): void;
}

/** A table folder on this machine's disk, with a DuckDB of its own unless one is given. */
export async function createTestTable(name: string, database?: Database): Promise<TestTable> {
  const folder = mkdtempSync(join(tmpdir(), `headwater-table-${name}-`));
  const ownDatabase = database ?? (await openDatabase({ threads: 2, memoryMiB: 1024 }));
  const reconnect = async (wrap: (store: ObjectStore) => ObjectStore = (store) => store) => ({
    store: wrap(await connectObjectStore(folder)),
    checkpointFiles: createCheckpointFiles(ownDatabase),
    md5,
  });
  const io = await reconnect();
  return {
    folder,
    io,
    reconnect,
    writeRows: (snapshot, select, partitionValues = {}, personalColumns) =>
      writeRows(ownDatabase, io.store, { snapshot, select, partitionValues, personalColumns }),
    finish: () => {
      keepTable(folder, name);
      if (database === undefined) ownDatabase.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function writeRows(
  database: Database,
  store: ObjectStore,
  file: {
    readonly snapshot: Snapshot;
    readonly select: string;
    readonly partitionValues: PartitionValues;
    readonly personalColumns: ReadonlySet<string> | undefined;
  },
): Promise<AddFile> {
  const { snapshot, select, partitionValues } = file;
  const { partitionColumns } = snapshot.metaData;
  const scratch = await store.scratchFolder();
  mkdirSync(scratch, { recursive: true });
  const local = join(scratch, `${randomUUID()}.parquet`);
  const written = await database.use(async (connection) =>
    readCopyResult(
      await connection.run(
        `copy (${select}) to ${quoteText(local)} (format parquet, codec 'zstd', compression_level 1, return_stats true)`,
      ),
    ),
  );
  const path = dataFilePath(partitionValues, partitionColumns, randomUUID());
  const { size, modifiedMs } = await store.putFile(path, local);
  return {
    path: encodeLogPath(path),
    partitionValues,
    size,
    modificationTime: modifiedMs,
    dataChange: true,
    stats: formatStats(snapshot.schema, written.records, written.columns, {
      partitionColumns,
      ...(file.personalColumns === undefined ? {} : { personalColumns: file.personalColumns }),
    }),
  };
}
