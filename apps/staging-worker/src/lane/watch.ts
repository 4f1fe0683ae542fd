import {
  applicableLosses,
  isDrained,
  judgeStableOffset,
  judgeTopic,
  nextLaneState,
  watchStableOffset,
  type LaneEvent,
  type StableOffsetWatch,
} from '@headwater/core-staging';
import { describeError } from '@headwater/kernel';
import type { LaneContext } from './lane-context.ts';
import { sleep } from './lane-world.ts';

export const tell = (lane: LaneContext, event: LaneEvent): void => {
  const state = nextLaneState(lane.state, event);
  if (state !== lane.state) lane.logger.info({ from: lane.state, to: state, event }, 'lane state changed');
  lane.state = state;
};

/** Runs the step again and again until the lane ends. An outage is logged and waited for. */
async function repeat(lane: LaneContext, everyMs: number, step: () => Promise<void>): Promise<void> {
  while (!lane.ended.aborted) {
    await sleep(everyMs, lane.ended);
    if (lane.ended.aborted) return;
    try {
      await step();
    } catch (error) {
      lane.logger.warn({ problem: describeError(error) }, 'a lane could not look around');
    }
  }
}

/** Follows what operators ask for: pause, resume, retire, a new contract, accepted losses. */
export const watchControl = (lane: LaneContext): Promise<void> =>
  repeat(lane, lane.world.settings.controlEveryMs, async () => {
    const pipeline = await lane.world.store.pipeline(lane.id.pipelineId);
    if (pipeline === undefined || pipeline.desiredState === 'retired') return tell(lane, 'stopRequested');
    const isStopped = pipeline.desiredState === 'paused' || isDrained(pipeline, lane.positions);
    tell(lane, isStopped ? 'pauseRequested' : 'resumeRequested');
    if (pipeline.generation !== lane.pipeline.generation) lane.nextPipeline = pipeline;
    if (lane.state !== 'blocked') return;
    const losses = await lane.world.store.acceptedLosses(lane.id.pipelineId);
    const offsets = new Map(
      [...lane.positions].map(([partition, { nextOffset }]) => [partition, nextOffset]),
    );
    if (applicableLosses(losses, offsets).size > 0) tell(lane, 'lossAccepted');
  });

/** Follows the topic: its identity, new partitions, transactions that hang [S8]. */
export function watchTopic(lane: LaneContext): Promise<void> {
  const stable = new Map<number, StableOffsetWatch>();
  const { topicEveryMs } = lane.world.settings;
  return repeat(lane, topicEveryMs, async () => {
    // Half of the interval, so that growth is seen within two of them and one request serves all lanes.
    const topic = await lane.world.source.describeTopic(lane.pipeline.topic, topicEveryMs / 2);
    const incident = judgeTopic(lane.pipeline, topic);
    if (incident !== undefined || topic === undefined) {
      if (lane.state !== 'blocked') lane.pendingIncident ??= incident;
      return;
    }
    await addPartitions(
      lane,
      topic.partitions.map(({ partition }) => partition),
    );
    lane.topic = topic;
    await judgeTransactions(lane, stable);
  });
}

async function addPartitions(lane: LaneContext, partitions: readonly number[]): Promise<void> {
  if (lane.state !== 'running') return;
  const unseen = partitions.filter((partition) => !lane.positions.has(partition));
  if (unseen.length === 0) return;
  const earliest = await lane.world.source.offsetsAt(lane.pipeline.topic, unseen, 'earliest');
  for (const partition of unseen) {
    lane.positions.set(partition, { nextOffset: earliest.get(partition) ?? 0n, leaderEpoch: -1 });
  }
  lane.logger.info({ partitions: unseen }, 'the topic has new partitions');
}

/** A hanging transaction is told, not acted on: the lane waits at the last stable offset and goes on by itself. */
async function judgeTransactions(lane: LaneContext, stable: Map<number, StableOffsetWatch>): Promise<void> {
  const nowMs = lane.world.clock.monotonicMs();
  for (const [partition, { lastStableOffset, highWatermark }] of lane.views) {
    const watch = watchStableOffset(stable.get(partition), lastStableOffset, highWatermark, nowMs);
    stable.set(partition, watch);
    const incident = judgeStableOffset(lane.pipeline.topic, partition, watch, highWatermark, nowMs);
    if (incident === undefined) continue;
    await lane.world.store.openIncident({ ...incident, pipelineId: lane.id.pipelineId });
  }
}
