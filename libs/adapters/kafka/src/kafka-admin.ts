import type { KafkaAdmin } from '@headwater/core-mesh';
import type { KafkaSettings } from '@headwater/platform-config';
import { describeCluster } from './cluster-description.ts';
import type { ClusterDescription } from './cluster-description.ts';
import { commitGroupOffsets } from './consumer-group.ts';
import { deleteRecords } from './delete-records.ts';
import { groupsOf, inventoryGroups, readGroupOffsets } from './group-inventory.ts';
import type { GroupOffsets, InventoriedGroup } from './group-inventory.ts';
import { createKafkaCluster } from './kafka-cluster.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import type { OffsetSpec } from './list-offsets.ts';
import { earliestTimestampsMs, offsetsAt } from './offset-lookup.ts';
import { inventoryRecords } from './record-inventory.ts';
import type { TopicRecordInventory } from './record-inventory.ts';
import { alterTopicConfigs, createPartitions, createTopic, deleteTopic } from './topic-changes.ts';
import { describeTopics, inventoryTopics } from './topic-inventory.ts';
import type { InventoriedTopic } from './topic-inventory.ts';
import { readTopicMetadata } from './topic-metadata.ts';
import type { TopicMetadata } from './topic-metadata.ts';
import { topicMissing } from './topic-name.ts';

export interface KafkaAdminOptions {
  readonly settings: KafkaSettings;
  /** Shown in the brokers' logs and quotas. */
  readonly clientId?: string;
}

/** Topics and what is in them, beyond what the control plane asks of a cluster. */
export interface TopicAdmin {
  /** Every topic that is not internal, with settings and offset sums. */
  inventoryTopics(): Promise<readonly InventoriedTopic[]>;
  /** Also makes sure the topic stays away; with `topicId`, a topic of that name with another id is left alone. */
  deleteTopic(name: string, topicId?: string): Promise<void>;
  /**
   * Removes every record before the given offsets; answers where each partition now begins, read back from it. With
   * `topicId`, a topic of that name with another id is left alone.
   */
  deleteRecords(
    topic: string,
    before: ReadonlyMap<number, bigint>,
    topicId?: string,
  ): Promise<ReadonlyMap<number, bigint>>;
  /** Per partition; for a timestamp the end offset when no record is at or after it. */
  offsetsAt(topic: string, at: OffsetSpec): Promise<ReadonlyMap<number, bigint>>;
  /** Settings in force, offsets per partition and where a cut at this time falls; undefined when there is no topic. */
  inventoryRecords(topic: string, cutMs: number): Promise<TopicRecordInventory | undefined>;
  /** Timestamp of the first record still there, milliseconds; partitions without records are left out. */
  earliestTimestampsMs(topic: string): Promise<ReadonlyMap<number, number>>;
}

export interface ConsumerGroupAdmin {
  inventoryGroups(only?: readonly string[]): Promise<readonly InventoriedGroup[]>;
  readGroupOffsets(group: string): Promise<GroupOffsets>;
  /** For a group without members. */
  commitGroupOffsets(group: string, topic: string, nextOffsets: ReadonlyMap<number, bigint>): Promise<void>;
}

export type KafkaAdminClient = Omit<KafkaAdmin, 'describeCluster' | 'deleteTopic'> &
  TopicAdmin &
  ConsumerGroupAdmin & { describeCluster(): Promise<ClusterDescription> };

/**
 * The one administrator client of a process. Names that belong to the cluster (`__*`, `_schemas`) are refused by every
 * change. Errors name KAFKA_BOOTSTRAP_SERVERS or the KAFKA_SASL_* variable to look at.
 */
export function createKafkaAdmin(options: KafkaAdminOptions): KafkaAdminClient {
  const cluster = createKafkaCluster({ clientId: 'headwater-admin', ...options });
  return {
    describeCluster: () => describeCluster(cluster),
    async listTopicNames() {
      const topics = await readTopicMetadata(cluster, null);
      return topics.map(({ name }) => name).sort();
    },
    describeTopics: (names) => describeTopics(cluster, names),
    inventoryTopics: () => inventoryTopics(cluster),
    createTopic: (topic) => createTopic(cluster, topic),
    createPartitions: (topic, totalCount) => createPartitions(cluster, topic, totalCount),
    alterTopicConfigs: (topic, configs) => alterTopicConfigs(cluster, topic, configs),
    deleteTopic: (name, topicId) => deleteTopic(cluster, name, topicId),
    deleteRecords: (topic, before, topicId) => deleteRecords(cluster, topic, { before, topicId }),
    async offsetsAt(name, at) {
      const topic = await requireTopic(cluster, name);
      const partitions = topic.partitions.map(({ partition }) => partition);
      return offsetsAt(cluster, topic, partitions, at);
    },
    earliestTimestampsMs: async (name) => earliestTimestampsMs(cluster, await requireTopic(cluster, name)),
    inventoryRecords: (topic, cutMs) => inventoryRecords(cluster, topic, cutMs),
    groupsOf: (topic) => groupsOf(cluster, topic),
    inventoryGroups: (only) => inventoryGroups(cluster, only),
    readGroupOffsets: (group) => readGroupOffsets(cluster, group),
    commitGroupOffsets: (group, topic, nextOffsets) => commitGroupOffsets(cluster, group, topic, nextOffsets),
    close: () => cluster.close(),
  };
}

async function requireTopic(cluster: KafkaCluster, name: string): Promise<TopicMetadata> {
  const [topic] = await readTopicMetadata(cluster, [name]);
  if (topic === undefined) throw topicMissing(name);
  return topic;
}
