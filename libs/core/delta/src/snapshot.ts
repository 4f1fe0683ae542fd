import { HeadwaterError, operationalError, userError } from '@headwater/kernel';
import type {
  Action,
  AddFile,
  CommitInfo,
  DomainMetadata,
  Protocol,
  RemoveFile,
  TableMetaData,
  Txn,
} from './actions.ts';
import { parseLogEntry } from './action-codec.ts';
import { LISTED_FILE_GONE, listedFileGone, readCheckpoint } from './checkpoint-reader.ts';
import { parseLastCheckpoint } from './last-checkpoint.ts';
import type { LayeredMap } from './layered-map.ts';
import { LAST_CHECKPOINT, LOG_FOLDER, beforeVersion, checkpointPath, logEntryPath } from './log-files.ts';
import { toNumber } from './log-json.ts';
import { emptyState, replayActions, type TableState } from './log-replay.ts';
import {
  planLogSegment,
  type CheckpointFilesOfVersion,
  type LogSegment,
  type SegmentProblem,
} from './log-segment.ts';
import type { ObjectInfo, ObjectStore } from './object-store.ts';
import { judgeReadable } from './protocol.ts';
import { parseSchemaString, type DeltaSchema } from './schema.ts';
import type { TableIo } from './table-io.ts';

/** A table at one version. Immutable; newer snapshots share what did not change. */
export interface Snapshot {
  readonly tableUrl: string;
  readonly version: bigint;
  readonly protocol: Protocol;
  readonly metaData: TableMetaData;
  readonly schema: DeltaSchema;
  /** Live files by decoded path. */
  readonly files: LayeredMap<AddFile>;
  readonly removes: LayeredMap<RemoveFile>;
  readonly txns: LayeredMap<Txn>;
  readonly domains: LayeredMap<DomainMetadata>;
  /** Of the commit that made this version, when it had one and its log entry was read. */
  readonly commitInfo?: CommitInfo;
  /** Version of the checkpoint this snapshot was loaded from. */
  readonly checkpointVersion?: bigint;
  /** Commits read on top of the checkpoint. */
  readonly commitsSinceCheckpoint: number;
}

/**
 * Loads the table at its latest or the wanted version; undefined when there is no table. Throws a user error when the
 * log has a gap, the version does not exist, or the table needs a reader feature that is not known.
 */
export async function loadSnapshot(
  io: TableIo,
  at?: { readonly version?: bigint },
): Promise<Snapshot | undefined> {
  try {
    return await loadNewest(io, at);
  } catch (error) {
    if (!(error instanceof HeadwaterError && error.code === LISTED_FILE_GONE)) throw error;
    return loadNewest(io, at);
  }
}

/** Entries that a listing did not show yet are found by name: a listing may be behind. */
async function loadNewest(
  io: TableIo,
  at: { readonly version?: bigint } | undefined,
): Promise<Snapshot | undefined> {
  const listed = await loadOnce(io, at);
  return listed === undefined || at?.version !== undefined ? listed : advanceToNewest(io.store, listed);
}

async function advanceToNewest(store: ObjectStore, snapshot: Snapshot): Promise<Snapshot> {
  for (let newest = snapshot; ;) {
    const actions = await readLogEntry(store, newest.version + 1n);
    if (actions === undefined) return newest;
    newest = advanceSnapshot(newest, actions);
  }
}

async function loadOnce(
  io: TableIo,
  at: { readonly version?: bigint } | undefined,
): Promise<Snapshot | undefined> {
  const segment = await findLogSegment(io, at?.version);
  if (segment === undefined) return undefined;
  const { checkpoint } = segment;
  let state = emptyState;
  if (checkpoint !== undefined) {
    state = await replayCheckpoint(io, checkpoint);
  }
  for await (const commits of readCommits(io.store, segment)) state = replayCommits(state, commits);
  if (segment.commits.length === 0) state = await withCommitInfo(io.store, segment.version, state);
  return toSnapshot(io.store.url, segment.version, state, {
    ...(checkpoint === undefined ? {} : { checkpointVersion: checkpoint.version }),
    commitsSinceCheckpoint: segment.commits.length,
  });
}

