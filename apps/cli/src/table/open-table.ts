import { userError } from '@headwater/kernel';
import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import { createCheckpointFiles, openDatabase, type Database } from '@headwater/adapter-parquet';
import {
  loadSnapshot,
  loadSnapshotAsOf,
  type ObjectStore,
  type Snapshot,
  type TableIo,
} from '@headwater/core-delta';
import { availableParallelism } from 'node:os';

/** Which version of a table to read; the latest when neither is given. */
export interface TableMoment {
  readonly version?: bigint;
  /** Milliseconds since the epoch. */
  readonly timestampMs?: number;
}

export interface OpenTable {
  readonly database: Database;
  readonly store: ObjectStore;
  readonly snapshot: Snapshot;
}

const MEMORY_MIB = 1024;

/** Opens any Delta table by URL or path for the action; no server of ours is needed. */
export async function withTable<T>(
  url: string,
  moment: TableMoment,
  action: (table: OpenTable) => Promise<T>,
): Promise<T> {
  const table = await openTable(url, moment);
  try {
    return await action(table);
  } finally {
    table.database.close();
  }
}

/** The caller closes the database. */
export async function openTable(url: string, moment: TableMoment): Promise<OpenTable> {
  const store = await connectObjectStore(url, 'read');
  const database = await openDatabase({
    threads: Math.min(availableParallelism(), 4),
    memoryMiB: MEMORY_MIB,
  });
  try {
    const snapshot = await loadAt({ store, checkpointFiles: createCheckpointFiles(database), md5 }, moment);
    if (snapshot === undefined) throw tableMissing(store.url);
    return { database, store, snapshot };
  } catch (error) {
    database.close();
    throw error;
  }
}

function loadAt(io: TableIo, { version, timestampMs }: TableMoment): Promise<Snapshot | undefined> {
  if (timestampMs !== undefined) return loadSnapshotAsOf(io, timestampMs);
  return loadSnapshot(io, version === undefined ? {} : { version });
}

const tableMissing = (url: string) =>
  userError({
    code: 'HW_DELTA_TABLE_MISSING',
    message: `There is no Delta table at ${url}: it has no _delta_log folder with versions.`,
    fix: 'Check the location; it is the folder that holds _delta_log.',
  });
