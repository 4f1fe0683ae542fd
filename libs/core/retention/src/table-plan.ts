import {
  deletedFileRetentionMs,
  logRetentionMs,
  parseLogPath,
  planLogCleanUp,
  planRemoveFiles,
  planVacuum,
  timeBounds,
  type AddFile,
  type ObjectInfo,
} from '@headwater/core-delta';
import type { RetentionInventory, TableInventory } from './inventory.ts';
import { coversRange, type LegalHold } from './legal-hold.ts';
import type { CompiledRetention } from './promise.ts';
import type { PlannedPart, RetentionAction } from './retention-action.ts';

/** Files of one action at most; the next run goes on. */
const filesAtOnceMax = 5_000;

interface TableContext {
  readonly compiled: CompiledRetention;
  readonly table: TableInventory;
  readonly holds: readonly LegalHold[];
  readonly nowMs: number;
}

/** Properties, then files past the cut, then removed files past their time, then log entries past theirs. */
export function planTable(
  compiled: CompiledRetention,
  { holds, observedAtMs }: RetentionInventory,
  table: TableInventory,
): PlannedPart {
  const context: TableContext = { compiled, table, holds, nowMs: observedAtMs };
  const removal = planRemoval(context);
  return {
    actions: [
      ...planProperties(context),
      ...removal.actions,
      ...planFileDeletion(context),
      ...planLogDeletion(context),
    ],
    kept: [
      ...removal.kept,
      ...(holds.length === 0 ? [] : [{ target: table.url, reason: 'a legal hold keeps removed files' }]),
    ],
  };
}

function planProperties({ compiled, table }: TableContext): readonly RetentionAction[] {
  const { metaData } = table.snapshot;
  const { deletedFileRetentionMs: files, logRetentionMs: log } = compiled;
  const seconds = (ms: number): number => Math.floor(ms / 1_000);
  const isSet =
    seconds(deletedFileRetentionMs(metaData)) === seconds(files) &&
    seconds(logRetentionMs(metaData)) === seconds(log);
  if (isSet) return [];
  const words = Object.entries(compiled.tableProperties).map(([key, value]) => `${key} = ${value}`);
  return [
    {
      action: 'set-table-properties',
      target: table.url,
      detail: `Tells every reader and writer of the table: ${words.join(', ')}.`,
      properties: compiled.tableProperties,
    },
  ];
}

/** By the statistics of the clock column. A file with rows on both sides of the cut waits for a rewrite of rows [R4]. */
function planRemoval({ compiled, table, holds, nowMs }: TableContext): PlannedPart {
  const cutMs = nowMs - compiled.tableCutMs;
  const { past, mixed, unknown } = planRemoveFiles(table.snapshot, table.clockColumn, BigInt(cutMs) * 1_000n);
  const timed = past.map((add) => ({ add, ...rangeMs(table, add) }));
  const free = timed.filter(
    ({ oldestMs, newestMs }) => !holds.some((hold) => coversRange(hold, oldestMs, newestMs)),
  );
  const kept = [
    ...because(table, mixed.length, 'with rows on both sides of the cut: they wait for a rewrite of rows'),
    ...because(table, unknown.length, `without statistics of ${table.clockColumn}, so of unknown age`),
    ...because(table, timed.length - free.length, 'under a legal hold'),
  ];
  const chosen = free.sort((a, b) => a.oldestMs - b.oldestMs).slice(0, filesAtOnceMax);
  return { actions: chosen.length === 0 ? [] : [removeFiles(table, chosen, cutMs)], kept };
}

interface TimedFile {
  readonly add: AddFile;
  readonly oldestMs: number;
  readonly newestMs: number;
}

function removeFiles(table: TableInventory, chosen: readonly TimedFile[], cutMs: number): RetentionAction {
  const counts = chosen.map(({ add }) => recordsOf(add));
  const records = counts.includes(undefined)
    ? undefined
    : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return {
    action: 'remove-files',
    target: table.url,
    detail: `Removes ${counted(chosen.length, 'file')} whose rows are all older than ${new Date(cutMs).toISOString()}.`,
    tableVersion: table.snapshot.version.toString(),
    paths: chosen.map(({ add }) => add.path),
    ...(records === undefined ? {} : { records: String(records) }),
    bytes: chosen.reduce((sum, { add }) => sum + add.size, 0),
    oldestMs: Math.min(...chosen.map(({ oldestMs }) => oldestMs)),
    newestMs: Math.max(...chosen.map(({ newestMs }) => newestMs)),
  };
}