/** The latest version, reading only what is new. Falls back to a full load when the log was cleaned up meanwhile. */
export async function refreshSnapshot(io: TableIo, snapshot: Snapshot): Promise<Snapshot> {
  const newest = await advanceToNewest(io.store, snapshot);
  if (newest !== snapshot) return newest;
  if ((await io.store.head(logEntryPath(snapshot.version))) !== undefined) return snapshot;
  const reloaded = await loadSnapshot(io);
  if (reloaded === undefined || reloaded.version < snapshot.version) throw logVanished(snapshot);
  return reloaded;
}

/** The snapshot after one more commit, from its actions. */
export function advanceSnapshot(snapshot: Snapshot, actions: readonly Action[]): Snapshot {
  return toSnapshot(
    snapshot.tableUrl,
    snapshot.version + 1n,
    replayCommits(snapshot, [actions]),
    {
      ...(snapshot.checkpointVersion === undefined ? {} : { checkpointVersion: snapshot.checkpointVersion }),
      commitsSinceCheckpoint: snapshot.commitsSinceCheckpoint + 1,
    },
    snapshot,
  );
}

/** The actions of one version, or undefined when there is no such log entry. */
export async function readLogEntry(
  store: ObjectStore,
  version: bigint,
): Promise<readonly Action[] | undefined> {
  const path = logEntryPath(version);
  const bytes = await store.get(path);
  return bytes === undefined ? undefined : parseLogEntry(bytes, path);
}

/** Milliseconds of the snapshot's commit by its own account; undefined without in-commit timestamps. */
export const inCommitTimestamp = (snapshot: Snapshot): number | undefined =>
  toNumber(snapshot.commitInfo?.['inCommitTimestamp']);

/** All files of the log, from `startAfter` on. */
export async function listLog(store: ObjectStore, startAfter?: string): Promise<readonly ObjectInfo[]> {
  const files: ObjectInfo[] = [];
  for await (const file of store.list(LOG_FOLDER, startAfter)) files.push(file);
  return files;
}

async function findLogSegment(io: TableIo, wanted: bigint | undefined): Promise<LogSegment | undefined> {
  const hint = await readLastCheckpoint(io);
  if (hint !== undefined && (wanted === undefined || hint <= wanted)) {
    const planned = planLogSegment(await listLog(io.store, beforeVersion(hint)), wanted);
    if (planned.ok && planned.value.checkpoint !== undefined) return planned.value;
    if (wanted === undefined && (await io.store.head(checkpointPath(hint))) !== undefined) {
      return { version: hint, checkpoint: namedCheckpoint(hint), commits: [] };
    }
  }
  const planned = planLogSegment(await listLog(io.store), wanted);
  if (planned.ok) return planned.value;
  if (planned.error.kind === 'noTable') return undefined;
  throw segmentError(planned.error, io.store.url, wanted);
}

/** A checkpoint that a listing does not show yet; the commits after it are found by name too. */
const namedCheckpoint = (version: bigint): CheckpointFilesOfVersion => ({
  version,
  kind: 'parquet',
  paths: [checkpointPath(version)],
});

/** Version that `_last_checkpoint` points at; a missing, torn or foreign file is no hint. */
export async function readLastCheckpoint(io: TableIo): Promise<bigint | undefined> {
  const bytes = await io.store.get(LAST_CHECKPOINT);
  return bytes === undefined
    ? undefined
    : parseLastCheckpoint(new TextDecoder().decode(bytes), io.md5)?.version;
}

const COMMITS_READ_AHEAD = 32;

async function* readCommits(store: ObjectStore, segment: LogSegment): AsyncIterable<(readonly Action[])[]> {
  for (let start = 0; start < segment.commits.length; start += COMMITS_READ_AHEAD) {
    const window = segment.commits.slice(start, start + COMMITS_READ_AHEAD);
    yield await Promise.all(
      window.map(async ({ version }) => {
        const actions = await readLogEntry(store, version);
        if (actions === undefined) throw listedFileGone(store.url, logEntryPath(version));
        return actions;
      }),
    );
  }
}

/** Actions of a checkpoint applied at once: each time costs a copy of the map they go into. */
const CHECKPOINT_ACTIONS_AT_ONCE = 200_000;

