import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import {
  createCheckpointFiles,
  openDatabase,
  readQuarantineRows,
  type Database,
} from '@headwater/adapter-parquet';
import {
  loadSnapshot,
  locateFile,
  recordCount,
  refreshSnapshot,
  withReadable,
  type Snapshot,
  type TableIo,
} from '@headwater/core-delta';
import type { Clock } from '@headwater/kernel';
import type { TableFacts, TableReader } from './table-reader.ts';

interface KnownTable {
  readonly io: TableIo;
  snapshot: Snapshot | undefined;
  facts: TableFacts | undefined;
  lookedAtMs: number;
  looking: Promise<void> | undefined;
}

const lookEveryMs = 1_000;
const tablesKnownMax = 500;
/** Quarantine is looked at in its newest files only; older records are read with the table itself. */
const quarantineFilesMax = 500;

export interface RunningTableReader extends TableReader {
  close(): void;
}

/** Reads Delta tables; snapshots are kept and refreshed by what is new in the log. */
export async function createDeltaTableReader(clock: Clock): Promise<RunningTableReader> {
  const database = await openDatabase({ threads: 1, memoryMiB: 256 });
  const known = new Map<string, KnownTable>();
  const find = async (url: string): Promise<KnownTable> => {
    const table = known.get(url) ?? (await openTable(url, database));
    if (known.size >= tablesKnownMax) known.clear();
    known.set(url, table);
    table.looking ??= look(table, clock).finally(() => (table.looking = undefined));
    await table.looking;
    return table;
  };
  return {
    facts: async (url) => (await find(url)).facts,
    async quarantined(url, filter) {
      const { io, snapshot } = await find(url);
      if (snapshot === undefined) return [];
      return withReadable(io.store, newestFiles(snapshot), (files) =>
        readQuarantineRows(database, files, filter),
      );
    },
    exists,
    async deleteTable(url) {
      known.delete(url);
      await deleteEverything(url);
    },
    close: () => database.close(),
  };
}

async function openTable(url: string, database: Database): Promise<KnownTable> {
  const store = await connectObjectStore(url, 'read');
  return {
    io: { store, checkpointFiles: createCheckpointFiles(database), md5 },
    snapshot: undefined,
    facts: undefined,
    lookedAtMs: Number.NEGATIVE_INFINITY,
    looking: undefined,
  };
}

async function look(table: KnownTable, clock: Clock): Promise<void> {
  if (clock.monotonicMs() - table.lookedAtMs < lookEveryMs) return;
  const before = table.snapshot;
  const snapshot =
    before === undefined ? await loadSnapshot(table.io) : await refreshSnapshot(table.io, before);
  table.lookedAtMs = clock.monotonicMs();
  table.snapshot = snapshot;
  if (snapshot === undefined) table.facts = undefined;
  else if (snapshot !== before || table.facts === undefined) table.facts = summarize(snapshot, clock.nowMs());
  else table.facts = { ...table.facts, observedAtMs: clock.nowMs() };
}

function summarize(snapshot: Snapshot, observedAtMs: number): TableFacts {
  let bytes = 0n;
  let rows = 0n;
  for (const file of snapshot.files.values()) {
    bytes += BigInt(file.size);
    rows += recordCount(file) ?? 0n;
  }
  return { version: snapshot.version, files: snapshot.files.size, bytes, rows, observedAtMs };
}

function newestFiles(snapshot: Snapshot): readonly string[] {
  return [...snapshot.files.values()]
    .sort((a, b) => Number(b.modificationTime) - Number(a.modificationTime))
    .slice(0, quarantineFilesMax)
    .flatMap(({ path }) => {
      const location = locateFile(path);
      return location.kind === 'relative' ? [location.path] : [];
    });
}

async function exists(url: string): Promise<boolean> {
  const store = await connectObjectStore(url, 'read');
  for await (const _file of store.list('_delta_log/')) return true;
  return false;
}

const deletedAtOnce = 1_000;

async function deleteEverything(url: string): Promise<void> {
  const store = await connectObjectStore(url, 'read');
  let paths: string[] = [];
  // The log goes first: a table half deleted is then no table, not a table with missing files.
  for (const prefix of ['_delta_log/', '']) {
    for await (const { path } of store.list(prefix)) {
      paths.push(path);
      if (paths.length < deletedAtOnce) continue;
      await store.delete(paths);
      paths = [];
    }
    if (paths.length > 0) await store.delete(paths);
    paths = [];
  }
}