function recordsOf(add: AddFile): number | undefined {
  const match = /"numRecords"\s*:\s*(\d{1,15})/.exec(add.stats ?? '');
  return match === null ? undefined : Number(match[1]) - Number(add.deletionVector?.cardinality ?? 0);
}

/** Oldest and newest record of a live file by its statistics, in milliseconds; unbounded when they do not say. */
export function rangeMs(
  { snapshot, clockColumn }: Pick<TableInventory, 'snapshot' | 'clockColumn'>,
  add: AddFile,
): { readonly oldestMs: number; readonly newestMs: number } {
  const column = snapshot.schema.fields.find(({ name }) => name === clockColumn);
  const bounds = column === undefined ? undefined : timeBounds(add, column);
  if (bounds === undefined) return { oldestMs: -Infinity, newestMs: Infinity };
  return { oldestMs: Number(bounds.min / 1_000n), newestMs: Number(bounds.max / 1_000n) };
}

/** What a removed file holds is no longer known, so any hold of the product keeps all of them [R6]. */
function planFileDeletion({ compiled, table, holds, nowMs }: TableContext): readonly RetentionAction[] {
  if (holds.length > 0) return [];
  const { removed, orphans } = planVacuum(table.files, table.snapshot, {
    nowMs,
    deletedFileRetentionMs: compiled.deletedFileRetentionMs,
    ...(table.oldestOpenIntentMs === undefined ? {} : { oldestLeaseMs: table.oldestOpenIntentMs }),
  });
  const chosen = [...removed, ...orphans].slice(0, filesAtOnceMax);
  if (chosen.length === 0) return [];
  return [
    {
      action: 'vacuum',
      target: table.url,
      detail: `Deletes ${counted(removed.length, 'removed file')} past retention and ${counted(orphans.length, 'file')} that no log entry names.`,
      paths: chosen.map(({ path }) => path),
      bytes: bytesOf(chosen),
    },
  ];
}

/**
 * Log entries and checkpoints hold statistics of files that are gone; a fresh checkpoint lets the old ones go. Entries
 * whose ledger is not in Postgres yet stay [S10].
 */
function planLogDeletion({ compiled, table, holds, nowMs }: TableContext): readonly RetentionAction[] {
  if (holds.length > 0) return [];
  const { logRetentionMs: retention } = compiled;
  const paths = new Set(planLogCleanUp(table.logFiles, { nowMs, logRetentionMs: retention, isExact: true }));
  const isMirrored = (path: string): boolean =>
    table.unmirroredFrom === undefined || (parseLogPath(path)?.version ?? 0n) < table.unmirroredFrom;
  const chosen = table.logFiles
    .filter(({ path }) => paths.has(path) && isMirrored(path))
    .slice(0, filesAtOnceMax);
  const writesCheckpoint = isCheckpointOverdue(table, nowMs - compiled.runIntervalMs / 2);
  if (chosen.length === 0 && !writesCheckpoint) return [];
  return [
    {
      action: 'clean-log',
      target: table.url,
      detail: `${writesCheckpoint ? `Writes a checkpoint of version ${table.snapshot.version} and deletes` : 'Deletes'} ${counted(chosen.length, 'log file')} past retention.`,
      writesCheckpoint,
      paths: chosen.map(({ path }) => path),
      bytes: bytesOf(chosen),
    },
  ];
}

/** Staging writes checkpoints of tables that are written all the time; the last commits of a quiet table wait for this. */
function isCheckpointOverdue({ snapshot, logFiles }: TableInventory, dueSinceMs: number): boolean {
  if (snapshot.commitsSinceCheckpoint === 0 || snapshot.version === 0n) return false;
  const checkpoints = logFiles.filter(
    ({ path }) => parseLogPath(path)?.kind.startsWith('checkpoint') === true,
  );
  const times = (checkpoints.length === 0 ? logFiles : checkpoints).map(({ modifiedMs }) => modifiedMs);
  const sinceMs = checkpoints.length === 0 ? Math.min(...times) : Math.max(...times);
  return sinceMs <= dueSinceMs;
}

const bytesOf = (files: readonly ObjectInfo[]): number => files.reduce((sum, { size }) => sum + size, 0);

const because = (table: TableInventory, count: number, reason: string): PlannedPart['kept'] =>
  count === 0 ? [] : [{ target: table.url, reason: `${counted(count, 'file')} ${reason}` }];

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
