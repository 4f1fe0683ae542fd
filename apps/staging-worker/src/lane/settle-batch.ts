import { faultPoint, pruneIntents, type BatchRecord } from '@headwater/core-staging';
import { describeError } from '@headwater/kernel';
import type { Fill } from './fill.ts';
import type { LaneContext } from './lane-context.ts';
import { checkpointWhenDue } from './lane-table.ts';
import type { LandResult } from './landing.ts';
import { mirrorBatch } from './mirror.ts';
import { watchPoison } from './watch-poison.ts';

/** What follows a committed batch: position, mirror, group offsets, old intents, checkpoint. None of it is the truth. */
export async function settleBatch(
  lane: LaneContext,
  landed: Extract<LandResult, { kind: 'landed' }>,
  { phases }: Pick<Fill, 'phases'>,
): Promise<void> {
  const { batch, tableVersion } = landed;
  const { world, facts } = lane;
  const committedAtMs = world.clock.nowMs();
  advance(lane, batch);
  facts.tableVersion = tableVersion;
  facts.lastCommitAtMs = committedAtMs;
  world.metrics.batchLanded(lane.pipeline, batch);
  await phases.measure(world.clock, 'mirror', () =>
    mirrorBatch(world, batch, { tableVersion, committedAtMs }),
  );
  world.telemetry.batchLanded(lane.pipeline, { batch, tableVersion, phases });
  await watchPoison(lane, batch);
  if (__HEADWATER_FAULTS__) await faultPoint('group-offsets.before');
  void reportGroupOffsets(lane, batch);
  if (__HEADWATER_FAULTS__) await faultPoint('prune.before');
  if (!__HEADWATER_BARE__ && batch.batchSeq % PRUNE_INTERVAL === 0) {
    await pruneIntents(lane.tables.primary.io.store, lane.id, batch.batchSeq);
  }
  await checkpointWhenDue(world, lane.tables.primary);
  await checkpointWhenDue(world, lane.tables.quarantine);
}

/** Batches between two prunings of old intents. */
const PRUNE_INTERVAL = 16;

function advance(lane: LaneContext, batch: BatchRecord): void {
  lane.nextBatchSeq = batch.batchSeq + 1;
  lane.nextRevision = 0;
  for (const { partition, to } of batch.entries) {
    const leaderEpoch = lane.positions.get(partition)?.leaderEpoch ?? -1;
    lane.positions.set(partition, { nextOffset: to, leaderEpoch });
  }
}

/** For lag tools only; never read back, so a failure is no more than a line in the log [S5]. */
async function reportGroupOffsets(lane: LaneContext, batch: BatchRecord): Promise<void> {
  const offsets = new Map(batch.entries.map(({ partition, to }) => [partition, to]));
  const group = `headwater.${lane.id.pipelineId}`;
  try {
    await lane.world.source.commitOffsets(group, lane.pipeline.topic, offsets);
  } catch (error) {
    lane.logger.debug({ group, problem: describeError(error) }, 'group offsets were not committed');
  }
}
