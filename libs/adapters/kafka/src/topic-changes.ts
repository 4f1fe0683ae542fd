import {
  ConfigResourceTypes,
  createPartitionsV3,
  createTopicsV7,
  deleteTopicsV6,
  IncrementalAlterConfigOperationTypes,
  incrementalAlterConfigsV1,
} from '@platformatic/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaAdmin } from '@headwater/core-mesh';
import { HeadwaterError, operationalError, userError } from '@headwater/kernel';
import type { KafkaCluster } from './kafka-cluster.ts';
import { answerOf, ErrorCodes, errorName, notAuthorised } from './kafka-errors.ts';
import { listTopicOffsets } from './list-offsets.ts';
import { readTopicConfigs, readTopicMetadata } from './topic-metadata.ts';
import { requireOwnTopic, topicMissing } from './topic-name.ts';

const TIMEOUT_MS = 15_000;
/** A topic that a client creates again shows up within this time after its deletion. */
const STAYS_AWAY_MS = 500;

type NewTopic = Parameters<KafkaAdmin['createTopic']>[0];
type CreateOutcome = Awaited<ReturnType<KafkaAdmin['createTopic']>>;

/** Creates the topic and waits until every partition is served. */
export async function createTopic(cluster: KafkaCluster, topic: NewTopic): Promise<CreateOutcome> {
  requireOwnTopic(topic.name, 'create');
  const action = `create topic ${topic.name}`;
  const request = {
    name: topic.name,
    numPartitions: topic.partitions,
    replicationFactor: topic.replicationFactor,
    assignments: [],
    configs: Object.entries(topic.configs).map(([name, value]) => ({ name, value })),
  };
  const answer = await cluster.ask(action, (connection) =>
    answerOf(createTopicsV7.api.async(connection, [request], TIMEOUT_MS, false)),
  );
  const [created] = answer.topics;
  if (created?.errorCode === ErrorCodes.topicAlreadyExists) return { outcome: 'exists' };
  refuse(action, topic.name, created);
  await untilServed(cluster, topic.name, topic.partitions);
  return { outcome: 'created', topicId: created?.topicId ?? '' };
}

/** Grows the topic to `totalCount` partitions; nothing happens when it has that many. */
export async function createPartitions(
  cluster: KafkaCluster,
  name: string,
  totalCount: number,
): Promise<void> {
  requireOwnTopic(name, 'change');
  const [topic] = await readTopicMetadata(cluster, [name]);
  if (topic === undefined) throw topicMissing(name);
  if (topic.partitions.length === totalCount) return;
  const action = `grow topic ${name} to ${totalCount} partitions`;
  const answer = await cluster.ask(action, (connection) =>
    answerOf(createPartitionsV3.api.async(connection, [{ name, count: totalCount }], TIMEOUT_MS, false)),
  );
  refuse(action, name, answer.results[0]);
  await untilServed(cluster, name, totalCount);
}

/** Changes only the named settings (null removes the override) and waits until they can be read back. */
export async function alterTopicConfigs(
  cluster: KafkaCluster,
  name: string,
  configs: Readonly<Record<string, string | null>>,
): Promise<void> {
  requireOwnTopic(name, 'change');
  const { SET, DELETE } = IncrementalAlterConfigOperationTypes;
  const resource = {
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName: name,
    configs: Object.entries(configs).map(([key, value]) =>
      value === null ? { name: key, configOperation: DELETE } : { name: key, configOperation: SET, value },
    ),
  };
  if (resource.configs.length === 0) return;
  const action = `change settings of topic ${name}`;
  const answer = await cluster.ask(action, (connection) =>
    answerOf(incrementalAlterConfigsV1.api.async(connection, [resource], false)),
  );
  refuse(action, name, answer.responses[0]);
  await until(name, async () => {
    const entries = (await readTopicConfigs(cluster, [name], Object.keys(configs))).get(name);
    return Object.entries(configs).every(([key, value]) => {
      const entry = entries?.get(key);
      return value === null ? entry?.isOverride !== true : entry?.value === value;
    });
  });
}

