import { formatLogEntry } from './action-codec.ts';
import type { Action } from './actions.ts';
import { judgeConflict, type Conflict, type ConflictReason, type WinningCommit } from './conflict.ts';
import { fileKey } from './file-path.ts';
import { beforeVersion, logEntryPath, parseLogPath } from './log-files.ts';
import {
  advanceSnapshot,
  listLog,
  loadSnapshot,
  readLastCheckpoint,
  readLogEntry,
  type Snapshot,
} from './snapshot.ts';
import type { TableIo } from './table-io.ts';
import { assertCommittable, batchIdOf, isOutage, toLogEntry, type CommitInfoInput } from './transaction.ts';

export interface CommitRequest {
  /** What the transaction has read; the commit is tried at the next version. */
  readonly snapshot: Snapshot;
  /** Everything but commitInfo. */
  readonly actions: readonly Action[];
  readonly commitInfo: CommitInfoInput;
  /** UUID of the attempt. A repeated call with the same snapshot and batchId commits at most once. */
  readonly batchId: string;
  /** appIds whose progress the transaction has relied on (the duplicate guard). */
  readonly readAppIds?: ReadonlySet<string>;
  /** Looks at each commit that won a race, in order; a sentence stops the transaction for good [S7]. */
  readonly judgeWinner?: (winner: WinningCommit) => string | undefined;
  readonly nowMs: number;
}

/**
 * committed: durable at `version`; `snapshot` is the table at that version.
 * conflicted: nothing was written; load a new snapshot, plan again or stop.
 * retryable: the store did not say whether the commit exists. Call again with the same request; never with another
 * version or batchId before the answer is known [S6].
 */
export type CommitResult =
  | { readonly kind: 'committed'; readonly version: bigint; readonly snapshot: Snapshot }
  | {
      readonly kind: 'conflicted';
      readonly winningVersion: bigint;
      readonly reason: ConflictReason;
      readonly detail: string;
    }
  | { readonly kind: 'retryable'; readonly version: bigint; readonly cause: string };

/** Races lost to writers that do not conflict, before giving way. */
const REBASES_MAX = 1_000;
/** Sends of one version whose answer was lost. */
const SENDS_MAX = 5;

/** Commits the transaction, moving it after every commit that won a race and does not conflict with it. */
export async function commitTransaction(io: TableIo, request: CommitRequest): Promise<CommitResult> {
  assertCommittable(request.snapshot, request.actions);
  let base = request.snapshot;
  const lost = await judgeLostBase(io, request, base.version);
  if (lost !== undefined) return lost;
  let contradictions = 0;
  for (let rebases = 0; rebases < REBASES_MAX; rebases++) {
    const version = base.version + 1n;
    const entry = toLogEntry(base, request);
    const sent = await sendLogEntry(io, version, formatLogEntry(entry));
    switch (sent.kind) {
      case 'created':
        return confirm(io, request, { version, snapshot: advanceSnapshot(base, entry) });
      case 'unknown':
        return { kind: 'retryable', version, cause: sent.cause };
      case 'cleanedUp':
        return judgeWithoutLog(io, request, base.version);
      case 'exists': {
        const passed = await passWinners(io, request, base);
        if (passed.kind === 'stopped') return passed.result;
        base = passed.base;
        if (passed.isMoved) contradictions = 0;
        else if (await isLogBeyond(io, version)) {
          return judgeWithoutLog(io, request, base.version);
        } else if (++contradictions >= SENDS_MAX) {
          return { kind: 'retryable', version, cause: `${version} counts as taken, but is not there` };
        }
      }
    }
  }
  return { kind: 'retryable', version: base.version + 1n, cause: `lost ${REBASES_MAX} races in a row` };
}

type Passed =
  | { readonly kind: 'stopped'; readonly result: CommitResult }
  /** `isMoved`: at least one commit was passed. Without one, the store said `exists` of an entry that is not there. */
  | { readonly kind: 'passed'; readonly base: Snapshot; readonly isMoved: boolean };

/** Reads the commits after `base` in order until there are none, one is ours, or one conflicts. */
async function passWinners(io: TableIo, request: CommitRequest, base: Snapshot): Promise<Passed> {
  for (let newest = base; ;) {
    const version = newest.version + 1n;
    const actions = await readLogEntry(io.store, version);
    if (actions === undefined) return { kind: 'passed', base: newest, isMoved: newest !== base };
    if (batchIdOf(actions) === request.batchId) {
      const snapshot = advanceSnapshot(newest, actions);
      return { kind: 'stopped', result: await confirm(io, request, { version, snapshot }) };
    }
    const conflict = judgeConflict(
      { ...request, readAppIds: request.readAppIds ?? new Set() },
      { version, actions },
    );
    if (conflict !== undefined) return { kind: 'stopped', result: conflictedAt(version, conflict) };
    newest = advanceSnapshot(newest, actions);
  }
}

