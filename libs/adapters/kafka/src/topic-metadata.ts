import { ConfigResourceTypes, describeConfigsV4, metadataV12, protocolErrors } from '@platformatic/kafka';
import { operationalError } from '@headwater/kernel';
import type { HeadwaterError } from '@headwater/kernel';
import type { KafkaCluster } from './kafka-cluster.ts';
import { answerOf, ErrorCodes, errorName, notAuthorised } from './kafka-errors.ts';

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

/** Takes note of a topic the brokers tell nothing of, instead of failing for all topics asked for. */
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
  return toTopics(answer.topics, onRefused);
}

/** The topics of an answer that are told whole. One with an error comes without partitions: it is no topic of none. */
export function toTopics(
  topics: metadataV12.MetadataResponse['topics'],
  onRefused: OnRefusedTopic,
): readonly TopicMetadata[] {
  return topics.flatMap((topic): readonly TopicMetadata[] => {
    const { errorCode } = topic;
    if (errorCode === ErrorCodes.unknownTopicOrPartition || typeof topic.name !== 'string') return [];
    if (errorCode !== ErrorCodes.none) {
      onRefused(topic.name, refusalOf(topic.name, errorCode));
      return [];
    }
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

function refusalOf(name: string, errorCode: number): HeadwaterError {
  const action = `describe topic ${name}`;
  const id = errorName(errorCode);
  if (errorCode === ErrorCodes.topicAuthorizationFailed) return notAuthorised(action, id);
  return operationalError({
    code: 'HW_KAFKA_REQUEST_FAILED',
    message: `The Kafka cluster could not ${action}: ${id}.`,
    path: name,
    canRetry: protocolErrors[id]?.canRetry === true,
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
