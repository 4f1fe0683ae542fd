import type { FetchRequest, PartitionFetch } from '@headwater/core-staging';
import { wholeBatchesLength } from '@headwater/core-staging';
import { operationalError } from '@headwater/kernel';
import type { FetchAnswer, FetchedPartition } from './fetch-answer.ts';
import { fetchRecordSets } from './fetch-answer.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import { ErrorCodes, errorName, isConnectionError, notAuthorised } from './kafka-errors.ts';
import { listOffsets } from './list-offsets.ts';
import type { TopicMetadata } from './topic-metadata.ts';

type Position = FetchRequest['positions'][number];

/** What one leader answered. */
export interface LeaderFetch {
  readonly answers: readonly PartitionFetch[];
  /** Positions whose topic id the broker does not know. */
  readonly unknownTopicId: readonly Position[];
  /** True when the answer contradicts the metadata it was asked by. */
  readonly isStale: boolean;
}

const READ_COMMITTED = 1;
const PARTITION_BYTES_MAX = 4 * 1024 * 1024;

export async function fetchFromLeader(
  cluster: KafkaCluster,
  topic: TopicMetadata,
  leaderId: number,
  request: FetchRequest,
): Promise<LeaderFetch> {
  let answer: FetchAnswer;
  try {
    answer = await cluster.pollNode(leaderId, (connection) =>
      fetchRecordSets.async(connection, ...toArguments(topic, request)),
    );
  } catch (error) {
    if (!isConnectionError(error)) throw error;
    return allAgain(request, `broker ${leaderId} did not answer`);
  }
  if (answer.errorCode !== ErrorCodes.none) return allAgain(request, errorName(answer.errorCode));
  const byPartition = new Map(answer.partitions.map((fetched) => [fetched.partition, fetched]));
  const parts = await Promise.all(
    request.positions.map(async (position) => {
      const fetched = byPartition.get(position.partition);
      return fetched === undefined ? nothing : toPart(cluster, topic, leaderId, request, position, fetched);
    }),
  );
  return {
    answers: parts.flatMap(({ answers }) => answers),
    unknownTopicId: parts.flatMap(({ unknownTopicId }) => unknownTopicId),
    isStale: parts.some(({ isStale }) => isStale),
  };
}

const nothing: LeaderFetch = { answers: [], unknownTopicId: [], isStale: false };

async function toPart(
  cluster: KafkaCluster,
  topic: TopicMetadata,
  leaderId: number,
  request: FetchRequest,
  position: Position,
  fetched: FetchedPartition,
): Promise<LeaderFetch> {
  const { partition, errorCode } = fetched;
  if (fetched.diverging !== undefined) {
    return { ...nothing, answers: [{ kind: 'divergingEpoch', partition, ...fetched.diverging }] };
  }
  switch (errorCode) {
    case ErrorCodes.none:
      return withWholeBatches(cluster, topic, leaderId, request, position, fetched);
    case ErrorCodes.offsetOutOfRange:
      return outOfRange(cluster, topic, partition);
    case ErrorCodes.unknownTopicId:
    case ErrorCodes.inconsistentTopicId:
      return { answers: [], unknownTopicId: [position], isStale: true };
    case ErrorCodes.topicAuthorizationFailed:
      throw notAuthorised(`read topic ${topic.name}`, errorName(errorCode));
    default:
      return { ...nothing, answers: [again(partition, errorName(errorCode))], isStale: true };
  }
}

async function withWholeBatches(
  cluster: KafkaCluster,
  topic: TopicMetadata,
  leaderId: number,
  request: FetchRequest,
  position: Position,
  fetched: FetchedPartition,
): Promise<LeaderFetch> {
  const { partition, highWatermark, lastStableOffset, logStartOffset, aborted } = fetched;
  const length = wholeBatchesLength(fetched.recordSet);
  if (length === 0 && fetched.recordSet.length > 0) {
    if (request.positions.length === 1) throw neverWhole(topic.name, position);
    // Only the first partition of a fetch gets a batch above the limits, so this one is fetched alone.
    return fetchFromLeader(cluster, topic, leaderId, { ...request, positions: [position] });
  }
  const recordSet = fetched.recordSet.subarray(0, length);
  const offsets = { highWatermark, lastStableOffset, logStartOffset };
  return { ...nothing, answers: [{ kind: 'records', partition, recordSet, ...offsets, aborted }] };
}

async function outOfRange(
  cluster: KafkaCluster,
  topic: TopicMetadata,
  partition: number,
): Promise<LeaderFetch> {
  const earliest = await listOffsets(cluster, topic, [partition], { kind: 'earliest' });
  const end = await listOffsets(cluster, topic, [partition], { kind: 'highWatermark' });
  const logStartOffset = earliest.get(partition)?.offset ?? 0n;
  const highWatermark = end.get(partition)?.offset ?? 0n;
  return { ...nothing, answers: [{ kind: 'offsetOutOfRange', partition, logStartOffset, highWatermark }] };
}

const toArguments = (
  topic: TopicMetadata,
  request: FetchRequest,
): Parameters<(typeof fetchRecordSets)['async']> extends [unknown, ...infer Rest] ? Rest : never => [
  request.waitMsMax,
  1,
  request.bytesMax,
  READ_COMMITTED,
  0,
  -1,
  [
    {
      topicId: request.topicId,
      partitions: request.positions.map(({ partition, offset, lastFetchedEpoch }) => ({
        partition,
        currentLeaderEpoch:
          topic.partitions.find((candidate) => candidate.partition === partition)?.leaderEpoch ?? -1,
        fetchOffset: offset,
        lastFetchedEpoch,
        partitionMaxBytes: Math.min(request.bytesMax, PARTITION_BYTES_MAX),
      })),
    },
  ],
  [],
  '',
];

const again = (partition: number, cause: string): PartitionFetch => ({ kind: 'retry', partition, cause });

const allAgain = (request: FetchRequest, cause: string): LeaderFetch => ({
  answers: request.positions.map(({ partition }) => again(partition, cause)),
  unknownTopicId: [],
  isStale: true,
});

const neverWhole = (topic: string, { partition, offset }: Position) =>
  operationalError({
    code: 'HW_KAFKA_BATCH_NEVER_WHOLE',
    message: `The broker never sends the batch at ${topic}[${partition}]@${offset} as a whole.`,
    fix: 'Look for a damaged segment on the leader of the partition.',
    path: `${topic}[${partition}]@${offset}`,
    canRetry: true,
  });