/**
 * Deletes the topic, waits until the brokers have forgotten it and looks once more whether it stays away. Gone already
 * is fine. With `topicId` a topic of that name with another id is left alone.
 * @throws HeadwaterError operational HW_KAFKA_TOPIC_CAME_BACK, HW_KAFKA_TOPIC_CHANGE_PENDING
 */
export async function deleteTopic(cluster: KafkaCluster, name: string, topicId?: string): Promise<void> {
  requireOwnTopic(name, 'delete');
  const [topic] = await readTopicMetadata(cluster, [name]);
  if (topic === undefined || (topicId !== undefined && topic.topicId !== topicId)) return;
  const action = `delete topic ${name}`;
  const answer = await cluster.ask(action, (connection) =>
    answerOf(deleteTopicsV6.api.async(connection, [{ name: null, topicId: topic.topicId }], TIMEOUT_MS)),
  );
  const [deleted] = answer.responses;
  const isGone =
    deleted?.errorCode === ErrorCodes.unknownTopicId ||
    deleted?.errorCode === ErrorCodes.unknownTopicOrPartition;
  if (!isGone) refuse(action, name, deleted);
  await until(name, async () => (await readTopicMetadata(cluster, [name]))[0]?.topicId !== topic.topicId);
  await sleep(STAYS_AWAY_MS);
  const [again] = await readTopicMetadata(cluster, [name]);
  if (again !== undefined) throw cameBack(name);
}

interface Outcome {
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
}

/** Turns the outcome of one change into an error: the input is wrong, the principal may not, or the cluster cannot. */
function refuse(action: string, path: string, outcome: Outcome | undefined): void {
  const code = outcome?.errorCode ?? ErrorCodes.none;
  if (code === ErrorCodes.none) return;
  const name = errorName(code);
  if (name.endsWith('AUTHORIZATION_FAILED')) throw notAuthorised(action, name);
  if (code === ErrorCodes.unknownTopicOrPartition) throw topicMissing(path);
  const message = `The Kafka cluster did not ${action}: ${outcome?.errorMessage ?? name} (${name}).`;
  const isInput = inputErrors.includes(code);
  throw isInput
    ? userError({ code: 'HW_KAFKA_TOPIC_REFUSED', message, path, fix: 'Change the settings it names.' })
    : operationalError({ code: 'HW_KAFKA_REQUEST_FAILED', message, path, canRetry: true });
}

const inputErrors: readonly number[] = [
  ErrorCodes.invalidPartitions,
  ErrorCodes.invalidReplicationFactor,
  ErrorCodes.invalidConfig,
  ErrorCodes.policyViolation,
];

/** A leader that metadata names may not have taken the partition yet: it counts when it answers for it. */
const untilServed = (cluster: KafkaCluster, name: string, partitions: number): Promise<void> =>
  until(name, async () => {
    const [topic] = await readTopicMetadata(cluster, [name]);
    if (topic?.partitions.length !== partitions) return false;
    try {
      await listTopicOffsets(cluster, [topic], { kind: 'earliest' });
      return true;
    } catch (error) {
      if (error instanceof HeadwaterError && error.canRetry) return false;
      throw error;
    }
  });

/** Brokers carry out a change after they have answered: reads right after it may still show the old state. */
async function until(name: string, isDone: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!(await isDone())) {
    if (performance.now() > deadline) throw changePending(name);
    await sleep(50);
  }
}

const changePending = (name: string) =>
  operationalError({
    code: 'HW_KAFKA_TOPIC_CHANGE_PENDING',
    message: `The cluster accepted the change of topic ${name} and has not carried it out within ${TIMEOUT_MS / 1000} s.`,
    fix: 'Check that all brokers are up, then try again.',
    path: name,
    canRetry: true,
  });

const cameBack = (name: string) =>
  operationalError({
    code: 'HW_KAFKA_TOPIC_CAME_BACK',
    message: `Topic ${name} was deleted and is there again with another id: a client creates it.`,
    fix: 'Stop the client or set auto.create.topics.enable=false on the brokers, then try again.',
    path: name,
    canRetry: true,
  });
