import {
  commitTransaction,
  loadSnapshot,
  planLogCleanUp,
  planVacuum,
  toRemoves,
  writeCheckpoint,
  type Action,
  type CommitInfoInput,
  type CommitResult,
  type Snapshot,
  type TableIo,
} from '@headwater/core-delta';
import type {
  CleanLogAction,
  CompiledRetention,
  RemoveFilesAction,
  RetentionTarget,
  SetTablePropertiesAction,
  TableInventory,
  VacuumAction,
} from '@headwater/core-retention';
import { operationalError } from '@headwater/kernel';
import { observeTables } from './observe-product.ts';
import { refuse } from './refusal.ts';
import type { RetentionWorld } from './retention-world.ts';

/** Commits lost to other writers before giving way; work is then tried again later. */
const attemptsMax = 10;
/** Objects deleted between two looks at the signal. */
const deletedAtOnce = 200;

/** Sets the properties next to those the table has. */
export async function setTableProperties(
  world: RetentionWorld,
  action: SetTablePropertiesAction,
): Promise<string> {
  const io = await world.openTable(action.target);
  const version = await commitUntilDone(world, io, {
    info: { operation: 'SET TBLPROPERTIES', isBlindAppend: false },
    plan: ({ metaData }) => {
      const isSet = Object.entries(action.properties).every(
        ([key, value]) => metaData.configuration[key] === value,
      );
      const configuration = { ...metaData.configuration, ...action.properties };
      return isSet ? [] : [{ metaData: { ...metaData, configuration } }];
    },
  });
  return version === undefined ? 'The properties were set already.' : `Set with version ${version}.`;
}

/** Takes the planned files out of the table and looks whether they are out. Files that are out already are left. */
export async function removeFiles(world: RetentionWorld, action: RemoveFilesAction): Promise<string> {
  const io = await world.openTable(action.target);
  const planned = new Set(action.paths);
  const liveOf = (snapshot: Snapshot) => [...snapshot.files.values()].filter(({ path }) => planned.has(path));
  let removed = 0;
  const version = await commitUntilDone(world, io, {
    // No predicate and no bounds: the log must not say what was in the rows.
    info: { operation: 'DELETE', isBlindAppend: false },
    plan: (snapshot) => {
      const live = liveOf(snapshot);
      removed = live.length;
      return toRemoves(live, world.clock.nowMs());
    },
  });
  if (version === undefined) return 'The files were out of the table already.';
  const seen = await requireSnapshot(io);
  if (liveOf(seen).length > 0) throw stillThere(action.target, liveOf(seen).length);
  world.metrics.actionDone(action.action, { files: removed });
  return `Removed ${removed} files with version ${version}.`;
}

/** Deletes the planned objects that may still be deleted now, and looks whether they are gone. */
export async function vacuum(
  world: RetentionWorld,
  target: RetentionTarget,
  compiled: CompiledRetention,
  action: VacuumAction,
  signal: AbortSignal,
): Promise<string> {
  const table = await requireTable(world, target, action.target);
  const { removed, orphans } = planVacuum(table.files, table.snapshot, {
    nowMs: world.clock.nowMs(),
    deletedFileRetentionMs: compiled.deletedFileRetentionMs,
    ...(table.oldestOpenIntentMs === undefined ? {} : { oldestLeaseMs: table.oldestOpenIntentMs }),
  });
  const allowed = new Set([...removed, ...orphans].map(({ path }) => path));
  const existing = new Set(table.files.map(({ path }) => path));
  const forbidden = action.paths.filter((path) => existing.has(path) && !allowed.has(path));
  if (forbidden.length > 0) {
    throw refuse(`${forbidden.length} of the planned files of ${action.target} are needed again.`);
  }
  const paths = action.paths.filter((path) => allowed.has(path));
  await deleteObjects(await world.openTable(action.target), paths, signal);
  world.metrics.actionDone(action.action, { files: paths.length });
  return `Deleted ${paths.length} files.`;
}

