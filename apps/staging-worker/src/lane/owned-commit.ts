import { faultPoint, isPlanted, type CommitPlan } from '@headwater/core-staging';
import { operationalError } from '@headwater/kernel';
import { commitPlan, refreshTable, type LaneTable } from './lane-table.ts';
import type { Landing, OwnedCommit } from './landing.ts';

/** Commits as the lane's owner: a lease that has ended, or a foreign txn, means that we are the zombie [S7]. */
export async function commitAsOwner(
  landing: Landing,
  table: LaneTable,
  plan: CommitPlan,
): Promise<OwnedCommit> {
  const { world, lease } = landing;
  if (!lease.isHeld()) return { kind: 'lost', cause: 'the lease has ended' };
  if (__HEADWATER_FAULTS__ && table === landing.tables.primary) await faultPoint('primary-commit.sent');
  if (landing.joint !== undefined && table === landing.tables.primary) return landing.joint(plan);
  let result = await commitPlan(world, table, plan);
  if (__HEADWATER_FAULTS__) {
    while (isPlanted('ignore-foreign-txn') && result.kind === 'conflicted') {
      await refreshTable(table);
      result = await commitPlan(world, table, plan);
    }
  }
  switch (result.kind) {
    case 'committed':
      return result;
    case 'conflicted':
      if (result.reason === 'txn' || result.reason === 'judged')
        return { kind: 'lost', cause: result.detail };
      throw commitFailed(table, `${result.reason}: ${result.detail}`);
    case 'retryable':
      throw commitFailed(table, result.cause);
  }
}

export const commitFailed = (table: LaneTable, cause: string) =>
  operationalError({
    code: 'HW_STAGING_COMMIT_FAILED',
    message: `A commit to ${table.io.store.url} gave no answer: ${cause}.`,
    fix: 'Check the lake; the lane starts over from the log by itself.',
    canRetry: true,
  });