type Sent =
  | { readonly kind: 'created' | 'exists' | 'cleanedUp' }
  | { readonly kind: 'unknown'; readonly cause: string };

/**
 * Sends the same key and bytes until the store says what became of them [S6]. They are sent again only after a read-back
 * has shown that the entry is not there and that the log has not gone on without it.
 */
async function sendLogEntry(io: TableIo, version: bigint, bytes: Uint8Array): Promise<Sent> {
  const path = logEntryPath(version);
  let cause = '';
  for (let sends = 0; sends < SENDS_MAX; sends++) {
    const answer = await io.store.putIfAbsent(path, bytes);
    if (answer.kind !== 'ambiguous') return answer;
    ({ cause } = answer);
    try {
      if ((await io.store.get(path)) !== undefined) return { kind: 'exists' };
      if (await isLogBeyond(io, version)) return { kind: 'cleanedUp' };
    } catch (error) {
      if (!isOutage(error)) throw error;
      return { kind: 'unknown', cause: error.message };
    }
  }
  return { kind: 'unknown', cause };
}

/**
 * Whether the log has gone on past an entry that is not there. A listing that is behind would let a version that was
 * cleaned up look free, so the next entry and the last checkpoint are asked first, by name.
 */
async function isLogBeyond(io: TableIo, version: bigint): Promise<boolean> {
  if ((await io.store.head(logEntryPath(version + 1n))) !== undefined) return true;
  if (((await readLastCheckpoint(io)) ?? -1n) >= version) return true;
  const files = await listLog(io.store, beforeVersion(version + 1n));
  return files.some(({ path }) => (parseLogPath(path)?.version ?? -1n) > version);
}

/**
 * The log entry of the base version is gone: either the log holds only a checkpoint of it, and the commit may go on
 * (undefined), or the log was cleaned up behind us. An entry below a cleaned-up log would be in no table.
 */
async function judgeLostBase(
  io: TableIo,
  request: CommitRequest,
  baseVersion: bigint,
): Promise<CommitResult | undefined> {
  if ((await io.store.head(logEntryPath(baseVersion))) !== undefined) return undefined;
  const latest = await loadSnapshot(io);
  return latest?.version === baseVersion ? undefined : judgeBySnapshot(request, latest, baseVersion);
}

/**
 * An entry of ours that was found or created may lie below a log that was cleaned up past it in the meantime: then it is
 * in no table. The last checkpoint, asked by name, tells; with one at or past the version the table itself is asked.
 */
async function confirm(
  io: TableIo,
  request: CommitRequest,
  found: { readonly version: bigint; readonly snapshot: Snapshot },
): Promise<CommitResult> {
  const checkpointed = (await readLastCheckpoint(io)) ?? -1n;
  if (checkpointed < found.version) return { kind: 'committed', ...found };
  return judgeWithoutLog(io, request, found.version - 1n);
}

/** The log went on without the entry: only what the table holds can say whether our commit is in it. */
const judgeWithoutLog = async (io: TableIo, request: CommitRequest, baseVersion: bigint) =>
  judgeBySnapshot(request, await loadSnapshot(io), baseVersion);

function judgeBySnapshot(
  { actions }: CommitRequest,
  latest: Snapshot | undefined,
  baseVersion: bigint,
): CommitResult {
  if (latest === undefined) return conflictedAt(baseVersion, CLEANED_UP);
  const txns = actions.flatMap((action) => ('txn' in action ? [action.txn] : []));
  const adds = actions.flatMap((action) => ('add' in action ? [action.add] : []));
  const hasTxns = txns.length > 0 && txns.every((txn) => latest.txns.get(txn.appId)?.version === txn.version);
  const hasFiles = adds.length > 0 && adds.every(({ path }) => latest.files.has(fileKey(path)));
  return hasTxns || hasFiles
    ? { kind: 'committed', version: latest.version, snapshot: latest }
    : conflictedAt(latest.version, CLEANED_UP);
}

const CLEANED_UP: Conflict = {
  reason: 'cleanedUp',
  detail: 'the log entries between the snapshot and the latest version are gone',
};

const conflictedAt = (winningVersion: bigint, { reason, detail }: Conflict): CommitResult => ({
  kind: 'conflicted',
  winningVersion,
  reason,
  detail,
});
