import {
  answersIncident,
  applicableLosses,
  isDrained,
  judgeStableOffset,
  judgeTopic,
  nextLaneState,
  watchStableOffset,
  type LaneEvent,
  type PipelineMark,
} from '@headwater/core-staging';
import { beginsOf } from './begins.ts';
import { hasEpoch, isEpochDue, owns } from './epoch.ts';
import type { LaneContext } from './lane-context.ts';

export const tell = (lane: LaneContext, event: LaneEvent): void => {
  const state = nextLaneState(lane.state, event);
  if (state === lane.state) return;
  lane.logger.info({ from: lane.state, to: state, event }, 'lane state changed');
  lane.state = state;
  lane.bell.ring();
};

/** Follows what operators ask for: pause, resume, retire, a new contract, accepted losses. */
export async function followControl(lane: LaneContext, mark: PipelineMark | undefined): Promise<void> {
  const known = lane.nextPipeline ?? lane.pipeline;
  const pipeline =
    mark === undefined || mark.generation === known.generation
      ? known
      : await lane.world.store.pipeline(lane.id.pipelineId);
  if (mark === undefined || pipeline === undefined || pipeline.desiredState === 'retired') {
    return tell(lane, 'stopRequested');
  }
  const isStopped = pipeline.desiredState === 'paused' || isDrained(pipeline, lane.positions, ownsOf(lane));
  tell(lane, isStopped ? 'pauseRequested' : 'resumeRequested');
  if (pipeline.generation !== lane.pipeline.generation) {
    lane.nextPipeline = pipeline;
    lane.bell.ring();
  }
  if (lane.state !== 'blocked' || !mark.hasAcceptedLosses) return;
  const losses = await lane.world.store.acceptedLosses(lane.id.pipelineId);
  const offsets = new Map([...lane.positions].map(([partition, { nextOffset }]) => [partition, nextOffset]));
  const isAnswered = losses.some((loss) => answersIncident(loss, lane.blockedBy ?? {}));
  if (isAnswered || applicableLosses(losses, offsets).size > 0) tell(lane, 'lossAccepted');
}

/** Follows the topic: its identity, new partitions, transactions that hang [S8]. */
export async function followTopic(lane: LaneContext): Promise<void> {
  // Half of the interval, so that growth is seen within two of them and one request serves all lanes.
  const ageMsMax = lane.world.settings.topicEveryMs / 2;
  const topic = await lane.world.source.describeTopic(lane.pipeline.topic, ageMsMax);
  const incident = judgeTopic(lane.pipeline, topic);
  if (incident !== undefined || topic === undefined) {
    if (lane.state !== 'blocked') lane.pendingIncident ??= incident;
    return lane.bell.ring();
  }
  if (!hasEpoch(lane)) {
    await addPartitions(
      lane,
      topic.partitions.map(({ partition }) => partition),
    );
  }
  lane.topic = topic;
  if (isEpochDue(lane)) lane.bell.ring();
  await judgeTransactions(lane);
}

/** Undefined when the lane is the only one and reads every partition. */
const ownsOf = (lane: LaneContext) =>
  hasEpoch(lane) ? (partition: number) => owns(lane, partition) : undefined;

async function addPartitions(lane: LaneContext, partitions: readonly number[]): Promise<void> {
  if (lane.state !== 'running' || isEpochDue(lane)) return;
  const unseen = partitions.filter((partition) => !lane.positions.has(partition));
  if (unseen.length === 0) return;
  const begins = await beginsOf(lane, unseen);
  for (const partition of unseen) {
    lane.positions.set(partition, { nextOffset: begins.get(partition) ?? 0n, leaderEpoch: -1 });
  }
  // What was asked for without them is asked again.
  lane.asked = undefined;
  lane.bell.ring();
  lane.logger.info({ partitions: unseen }, 'the topic has new partitions');
}

/** A hanging transaction is told, not acted on: the lane waits at the last stable offset and goes on by itself. */
async function judgeTransactions(lane: LaneContext): Promise<void> {
  const { stable } = lane;
  const nowMs = lane.world.clock.monotonicMs();
  for (const [partition, { lastStableOffset, highWatermark }] of lane.views) {
    const watch = watchStableOffset(stable.get(partition), lastStableOffset, highWatermark, nowMs);
    stable.set(partition, watch);
    const { hangingAfterMs } = lane.world.settings;
    const { topic } = lane.pipeline;
    const incident = judgeStableOffset(topic, partition, watch, highWatermark, nowMs, hangingAfterMs);
    if (incident === undefined) continue;
    await lane.world.store.openIncident({ ...incident, pipelineId: lane.id.pipelineId });
  }
}
