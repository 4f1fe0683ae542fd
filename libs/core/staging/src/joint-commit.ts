import type { TableMetaData } from '@headwater/core-delta';
import { batchSeqAppId, fenceAppId, primaryAppId } from './app-ids.ts';
import type { CommitPlan } from './commit-plan.ts';
import type { Intent } from './intent.ts';

/** Whether a batch may go on top of a table at this version: the lane is still its owner's, and stands where it began. */
export type Standing = { readonly kind: 'stands' } | { readonly kind: 'lost'; readonly cause: string };

/**
 * Judges one batch against the `txn` versions it would be committed on [S7][S14]. A commit notices only what moved after
 * the version it is built on; lanes that share that version look at what moved before.
 */
export function judgeStanding(
  txns: ReadonlyMap<string, bigint>,
  intent: Pick<Intent, 'pipelineId' | 'lane' | 'batchSeq' | 'topicId' | 'ranges'>,
  fence: bigint,
): Standing {
  const inLog = txns.get(fenceAppId(intent)) ?? 0n;
  if (inLog !== fence) return { kind: 'lost', cause: `fence ${inLog} is in the log, ours is ${fence}` };
  const seq = txns.get(batchSeqAppId(intent)) ?? -1n;
  if (seq + 1n !== BigInt(intent.batchSeq))
    return { kind: 'lost', cause: `batch ${seq} is in the log, ours is ${intent.batchSeq}` };
  for (const { partition, from } of intent.ranges) {
    const at = txns.get(primaryAppId(intent.pipelineId, intent.topicId, partition));
    if (at !== undefined && at !== from)
      return { kind: 'lost', cause: `partition ${partition} stands at ${at}, the batch begins at ${from}` };
  }
  return { kind: 'stands' };
}

/** One version for the batches of several lanes of one table [S14]. Of one batch it is that batch's own commit. */
export function joinCommits(plans: readonly CommitPlan[]): CommitPlan {
  const [first] = plans;
  if (first === undefined) throw new Error('invariant broken: there is nothing to commit');
  if (plans.length === 1) return first;
  const metaData = plans.flatMap(metaDataOf)[0];
  const actions = plans.flatMap((plan) => plan.actions.filter((action) => !('metaData' in action)));
  return {
    actions: [...(metaData === undefined ? [] : [{ metaData }]), ...actions],
    commitInfo: {
      ...first.commitInfo,
      extra: {
        headwater: { batches: plans.map(({ commitInfo }) => commitInfo.extra?.['headwater'] ?? null) },
      },
    },
    readAppIds: new Set(plans.flatMap(({ readAppIds }) => [...readAppIds])),
  };
}

/** True when the plans may share a version: at most one change of the table is among them. */
export function mayJoin(plans: readonly CommitPlan[]): boolean {
  const changes = plans
    .flatMap(metaDataOf)
    .map(({ schemaString, configuration }) => JSON.stringify([schemaString, configuration]));
  return new Set(changes).size <= 1;
}

const metaDataOf = ({ actions }: CommitPlan): readonly TableMetaData[] =>
  actions.flatMap((action) => ('metaData' in action ? [action.metaData] : []));
