import { defaultPoisonPolicy, judgePoison, type BatchRecord } from '@headwater/core-staging';
import type { LaneContext } from './lane-context.ts';

/** Judges the share of refused records; too large a one is an incident, which stops the lane when its policy says so. */
export async function watchPoison(lane: LaneContext, batch: BatchRecord): Promise<void> {
  const policy = lane.pipeline.poison ?? defaultPoisonPolicy;
  const total = (name: 'landed' | 'quarantined'): bigint =>
    batch.entries.reduce((sum, { classes }) => sum + classes[name], 0n);
  const { window, incident } = judgePoison(policy, lane.poison, {
    landed: total('landed'),
    refused: total('quarantined'),
    samples: batch.quarantine,
    nowMs: lane.world.clock.monotonicMs(),
  });
  lane.poison = window;
  if (incident === undefined) return;
  if (policy.policy === 'pause') lane.pendingIncident ??= incident;
  else await lane.world.store.openIncident({ ...incident, pipelineId: lane.id.pipelineId });
}
