import type { Action } from './actions.ts';
import { fileKey } from './file-path.ts';

export interface WinningCommit {
  readonly version: bigint;
  readonly actions: readonly Action[];
}

/**
 * Why a transaction cannot be moved past a commit that won the race.
 * txn: somebody recorded progress for an appId we read or write, so our rows may already be landed.
 * judged: the caller's own judge stopped it (a higher fence, for example).
 * cleanedUp: the winners' log entries are gone, so nothing can be judged.
 */
export type ConflictReason =
  'protocol' | 'metaData' | 'domainMetadata' | 'txn' | 'file' | 'judged' | 'cleanedUp';

export interface Conflict {
  readonly reason: ConflictReason;
  /** One sentence without record values. */
  readonly detail: string;
}

export interface TransactionReads {
  readonly actions: readonly Action[];
  /** appIds whose `txn` the transaction has relied on; those it writes are always among them. */
  readonly readAppIds: ReadonlySet<string>;
  readonly judgeWinner?: (winner: WinningCommit) => string | undefined;
}

/** Judges one winner, in the order of docs/specs/delta-commit.md [D6]. Undefined: the transaction may go after it. */
export function judgeConflict(reads: TransactionReads, winner: WinningCommit): Conflict | undefined {
  const judged = reads.judgeWinner?.(winner);
  if (judged !== undefined) return { reason: 'judged', detail: judged };
  const touched = createTouched(reads);
  for (const action of winner.actions) {
    const conflict = judgeAction(action, touched);
    if (conflict !== undefined) return conflict;
  }
  return undefined;
}

interface Touched {
  readonly appIds: ReadonlySet<string>;
  readonly domains: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
}

function createTouched({ actions, readAppIds }: TransactionReads): Touched {
  const appIds = new Set(readAppIds);
  const domains = new Set<string>();
  const files = new Set<string>();
  for (const action of actions) {
    if ('txn' in action) appIds.add(action.txn.appId);
    if ('domainMetadata' in action) domains.add(action.domainMetadata.domain);
    if ('add' in action) files.add(fileKey(action.add.path));
    if ('remove' in action) files.add(fileKey(action.remove.path));
  }
  return { appIds, domains, files };
}

function judgeAction(action: Action, touched: Touched): Conflict | undefined {
  if ('protocol' in action) return { reason: 'protocol', detail: 'another writer changed the protocol' };
  if ('metaData' in action)
    return { reason: 'metaData', detail: 'another writer changed the schema or properties' };
  if ('domainMetadata' in action && touched.domains.has(action.domainMetadata.domain)) {
    return {
      reason: 'domainMetadata',
      detail: `another writer changed the domain ${action.domainMetadata.domain}`,
    };
  }
  if ('txn' in action && touched.appIds.has(action.txn.appId)) {
    return {
      reason: 'txn',
      detail: `another writer recorded ${action.txn.appId} at ${action.txn.version}`,
    };
  }
  const path = 'add' in action ? action.add.path : 'remove' in action ? action.remove.path : undefined;
  if (path !== undefined && touched.files.has(fileKey(path))) {
    return { reason: 'file', detail: `another writer changed the file ${path}` };
  }
  return undefined;
}
