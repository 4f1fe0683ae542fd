import type { ObservedTopic } from '@headwater/core-mesh';
import type { KafkaCluster } from './kafka-cluster.ts';
import { listTopicOffsets } from './list-offsets.ts';
import type { ListedOffsets } from './list-offsets.ts';
import { readTopicConfigs, readTopicMetadata } from './topic-metadata.ts';
import type { TopicConfigEntry, TopicMetadata } from './topic-metadata.ts';

/** A topic as the cluster has it now. */
export interface InventoriedTopic extends ObservedTopic {
  /** Every setting in force and where it comes from. */
  readonly configEntries: ReadonlyMap<string, TopicConfigEntry>;
  /** Sum over the partitions of the first offset still there, and of the high watermark. */
  readonly earliestOffsetSum: bigint;
  readonly endOffsetSum: bigint;
}

const TOPICS_PER_REQUEST = 500;

/** The named topics; those that are gone are left out. */
export async function describeTopics(
  cluster: KafkaCluster,
  names: readonly string[],
): Promise<readonly ObservedTopic[]> {
  if (names.length === 0) return [];
  const topics = await readTopicMetadata(cluster, names);
  const configs = await readConfigs(cluster, topics);
  return topics.map((topic) => toObserved(topic, configs.get(topic.name) ?? new Map()));
}

/** Every topic that is not internal to the cluster, ascending by name. */
export async function inventoryTopics(cluster: KafkaCluster): Promise<readonly InventoriedTopic[]> {
  const topics = (await readTopicMetadata(cluster, null)).filter(({ isInternal }) => !isInternal);
  const configs = await readConfigs(cluster, topics);
  // Offsets of partitions that have no leader now are unknown; their topic is left out of the sums' requests.
  const led = topics.filter(({ partitions }) => partitions.every(({ leaderId }) => leaderId >= 0));
  const earliest = await listTopicOffsets(cluster, led, { kind: 'earliest' });
  const end = await listTopicOffsets(cluster, led, { kind: 'highWatermark' });
  return topics
    .map((topic) => {
      const configEntries = configs.get(topic.name) ?? new Map<string, TopicConfigEntry>();
      return {
        ...toObserved(topic, configEntries),
        configEntries,
        earliestOffsetSum: sumOf(earliest, topic.name),
        endOffsetSum: sumOf(end, topic.name),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readConfigs(cluster: KafkaCluster, topics: readonly TopicMetadata[]) {
  const configs = new Map<string, ReadonlyMap<string, TopicConfigEntry>>();
  for (let at = 0; at < topics.length; at += TOPICS_PER_REQUEST) {
    const names = topics.slice(at, at + TOPICS_PER_REQUEST).map(({ name }) => name);
    for (const [name, entries] of await readTopicConfigs(cluster, names)) configs.set(name, entries);
  }
  return configs;
}

const toObserved = (topic: TopicMetadata, entries: ReadonlyMap<string, TopicConfigEntry>): ObservedTopic => ({
  name: topic.name,
  topicId: topic.topicId,
  isInternal: topic.isInternal,
  partitions: topic.partitions.length,
  replicationFactor: topic.partitions[0]?.replicas ?? 0,
  configs: Object.fromEntries(
    [...entries].flatMap(([key, { value, isOverride }]) => (isOverride ? [[key, value ?? '']] : [])),
  ),
});

const sumOf = (offsets: ListedOffsets, topic: string): bigint =>
  [...(offsets.get(topic)?.values() ?? [])].reduce((sum, { offset }) => sum + offset, 0n);
