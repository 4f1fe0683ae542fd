import { statusWord, type LaneStatus, type PartitionStatus } from '@headwater/core-staging';
import { bufferedBytes } from './fill.ts';
import type { LaneContext, Reading } from './lane-context.ts';

/** The lane's status when it is not what was reported last; an idle lane has nothing to tell. */
export function newStatus(lane: LaneContext): LaneStatus | undefined {
  const now = takeReading(lane);
  if (lane.reported?.signature === now.signature) return undefined;
  const before = lane.reported ?? now;
  const seconds = Math.max(0.001, (now.atMs - before.atMs) / 1000);
  const recordsPerSecond = Math.round((now.records - before.records) / seconds);
  const bytesPerSecond = Math.round((now.bytes - before.bytes) / seconds);
  // Rates are told once more when they are 0 again.
  lane.reported = recordsPerSecond + bytesPerSecond > 0 ? { ...now, signature: '' } : now;
  return toStatus(lane, { recordsPerSecond, bytesPerSecond });
}

const toStatus = (
  lane: LaneContext,
  rates: Pick<LaneStatus, 'recordsPerSecond' | 'bytesPerSecond'>,
): LaneStatus => ({
  state: statusWord[lane.state],
  engine: lane.world.engine.nameFor?.(lane.pipeline) ?? lane.world.engine.name,
  partitions: partitionStatuses(lane),
  ...rates,
  tableVersion: lane.facts.tableVersion,
  ...(lane.facts.lastCommitAtMs === undefined ? {} : { lastCommitAtMs: lane.facts.lastCommitAtMs }),
  ...(lane.facts.error === undefined ? {} : { error: lane.facts.error }),
  ...activityOf(lane),
});

function takeReading({ world, facts, state, positions, views, landing, filling }: LaneContext): Reading {
  const atMs = world.clock.monotonicMs();
  let ends = 0n;
  let isBehind = landing !== undefined || filling?.firstArrivalMs !== undefined;
  for (const [partition, { nextOffset }] of positions) {
    const end = views.get(partition)?.highWatermark ?? nextOffset;
    isBehind ||= nextOffset < end;
    ends += end + nextOffset;
  }
  // The lag of a lane that is behind grows by itself.
  const facets = [state, facts.tableVersion, facts.error?.code, positions.size, views.size, ends];
  const signature = [...facets, facts.recordsTaken, isBehind ? atMs : ''].join();
  return { atMs, records: facts.recordsTaken, bytes: facts.bytesTaken, signature };
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
