import { HeadwaterError, unexpectedError, userError } from '@headwater/kernel';
import type { Action, AddFile, CommitInfo } from './actions.ts';
import { deletionVectorId } from './log-replay.ts';
import { fileKey, locateFile } from './file-path.ts';
import { isLogObject } from './log-json.ts';
import { judgeWritable } from './protocol.ts';
import { inCommitTimestamp, type Snapshot } from './snapshot.ts';

/** What a commit holds besides the actions of its transaction. */
export interface CommitInfoInput {
  /** As Delta names operations: `WRITE`, `STREAMING UPDATE`, `DELETE`, `CREATE TABLE`, ... */
  readonly operation: string;
  readonly operationParameters?: Readonly<Record<string, string>>;
  readonly isBlindAppend: boolean;
  /** Further members of commitInfo; never personal data, predicates or record values. */
  readonly extra?: CommitInfo;
}

/** The actions of a log entry: commitInfo first, then the transaction's. `batchId` proves whose commit it is [S6]. */
export function toLogEntry(
  base: Snapshot,
  input: {
    readonly actions: readonly Action[];
    readonly commitInfo: CommitInfoInput;
    readonly batchId: string;
    readonly nowMs: number;
  },
): readonly Action[] {
  const { operation, operationParameters, isBlindAppend, extra } = input.commitInfo;
  const metaData = input.actions.find((action) => 'metaData' in action)?.metaData ?? base.metaData;
  const isTimed = metaData.configuration['delta.enableInCommitTimestamps'] === 'true';
  const commitInfo: CommitInfo = {
    ...extra,
    timestamp: input.nowMs,
    ...(isTimed ? { inCommitTimestamp: Math.max(input.nowMs, (inCommitTimestamp(base) ?? 0) + 1) } : {}),
    operation,
    operationParameters: operationParameters ?? {},
    isBlindAppend,
    readVersion: base.version,
    engineInfo: 'Headwater',
    txnId: input.batchId,
  };
  return [{ commitInfo }, ...input.actions];
}

/** The batch that made a commit, by its commitInfo. */
export function batchIdOf(actions: readonly Action[]): string | undefined {
  const info = actions.find((action) => 'commitInfo' in action)?.commitInfo;
  const txnId = isLogObject(info) ? info['txnId'] : undefined;
  return typeof txnId === 'string' ? txnId : undefined;
}

/** Throws when the table may not be written or the actions may not stand in one commit. */
export function assertCommittable(base: Snapshot, actions: readonly Action[]): void {
  const protocol = actions.find((action) => 'protocol' in action)?.protocol ?? base.protocol;
  const metaData = actions.find((action) => 'metaData' in action)?.metaData ?? base.metaData;
  const refused = judgeWritable(protocol, metaData, base.tableUrl);
  if (refused !== undefined) throw refused;
  if (metaData.configuration['delta.appendOnly'] === 'true') assertAppendsOnly(base.tableUrl, actions);
  const problem = findReconcilingActions(actions) ?? findWrongFile(actions, metaData.partitionColumns);
  if (problem !== undefined) {
    throw unexpectedError({
      code: 'HW_DELTA_COMMIT_INVALID',
      message: `A commit to ${base.tableUrl} was refused before it was written: ${problem}.`,
    });
  }
}

function assertAppendsOnly(tableUrl: string, actions: readonly Action[]): void {
  if (!actions.some((action) => 'remove' in action && action.remove.dataChange)) return;
  throw userError({
    code: 'HW_DELTA_APPEND_ONLY',
    message: `Table ${tableUrl} is append-only (delta.appendOnly), so no rows can be removed from it.`,
    fix: 'Set the table property delta.appendOnly to false first.',
  });
}

/** No two actions of one commit may reconcile with each other. PROTOCOL.md, Add File and Remove File. */
export function findReconcilingActions(actions: readonly Action[]): string | undefined {
  const seen = new Set<string>();
  for (const action of actions) {
    for (const key of identities(action)) {
      if (seen.has(key)) return `it holds two actions of one identity (${key.replace('\n', ' ')})`;
      seen.add(key);
    }
  }
  return undefined;
}

function identities(action: Action): readonly string[] {
  if ('add' in action || 'remove' in action) {
    const [kind, file] =
      'add' in action ? (['add', action.add] as const) : (['remove', action.remove] as const);
    const key = fileKey(file.path);
    return [`${kind} ${key}`, `logical file ${key}\n${deletionVectorId(file.deletionVector)}`];
  }
  if ('txn' in action) return [`txn ${action.txn.appId}`];
  if ('domainMetadata' in action) return [`domainMetadata ${action.domainMetadata.domain}`];
  if ('metaData' in action) return ['metaData'];
  if ('protocol' in action) return ['protocol'];
  return 'commitInfo' in action ? ['commitInfo'] : [];
}

function findWrongFile(actions: readonly Action[], partitionColumns: readonly string[]): string | undefined {
  for (const action of actions) {
    if ('sidecar' in action || 'checkpointMetadata' in action)
      return 'checkpoint actions do not belong in a commit';
    const problem = 'add' in action ? judgeAdd(action.add, partitionColumns) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function judgeAdd(add: AddFile, partitionColumns: readonly string[]): string | undefined {
  const names = Object.keys(add.partitionValues).sort().join();
  if (names !== [...partitionColumns].sort().join()) {
    return `file ${add.path} has partition values for (${names}), the table is partitioned by (${partitionColumns.join()})`;
  }
  if (Object.values(add.partitionValues).includes('')) return `file ${add.path} has an empty partition value`;
  const location = locateFile(add.path);
  if (location.kind === 'relative' && location.path.split('/').some((segment) => /^[_.]/.test(segment))) {
    return `file ${add.path} lies in a hidden folder`;
  }
  if (add.deletionVector !== undefined && !/"numRecords"/.test(add.stats ?? '')) {
    return `file ${add.path} has a deletion vector but no record count`;
  }
  return undefined;
}

export const isOutage = (error: unknown): error is HeadwaterError =>
  error instanceof HeadwaterError && error.kind === 'operational';
