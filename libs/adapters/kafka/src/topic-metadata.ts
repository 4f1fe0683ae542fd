import { ConfigResourceTypes, describeConfigsV4, metadataV12 } from '@platformatic/kafka';
import type { HeadwaterError } from '@headwater/kernel';
import type { KafkaCluster } from './kafka-cluster.ts';
import { answerOf, ErrorCodes, notAuthorised } from './kafka-errors.ts';

export interface TopicMetadata {
  readonly name: string;
  readonly topicId: string;
  readonly isInternal: boolean;
  /** Ascending by partition. `leaderId` is -1 while there is no leader. */
  readonly partitions: readonly PartitionMetadata[];
}

export interface PartitionMetadata {
  readonly partition: number;
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly replicas: number;
}

/** Takes note of a topic this principal may not look at, instead of failing for all topics asked for. */
export type OnRefusedTopic = (name: string, error: HeadwaterError) => void;

const refuseAll: OnRefusedTopic = (_name, error) => {
  throw error;
};

/** Topics as one broker knows them now; every topic of the cluster when `names` is null. Unknown ones are left out. */
export async function readTopicMetadata(
  cluster: KafkaCluster,
  names: readonly string[] | null,
  onRefused = refuseAll,
): Promise<readonly TopicMetadata[]> {
  const action = names === null ? 'list topics' : `describe topic ${names.join(', ')}`;
  const answer = await cluster.ask(action, (connection) =>
    answerOf(metadataV12.api.async(connection, names === null ? null : [...names], false, false)),
  );
  cluster.learn(answer.brokers);
  return answer.topics.flatMap((topic): readonly TopicMetadata[] => {
    if (topic.errorCode === ErrorCodes.topicAuthorizationFailed) {
      const name = topic.name ?? '';
      onRefused(name, notAuthorised(`describe topic ${name}`, 'TOPIC_AUTHORIZATION_FAILED'));
      return [];
    }
    if (topic.errorCode === ErrorCodes.unknownTopicOrPartition || typeof topic.name !== 'string') return [];
    const partitions = topic.partitions
      .map((partition) => ({
        partition: partition.partitionIndex,
        leaderId: partition.leaderId,
        leaderEpoch: partition.leaderEpoch,
        replicas: partition.replicaNodes.length,
      }))
      .sort((a, b) => a.partition - b.partition);
    return [{ name: topic.name, topicId: topic.topicId, isInternal: topic.isInternal, partitions }];
  });
}

/** One setting of a topic and where its value comes from. */
export interface TopicConfigEntry {
  readonly value: string | null;
  /** True when set on the topic itself, not inherited from the broker or the defaults. */
  readonly isOverride: boolean;
}

const TOPIC_RESOURCE = ConfigResourceTypes.TOPIC;
/** ConfigSource of a value set on the topic itself. */
const DYNAMIC_TOPIC_CONFIG = 1;

/** Settings by topic and key; all keys when `keys` is left out. Topics that are gone are left out. */
export async function readTopicConfigs(
  cluster: KafkaCluster,
  names: readonly string[],
  keys?: readonly string[],
  onRefused = refuseAll,
): Promise<ReadonlyMap<string, ReadonlyMap<string, TopicConfigEntry>>> {
  const resources = names.map((resourceName) => ({
    resourceType: TOPIC_RESOURCE,
    resourceName,
    configurationKeys: keys === undefined ? null : [...keys],
  }));
  const action = `describe settings of ${names.length === 1 ? `topic ${names[0]}` : 'topics'}`;
  const answer = await cluster.ask(action, (connection) =>
    answerOf(describeConfigsV4.api.async(connection, resources, false, false)),
  );
  const configs = new Map<string, ReadonlyMap<string, TopicConfigEntry>>();
  for (const result of answer.results) {
    if (result.errorCode === ErrorCodes.topicAuthorizationFailed) {
      const name = result.resourceName;
      onRefused(name, notAuthorised(`describe settings of topic ${name}`, 'TOPIC_AUTHORIZATION_FAILED'));
    }
    if (result.errorCode !== ErrorCodes.none) continue;
    const entries = result.configs.map(({ name, value, configSource }): [string, TopicConfigEntry] => [
      name,
      { value: value ?? null, isOverride: configSource === DYNAMIC_TOPIC_CONFIG },
    ]);
    configs.set(result.resourceName, new Map(entries));
  }
  return configs;
}
