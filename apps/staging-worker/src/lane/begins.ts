import { fixBegins } from '@headwater/core-staging';
import type { LaneContext } from './lane-context.ts';

/** Where partitions begin that the log has not seen: at the earliest offset there was when a lane first asked [S8]. */
export function beginsOf(lane: LaneContext, unseen: readonly number[]): Promise<Map<number, bigint>> {
  const { world, pipeline, tables } = lane;
  const { pipelineId, topicId, topic } = pipeline;
  return fixBegins(tables.primary.io.store, { pipelineId, topicId }, unseen, (partitions) =>
    world.source.offsetsAt(topic, partitions, 'earliest'),
  );
}
