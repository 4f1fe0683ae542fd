import type { KafkaCluster } from './kafka-cluster.ts';
import { listOffsets } from './list-offsets.ts';
import { earliestTimestampsMs, offsetsAt } from './offset-lookup.ts';
import { readTopicConfigs, readTopicMetadata } from './topic-metadata.ts';

/** What one topic holds now, and where a cut by time would fall. */
export interface TopicRecordInventory {
  readonly name: string;
  readonly topicId: string;
  /** Every setting in force. */
  readonly configs: Readonly<Record<string, string>>;
  readonly partitions: readonly {
    readonly partition: number;
    readonly startOffset: bigint;
    /** High watermark. */
    readonly endOffset: bigint;
    /** First offset whose record is not older than the cut; the end offset when all are. */
    readonly cutOffset: bigint;
  }[];
  /** Timestamp of the oldest record that is first in its partition; absent when there is none. */
  readonly oldestMs?: number;
}

/** Undefined when there is no topic by that name. */
export async function inventoryRecords(
  cluster: KafkaCluster,
  name: string,
  cutMs: number,
): Promise<TopicRecordInventory | undefined> {
  const [topic] = await readTopicMetadata(cluster, [name]);
  if (topic === undefined) return undefined;
  const partitions = topic.partitions.map(({ partition }) => partition);
  const ends = await listOffsets(cluster, topic, partitions, { kind: 'highWatermark' });
  const starts = await listOffsets(cluster, topic, partitions, { kind: 'earliest' });
  const cuts = await offsetsAt(cluster, topic, partitions, { kind: 'timestamp', timestampMs: cutMs });
  const oldest = [...(await earliestTimestampsMs(cluster, topic)).values()];
  const entries = (await readTopicConfigs(cluster, [name])).get(name) ?? new Map<string, never>();
  return {
    name,
    topicId: topic.topicId,
    configs: Object.fromEntries([...entries].map(([key, { value }]) => [key, value ?? ''])),
    partitions: partitions.map((partition) => {
      const endOffset = ends.get(partition)?.offset ?? 0n;
      const startOffset = starts.get(partition)?.offset ?? endOffset;
      return { partition, startOffset, endOffset, cutOffset: cuts.get(partition) ?? startOffset };
    }),
    ...(oldest.length === 0 ? {} : { oldestMs: Math.min(...oldest) }),
  };
}
