import { deleteRecordsV2 } from '@platformatic/kafka';
import { operationalError, userError } from '@headwater/kernel';
import type { KafkaCluster } from './kafka-cluster.ts';
import { answerOf, ErrorCodes, errorName, notAuthorised, toKafkaError } from './kafka-errors.ts';
import { listOffsets } from './list-offsets.ts';
import { readTopicMetadata } from './topic-metadata.ts';
import type { TopicMetadata } from './topic-metadata.ts';
import { requireOwnTopic, topicMissing } from './topic-name.ts';

const TIMEOUT_MS = 15_000;

export interface RecordsToDelete {
  /** Records with a lower offset go, per partition. */
  readonly before: ReadonlyMap<number, bigint>;
  /** A topic of the name with another id is left alone. */
  readonly topicId?: string | undefined;
}

/**
 * Removes every record before the given offset of each partition and reads back where the partitions now begin. The
 * request names a topic by its name only, so the id is compared right before it.
 * @returns the log start offset per partition: at least the asked one.
 * @throws HeadwaterError user HW_KAFKA_DELETE_RECORDS_REFUSED when an offset is past the end or the topic is only
 * compacted, HW_KAFKA_TOPIC_MADE_AGAIN.
 */
export async function deleteRecords(
  cluster: KafkaCluster,
  name: string,
  { before, topicId }: RecordsToDelete,
): Promise<ReadonlyMap<number, bigint>> {
  requireOwnTopic(name, 'delete records of');
  const [topic] = await readTopicMetadata(cluster, [name]);
  if (topic === undefined) throw topicMissing(name);
  if (topicId !== undefined && topic.topicId !== topicId) throw madeAgain(topic, topicId);
  const byLeader = Map.groupBy(before, ([partition]) => leaderOf(topic, partition));
  await Promise.all([...byLeader].map(([leaderId, mine]) => deleteOnLeader(cluster, name, leaderId, mine)));
  const starts = await listOffsets(cluster, topic, [...before.keys()], { kind: 'earliest' });
  for (const [partition, offset] of before) {
    const start = starts.get(partition)?.offset ?? -1n;
    if (start < offset) throw notDeleted(name, partition, offset, start);
  }
  return new Map([...starts].map(([partition, { offset }]) => [partition, offset]));
}

async function deleteOnLeader(
  cluster: KafkaCluster,
  name: string,
  leaderId: number,
  before: readonly (readonly [number, bigint])[],
): Promise<void> {
  const partitions = before.map(([partitionIndex, offset]) => ({ partitionIndex, offset }));
  const answer = await cluster
    .askNode(leaderId, (connection) =>
      answerOf(deleteRecordsV2.api.async(connection, [{ name, partitions }], TIMEOUT_MS)),
    )
    .catch((error: unknown) => {
      throw toKafkaError(error, cluster.settings, `delete records of topic ${name}`);
    });
  for (const { partitionIndex, errorCode } of answer.topics.flatMap((topic) => topic.partitions)) {
    if (errorCode === ErrorCodes.none) continue;
    const problem = errorName(errorCode);
    if (errorCode === ErrorCodes.topicAuthorizationFailed) {
      throw notAuthorised(`delete records of topic ${name}`, problem);
    }
    throw refused(name, partitionIndex, errorCode, problem);
  }
}

function leaderOf(topic: TopicMetadata, partition: number): number {
  const leaderId = topic.partitions.find((has) => has.partition === partition)?.leaderId ?? -1;
  if (leaderId >= 0) return leaderId;
  throw operationalError({
    code: 'HW_KAFKA_LEADER_UNKNOWN',
    message: `${topic.name}[${partition}] has no leader to delete records.`,
    fix: 'Wait until the partition has a leader again.',
    path: `${topic.name}[${partition}]`,
    canRetry: true,
  });
}

function refused(topic: string, partition: number, errorCode: number, problem: string) {
  const facts = {
    message: `The records of ${topic}[${partition}] were not deleted: ${problem}.`,
    path: `${topic}[${partition}]`,
  };
  if (errorCode === ErrorCodes.offsetOutOfRange || errorCode === ErrorCodes.policyViolation) {
    const fix =
      errorCode === ErrorCodes.policyViolation
        ? 'A topic that is only compacted does not allow it: add delete to its cleanup.policy.'
        : 'Use an offset up to the end of the partition.';
    return userError({ code: 'HW_KAFKA_DELETE_RECORDS_REFUSED', ...facts, fix });
  }
  return operationalError({ code: 'HW_KAFKA_REQUEST_FAILED', ...facts, canRetry: true });
}

const madeAgain = ({ name, topicId }: TopicMetadata, wanted: string) =>
  userError({
    code: 'HW_KAFKA_TOPIC_MADE_AGAIN',
    message: `No record of topic ${name} was deleted: its id is ${topicId}, not ${wanted}.`,
    fix: 'Look at the topic that has the name now, and plan again.',
    path: name,
  });

const notDeleted = (topic: string, partition: number, asked: bigint, start: bigint) =>
  operationalError({
    code: 'HW_KAFKA_RECORDS_STILL_THERE',
    message: `${topic}[${partition}] begins at ${start} although records before ${asked} were deleted.`,
    fix: 'Try again; when it stays, look at the log of the leader.',
    path: `${topic}[${partition}]@${start}`,
    canRetry: true,
  });
