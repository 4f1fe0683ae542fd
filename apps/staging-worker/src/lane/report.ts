import { statusWord, type LaneStatus, type PartitionStatus } from '@headwater/core-staging';
import { describeError } from '@headwater/kernel';
import { bufferedBytes } from './fill.ts';
import type { LaneContext } from './lane-context.ts';
import { sleep } from './lane-world.ts';

/** Tells Postgres and the metrics how the lane stands, every `statusEveryMs` and once at the end. */
export async function reportUntilEnded(lane: LaneContext): Promise<void> {
  let before = takeReading(lane);
  while (!lane.ended.aborted) {
    await sleep(lane.world.settings.statusEveryMs, lane.ended);
    const reading = takeReading(lane);
    await report(lane, before, reading);
    before = reading;
  }
}

interface Reading {
  readonly atMs: number;
  readonly records: number;
  readonly bytes: number;
}

const takeReading = ({ world, facts }: LaneContext): Reading => ({
  atMs: world.clock.monotonicMs(),
  records: facts.recordsTaken,
  bytes: facts.bytesTaken,
});

async function report(lane: LaneContext, before: Reading, now: Reading): Promise<void> {
  const seconds = Math.max(0.001, (now.atMs - before.atMs) / 1000);
  const { facts, world } = lane;
  const status: LaneStatus = {
    state: statusWord[lane.state],
    engine: world.engine.name,
    partitions: partitionStatuses(lane),
    recordsPerSecond: Math.round((now.records - before.records) / seconds),
    bytesPerSecond: Math.round((now.bytes - before.bytes) / seconds),
    tableVersion: facts.tableVersion,
    ...(facts.lastCommitAtMs === undefined ? {} : { lastCommitAtMs: facts.lastCommitAtMs }),
    ...(facts.error === undefined ? {} : { error: facts.error }),
    ...activityOf(lane),
  };
  world.metrics.laneReported(lane.pipeline, lane.id, status);
  // Another owner reports from here on.
  if (!lane.lease.isHeld()) return;
  try {
    await world.store.reportStatus(lane.id, status);
  } catch (error) {
    lane.logger.debug({ problem: describeError(error) }, 'the status was not reported');
  }
}

/** The batch that lands, or else the one that fills; and why this engine serves. */
function activityOf({ world, pipeline, landing, filling }: LaneContext): Partial<LaneStatus> {
  const engineReason = world.engine.why?.(pipeline);
  const fill = [landing, filling].find((each) => each?.phases.current() !== undefined);
  const phase = fill?.phases.current();
  if (fill === undefined || phase === undefined) return engineReason === undefined ? {} : { engineReason };
  const records = [...fill.accounts.values()].reduce(
    (sum, account) => sum + account.nextOffset - account.from,
    0n,
  );
  return {
    ...(engineReason === undefined ? {} : { engineReason }),
    activity: {
      batchId: fill.batchId,
      phase,
      records: Number(records),
      bytes: bufferedBytes(fill),
      sinceMs: Number((fill.ingestedAtUs ?? 0n) / 1_000n),
    },
  };
}

const partitionStatuses = (lane: LaneContext): readonly PartitionStatus[] =>
  [...lane.positions]
    .sort(([a], [b]) => a - b)
    .map(([partition, { nextOffset }]) => {
      const highWatermark = lane.views.get(partition)?.highWatermark ?? nextOffset;
      const lagSeconds = lagOf(lane, partition, nextOffset);
      return { partition, nextOffset, highWatermark, ...(lagSeconds === undefined ? {} : { lagSeconds }) };
    });

/** Age of the oldest record that is not staged; undefined while nobody has seen it. */
function lagOf(lane: LaneContext, partition: number, nextOffset: bigint): number | undefined {
  const view = lane.views.get(partition);
  if (view === undefined) return undefined;
  if (nextOffset >= view.highWatermark) return 0;
  for (const fill of [lane.landing, lane.filling]) {
    const oldest = fill?.accounts.get(partition)?.samples[0];
    if (oldest === undefined || oldest.offset < nextOffset) continue;
    return Math.max(0, (lane.world.clock.nowMs() - oldest.timestampMs) / 1000);
  }
  return undefined;
}