async function replayCheckpoint(io: TableIo, checkpoint: CheckpointFilesOfVersion): Promise<TableState> {
  let state = emptyState;
  let pending: Action[] = [];
  for await (const actions of readCheckpoint(io, checkpoint)) {
    for (const action of actions) pending.push(action);
    if (pending.length < CHECKPOINT_ACTIONS_AT_ONCE) continue;
    state = replayActions(state, pending);
    pending = [];
  }
  return replayActions(state, pending);
}

function replayCommits(state: TableState, commits: readonly (readonly Action[])[]): TableState {
  const { protocol, metaData, files, removes, txns, domains } = replayActions(state, commits.flat());
  const info = commits.at(-1)?.find((action) => 'commitInfo' in action);
  return {
    files,
    removes,
    txns,
    domains,
    ...(protocol === undefined ? {} : { protocol }),
    ...(metaData === undefined ? {} : { metaData }),
    ...(info === undefined ? {} : { commitInfo: info.commitInfo }),
  };
}

/** A checkpoint holds no commitInfo; the log entry of its version does, when it is still there. */
async function withCommitInfo(store: ObjectStore, version: bigint, state: TableState): Promise<TableState> {
  const info = (await readLogEntry(store, version))?.find((action) => 'commitInfo' in action);
  return info === undefined ? state : { ...state, commitInfo: info.commitInfo };
}

function toSnapshot(
  tableUrl: string,
  version: bigint,
  state: TableState,
  origin: Pick<Snapshot, 'checkpointVersion' | 'commitsSinceCheckpoint'>,
  previous?: Snapshot,
): Snapshot {
  const { protocol, metaData } = state;
  if (protocol === undefined) throw stateIncomplete(tableUrl, version, 'protocol');
  if (metaData === undefined) throw stateIncomplete(tableUrl, version, 'metaData');
  const refused = judgeReadable(protocol, tableUrl);
  if (refused !== undefined) throw refused;
  if (metaData.format.provider !== 'parquet') throw formatRefused(tableUrl, metaData.format.provider);
  const schema =
    previous?.metaData.schemaString === metaData.schemaString
      ? previous.schema
      : parseSchemaString(metaData.schemaString);
  return { ...state, ...origin, tableUrl, version, protocol, metaData, schema };
}

function segmentError(
  problem: Exclude<SegmentProblem, { kind: 'noTable' }>,
  url: string,
  wanted: bigint | undefined,
) {
  switch (problem.kind) {
    case 'gap':
      return userError({
        code: 'HW_DELTA_LOG_GAP',
        message: `The Delta log of ${url} has a gap: version ${problem.missing} is missing.`,
        fix: 'Restore the missing log entry; a table with a gap has no defined content.',
      });
    case 'versionTooNew':
      return userError({
        code: 'HW_DELTA_VERSION_UNKNOWN',
        message: `Table ${url} has no version ${wanted ?? ''}; its latest is ${problem.latest}.`,
        fix: `Ask for a version up to ${problem.latest}.`,
      });
    case 'versionCleanedUp':
      return userError({
        code: 'HW_DELTA_VERSION_CLEANED_UP',
        message: `Table ${url} cannot be rebuilt at version ${wanted ?? 'latest'}: its log begins at version ${problem.oldest}.`,
        fix: 'Ask for a later version.',
      });
  }
}

const stateIncomplete = (url: string, version: bigint, action: string) =>
  userError({
    code: 'HW_DELTA_LOG_INCOMPLETE',
    message: `The Delta log of ${url} up to version ${version} holds no ${action} action.`,
    fix: 'Restore the log; every table has one protocol and one metaData action.',
  });

const formatRefused = (url: string, provider: string) =>
  userError({
    code: 'HW_DELTA_FORMAT_REFUSED',
    message: `Table ${url} keeps its data as ${provider}; only parquet is read.`,
  });

const logVanished = (snapshot: Snapshot) =>
  operationalError({
    code: 'HW_DELTA_LOG_VANISHED',
    message: `The Delta log of ${snapshot.tableUrl} no longer holds version ${snapshot.version}.`,
    fix: 'Check whether the table folder was deleted or restored to an older state.',
  });
