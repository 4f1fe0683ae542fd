import { listOffsetsV9 } from '@platformatic/kafka';
import { operationalError } from '@headwater/kernel';
import type { KafkaCluster } from './kafka-cluster.ts';
import { answerOf, ErrorCodes, toKafkaError } from './kafka-errors.ts';
import type { TopicMetadata } from './topic-metadata.ts';

/** Which offset to look up in every partition. */
export type OffsetSpec =
  | { readonly kind: 'earliest' }
  /** Last stable offset: where a read-committed reader ends. */
  | { readonly kind: 'latest' }
  | { readonly kind: 'highWatermark' }
  | { readonly kind: 'timestamp'; readonly timestampMs: number };

export interface ListedOffset {
  /** -1 when no record is at or after the asked timestamp. */
  readonly offset: bigint;
  /** Timestamp of the found record, -1 when the lookup has none. */
  readonly timestampMs: number;
}

const LATEST = -1n;
const EARLIEST = -2n;
const READ_COMMITTED = 1;

/** @throws HeadwaterError operational HW_KAFKA_LEADER_UNKNOWN (retry) when a partition has no reachable leader. */
export async function listOffsets(
  cluster: KafkaCluster,
  topic: TopicMetadata,
  partitions: readonly number[],
  spec: OffsetSpec,
): Promise<ReadonlyMap<number, ListedOffset>> {
  const byLeader = Map.groupBy(partitions, (partition) => leaderOf(topic, partition).leaderId);
  const found = new Map<number, ListedOffset>();
  await Promise.all(
    [...byLeader].map(async ([leaderId, mine]) => {
      for (const [partition, listed] of await askLeader(cluster, topic, leaderId, mine, spec)) {
        found.set(partition, listed);
      }
    }),
  );
  return found;
}

async function askLeader(
  cluster: KafkaCluster,
  topic: TopicMetadata,
  leaderId: number,
  partitions: readonly number[],
  spec: OffsetSpec,
): Promise<ReadonlyMap<number, ListedOffset>> {
  const action = `list offsets of topic ${topic.name}`;
  const asked = partitions.map((partitionIndex) => ({
    partitionIndex,
    currentLeaderEpoch: leaderOf(topic, partitionIndex).leaderEpoch,
    timestamp: toTimestamp(spec),
  }));
  const isolation = spec.kind === 'highWatermark' ? 0 : READ_COMMITTED;
  try {
    const answer = await cluster.askNode(leaderId, (connection) =>
      answerOf(listOffsetsV9.api.async(connection, -1, isolation, [{ name: topic.name, partitions: asked }])),
    );
    return new Map(
      answer.topics.flatMap(({ partitions: answers }) =>
        answers.map((partition): [number, ListedOffset] => {
          if (partition.errorCode !== ErrorCodes.none) {
            throw leaderUnknown(topic.name, partition.partitionIndex, `error code ${partition.errorCode}`);
          }
          const { offset, timestamp } = partition;
          return [partition.partitionIndex, { offset, timestampMs: Number(timestamp) }];
        }),
      ),
    );
  } catch (error) {
    throw toKafkaError(error, cluster.settings, action);
  }
}

function toTimestamp(spec: OffsetSpec): bigint {
  if (spec.kind === 'timestamp') return BigInt(Math.trunc(spec.timestampMs));
  return spec.kind === 'earliest' ? EARLIEST : LATEST;
}

function leaderOf(topic: TopicMetadata, partition: number): { leaderId: number; leaderEpoch: number } {
  const found = topic.partitions.find((candidate) => candidate.partition === partition);
  if (found === undefined || found.leaderId < 0) throw leaderUnknown(topic.name, partition, 'no leader');
  return found;
}

const leaderUnknown = (topic: string, partition: number, reason: string) =>
  operationalError({
    code: 'HW_KAFKA_LEADER_UNKNOWN',
    message: `The leader of ${topic}[${partition}] could not be asked for offsets: ${reason}.`,
    fix: 'Wait until the partition has a leader again.',
    path: `${topic}[${partition}]`,
    canRetry: true,
  });
