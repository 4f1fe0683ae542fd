import {
  decideEpochStep,
  isFenced,
  isOwned,
  planCloseCommit,
  planEpoch,
  planLaneEpochCommit,
  readClosed,
  readEpoch,
  type CommitPlan,
  type EpochStep,
} from '@headwater/core-staging';
import { operationalError } from '@headwater/kernel';
import { sleepUnlessRung } from './bell.ts';
import type { LaneContext, LaneShare } from './lane-context.ts';
import { commitPlan, refreshTable, txnsOf } from './lane-table.ts';

export type EpochEnd =
  { readonly kind: 'run' | 'recover' | 'wait' | 'leave' } | { readonly kind: 'lost'; readonly cause: string };

export const shareOf = (lane: Pick<LaneContext, 'id' | 'tables'>): LaneShare => {
  const txns = txnsOf(lane.tables.primary);
  return { epoch: readEpoch(txns, lane.id.pipelineId), closed: readClosed(txns, lane.id) };
};

export const owns = ({ id, share }: LaneContext, partition: number): boolean =>
  isOwned(share.epoch, share.closed, id.lane, partition);

/** True when the log names an epoch: the lane is one of several, or was. */
export const hasEpoch = ({ share }: LaneContext): boolean => share.epoch.epoch > 0n;

const wantedOf = ({ pipeline, topic }: LaneContext) => ({
  lanes: pipeline.lanes ?? 1,
  partitions: topic.partitions.length,
});

/** True when lanes or topic ask for another epoch than the lane knows, or the lane owns nothing: it settles and looks. */
export const isEpochDue = (lane: LaneContext): boolean =>
  lane.share.closed > lane.share.epoch.epoch ||
  lane.positionsEpoch !== lane.share.epoch.epoch ||
  lane.id.lane >= lane.share.epoch.lanes ||
  planEpoch(lane.share.epoch, wantedOf(lane)) !== undefined;

const WAIT_MS = 250;
/** Races a close or an epoch may lose to batches of other lanes. */
const ROUNDS_MAX = 10;

/** One look at the epoch, taken between two batches [S13]. */
export async function followEpoch(lane: LaneContext): Promise<EpochEnd> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const step = await lookAtLog(lane);
    if (step.kind === 'lost') return step;
    if (step.kind === 'run' && lane.positionsEpoch !== lane.share.epoch.epoch) return { kind: 'recover' };
    if (step.kind === 'run' && !isEpochDue(lane)) return { kind: 'run' };
    if (step.kind === 'leave') {
      await settleLanes(lane);
      return { kind: 'leave' };
    }
    if (step.kind !== 'close' && step.kind !== 'commit') {
      await sleepUnlessRung(WAIT_MS, lane.bell);
      return { kind: 'wait' };
    }
    await takeStep(lane, step);
  }
  throw operationalError({
    code: 'HW_STAGING_EPOCH_FAILED',
    message: `Lane ${lane.id.lane} of ${lane.pipeline.productName} lost ${ROUNDS_MAX} races for the next epoch.`,
    fix: 'Check whether another writer commits to the table without pause; the lane starts over by itself.',
    canRetry: true,
  });
}

type Look = EpochStep | { readonly kind: 'lost'; readonly cause: string };

async function lookAtLog(lane: LaneContext): Promise<Look> {
  const { tables, id, lease } = lane;
  await refreshTable(tables.primary);
  const txns = txnsOf(tables.primary);
  if (!lease.isHeld()) return { kind: 'lost', cause: 'the lease has ended' };
  if (isFenced(txns, id, lease.fence)) return { kind: 'lost', cause: 'a higher fence is in the log' };
  lane.share = shareOf(lane);
  const { pipelineId } = id;
  return decideEpochStep({
    lane: id.lane,
    current: lane.share.epoch,
    wanted: wantedOf(lane),
    closed: (each) => readClosed(txns, { pipelineId, lane: each }),
  });
}

async function takeStep(
  lane: LaneContext,
  step: Extract<EpochStep, { kind: 'close' | 'commit' }>,
): Promise<void> {
  const { world, id, lease } = lane;
  const nowMs = world.clock.nowMs();
  const plan: CommitPlan =
    step.kind === 'close'
      ? planCloseCommit(id, lease.fence, step.epoch, nowMs)
      : planLaneEpochCommit(id, step.plan, nowMs);
  // Nothing is fetched for partitions that may be another lane's from here on.
  forgetPositions(lane);
  const result = await commitPlan(world, lane.tables.primary, plan);
  if (result.kind !== 'committed') return;
  lane.share = shareOf(lane);
  lane.facts.tableVersion = result.version;
  if (step.kind === 'close') return lane.logger.info({ epoch: String(step.epoch) }, 'the lane has closed');
  const { epoch, lanes, partitions } = step.plan.next;
  lane.logger.info({ epoch: String(epoch), lanes, partitions }, 'a new epoch has begun');
  await settleLanes(lane);
}

export function forgetPositions(lane: LaneContext): void {
  lane.positions.clear();
  lane.views.clear();
  lane.stable.clear();
  lane.asked = undefined;
  lane.positionsEpoch = -1n;
}

/** A lane that is looked for in vain costs a takeover and no more, so a failure is passed over. */
const settleLanes = async ({ world, id, share }: LaneContext): Promise<void> =>
  world.store.lanesSettled(id.pipelineId, share.epoch.lanes).catch(() => undefined);
