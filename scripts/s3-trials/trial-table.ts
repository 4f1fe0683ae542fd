import { connectObjectStore, md5, type S3Connection } from '@headwater/adapter-object-store';
import {
  batchIdOf,
  advanceSnapshot,
  commitTransaction,
  createTable,
  logEntryPath,
  readLogEntry,
  writeCheckpoint,
  type Action,
  type CheckpointFiles,
  type CommitRequest,
  type CommitResult,
  type Snapshot,
  type TableIo,
} from '@headwater/core-delta';
import { randomUUID } from 'node:crypto';

/** One Delta table, as the side under trial reaches it and as a rival does, who has no faults on the way. */
export interface TrialTable {
  readonly url: string;
  readonly own: TableIo;
  readonly rival: TableIo;
  /** The batch of every version ever seen, those whose entry was removed since too. */
  readonly history: Map<bigint, string | undefined>;
  /** As the rival knows it. */
  newest: Snapshot;
}

export async function openTrialTable(
  url: string,
  connections: { readonly own: S3Connection; readonly rival: S3Connection },
  checkpointFiles: CheckpointFiles,
): Promise<TrialTable> {
  const io = async (connection: S3Connection): Promise<TableIo> => ({
    store: await connectObjectStore(url, 'read', connection),
    checkpointFiles,
    md5,
  });
  const [own, rival] = [await io(connections.own), await io(connections.rival)];
  const { snapshot } = await createTable(
    rival,
    {
      tableId: randomUUID(),
      schema: { type: 'struct', fields: [{ name: 'id', type: 'long', nullable: true, metadata: {} }] },
      partitionColumns: [],
    },
    { batchId: randomUUID(), nowMs: Date.now() },
  );
  return { url, own, rival, history: new Map(), newest: snapshot };
}

export interface Append {
  readonly batchId: string;
  readonly actions: readonly Action[];
}

/** An append of one file nobody else names, with the progress of an application when one is given. */
export function newAppend(txn?: { readonly appId: string; readonly version: bigint }): Append {
  const batchId = randomUUID();
  const add = {
    path: `${batchId}.parquet`,
    partitionValues: {},
    size: 1,
    modificationTime: Date.now(),
    dataChange: true,
  };
  return { batchId, actions: [...(txn === undefined ? [] : [{ txn }]), { add }] };
}

export const requestOf = (snapshot: Snapshot, { batchId, actions }: Append): CommitRequest => ({
  snapshot,
  actions,
  batchId,
  commitInfo: { operation: 'WRITE', isBlindAppend: true },
  nowMs: Date.now(),
});

/** Attempts of one request whose answer stayed lost; each is the same request, as the result asks for. */
const ATTEMPTS_MAX = 20;

/** Commits as a caller must: the same request until the store says what became of it. */
export async function commitUntilAnswered(io: TableIo, request: CommitRequest): Promise<CommitResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await commitTransaction(io, request);
      if (result.kind !== 'retryable' || attempt >= ATTEMPTS_MAX) return result;
    } catch (error) {
      if (!isOutage(error) || attempt >= ATTEMPTS_MAX) throw error;
    }
  }
}

const isOutage = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'HW_STORE_UNAVAILABLE';

/** The table as the rival sees it, with every new version kept in its history. */
export async function look(table: TrialTable): Promise<Snapshot> {
  for (let version = table.newest.version + 1n; ; version++) {
    const actions = await readLogEntry(table.rival.store, version);
    if (actions === undefined) return table.newest;
    table.newest = advanceSnapshot(table.newest, actions);
    table.history.set(version, batchIdOf(actions));
  }
}

/** Commits of the rival on top of the newest version. */
export async function rivalAppends(table: TrialTable, append: Append): Promise<void> {
  const result = await commitUntilAnswered(table.rival, requestOf(await look(table), append));
  if (result.kind !== 'committed') throw new Error(`a rival's append was ${result.kind}`);
}

/** Moves the log on, checkpoints it and removes every entry before the checkpoint, as clean-up does in time. */
export async function cleanUpLog(table: TrialTable): Promise<void> {
  await rivalAppends(table, newAppend());
  await rivalAppends(table, newAppend());
  const snapshot = await look(table);
  await writeCheckpoint(table.rival, snapshot, Date.now());
  const entries: string[] = [];
  for await (const { path } of table.rival.store.list('_delta_log/')) {
    if (path.endsWith('.json') && path < logEntryPath(snapshot.version)) entries.push(path);
  }
  await table.rival.store.delete(entries);
}
