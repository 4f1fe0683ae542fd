import { laneDuties, type Intent } from '@headwater/core-staging';
import { hasEpoch, isEpochDue } from './epoch.ts';
import type { LaneContext } from './lane-context.ts';
import type { Landing } from './landing.ts';

/** How the batch reaches the primary when the pipeline has several lanes [S14]; nothing when it has one. */
export function jointly(lane: LaneContext, intent: Intent): Pick<Landing, 'joint'> {
  if (!hasEpoch(lane)) return {};
  const { joint, lease, tables, pipeline } = lane;
  return {
    joint: (plan) =>
      joint.commit({
        lease,
        table: tables.primary,
        intent,
        plan,
        flushIntervalMs: pipeline.flushIntervalMs,
        isUrgent: () =>
          !laneDuties[lane.state].mayFetch || lane.nextPipeline !== undefined || isEpochDue(lane),
      }),
  };
}