/** Writes the checkpoint first, then deletes from the oldest on: at every moment the rest of the log can be read. */
export async function cleanLog(
  world: RetentionWorld,
  target: RetentionTarget,
  compiled: CompiledRetention,
  action: CleanLogAction,
  signal: AbortSignal,
): Promise<string> {
  const io = await world.openTable(action.target);
  if (action.writesCheckpoint) {
    const snapshot = await requireSnapshot(io);
    if (snapshot.commitsSinceCheckpoint > 0) await writeCheckpoint(io, snapshot, world.clock.nowMs());
  }
  const { logFiles } = await requireTable(world, target, action.target);
  const allowed = planLogCleanUp(logFiles, {
    nowMs: world.clock.nowMs(),
    logRetentionMs: compiled.logRetentionMs,
    isExact: true,
  });
  const planned = new Set(action.paths);
  const paths = allowed.filter((path) => planned.has(path)).sort();
  await deleteObjects(io, paths, signal);
  await requireSnapshot(io);
  world.metrics.actionDone(action.action, { files: paths.length });
  return `Deleted ${paths.length} log files; the table is still whole.`;
}

async function deleteObjects(io: TableIo, paths: readonly string[], signal: AbortSignal): Promise<void> {
  for (let start = 0; start < paths.length; start += deletedAtOnce) {
    signal.throwIfAborted();
    await io.store.delete(paths.slice(start, start + deletedAtOnce));
  }
  for (const path of paths) {
    if ((await io.store.head(path)) !== undefined) throw stillThere(io.store.url, 1);
  }
}

interface PlannedCommit {
  readonly info: CommitInfoInput;
  /** What is to be done on this version; nothing when it is done already. */
  readonly plan: (snapshot: Snapshot) => readonly Action[];
}

/** The version that did it, or undefined when nothing was left to do. Staging commits all the time and goes first. */
async function commitUntilDone(
  world: RetentionWorld,
  io: TableIo,
  { info, plan }: PlannedCommit,
): Promise<bigint | undefined> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const snapshot = await requireSnapshot(io);
    const actions = plan(snapshot);
    if (actions.length === 0) return undefined;
    const request = {
      snapshot,
      actions,
      commitInfo: info,
      batchId: world.ids.uuid(),
      nowMs: world.clock.nowMs(),
    };
    let result: CommitResult = await commitTransaction(io, request);
    for (let sends = 1; result.kind === 'retryable' && sends < attemptsMax; sends++) {
      result = await commitTransaction(io, request);
    }
    if (result.kind === 'committed') return result.version;
    if (result.kind === 'retryable') throw noAnswer(io.store.url, result.cause);
  }
  throw noAnswer(io.store.url, `lost ${attemptsMax} times to other writers`);
}

async function requireSnapshot(io: TableIo): Promise<Snapshot> {
  const snapshot = await loadSnapshot(io);
  if (snapshot === undefined) throw refuse(`There is no table at ${io.store.url} any more.`);
  return snapshot;
}

async function requireTable(
  world: RetentionWorld,
  target: RetentionTarget,
  url: string,
): Promise<TableInventory> {
  const table = (await observeTables(world, target)).find((each) => each.url === url);
  if (table === undefined) throw refuse(`There is no table at ${url} any more.`);
  return table;
}

const noAnswer = (url: string, cause: string) =>
  operationalError({
    code: 'HW_RETENTION_COMMIT_FAILED',
    message: `A retention commit to ${url} did not get through: ${cause}.`,
    fix: 'It is tried again by itself; when it stays, look at the lake.',
    canRetry: true,
  });

const stillThere = (url: string, count: number) =>
  operationalError({
    code: 'HW_RETENTION_NOT_VERIFIED',
    message: `${count} files of ${url} are still there after they were deleted.`,
    fix: 'It is tried again by itself; when it stays, look at the rights on the lake folder.',
    canRetry: true,
  });
