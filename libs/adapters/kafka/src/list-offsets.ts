import { listOffsetsV9 } from '@platformatic/kafka';
import { operationalError } from '@headwater/kernel';
import type { KafkaCluster } from './kafka-cluster.ts';
import { answerOf, ErrorCodes, errorName, notAuthorised, toKafkaError } from './kafka-errors.ts';
import type { TopicMetadata } from './topic-metadata.ts';

/** Which offset to look up in every partition. */
export type OffsetSpec =
  | { readonly kind: 'earliest' }
  /** Last stable offset: where a read-committed reader ends. */
  | { readonly kind: 'latest' }
  | { readonly kind: 'highWatermark' }
  /** First record at or after this time. */
  | { readonly kind: 'timestamp'; readonly timestampMs: number };

export interface ListedOffset {
  /** -1 when no record is at or after the asked timestamp. */
  readonly offset: bigint;
  /** Timestamp of the record found by a timestamp; -1 when there is none, and for the other lookups. */
  readonly timestampMs: number;
}

/** Listed offsets by topic name and partition. */
export type ListedOffsets = ReadonlyMap<string, ReadonlyMap<number, ListedOffset>>;

const LATEST = -1n;
const EARLIEST = -2n;
const READ_COMMITTED = 1;
const PARTITIONS_PER_REQUEST = 2_000;

/** @throws HeadwaterError operational HW_KAFKA_LEADER_UNKNOWN (retry) when a partition has no reachable leader. */
export async function listOffsets(
  cluster: KafkaCluster,
  topic: TopicMetadata,
  partitions: readonly number[],
  spec: OffsetSpec,
): Promise<ReadonlyMap<number, ListedOffset>> {
  const wanted = new Set(partitions);
  const part = { ...topic, partitions: topic.partitions.filter(({ partition }) => wanted.has(partition)) };
  const missing = partitions.find((partition) => !part.partitions.some((has) => has.partition === partition));
  if (missing !== undefined) throw leaderUnknown(topic.name, missing, 'there is no such partition');
  return (await listTopicOffsets(cluster, [part], spec)).get(topic.name) ?? new Map();
}

/** The same for every partition of many topics: one request per leader and 2,000 partitions. */
export async function listTopicOffsets(
  cluster: KafkaCluster,
  topics: readonly TopicMetadata[],
  spec: OffsetSpec,
): Promise<ListedOffsets> {
  const asked = topics.flatMap(({ name, partitions }) =>
    partitions.map((partition): Asked => ({ topic: name, ...partition })),
  );
  const orphan = asked.find(({ leaderId }) => leaderId < 0);
  if (orphan !== undefined) throw leaderUnknown(orphan.topic, orphan.partition, 'it has no leader');
  const found = new Map<string, Map<number, ListedOffset>>(topics.map(({ name }) => [name, new Map()]));
  await Promise.all(
    [...Map.groupBy(asked, ({ leaderId }) => leaderId)].map(async ([leaderId, mine]) => {
      for (let at = 0; at < mine.length; at += PARTITIONS_PER_REQUEST) {
        const part = mine.slice(at, at + PARTITIONS_PER_REQUEST);
        for (const { topic, partition, listed } of await askLeader(cluster, leaderId, part, spec)) {
          found.get(topic)?.set(partition, listed);
        }
      }
    }),
  );
  const unanswered = asked.find(({ topic, partition }) => found.get(topic)?.has(partition) !== true);
  if (unanswered !== undefined) {
    throw leaderUnknown(unanswered.topic, unanswered.partition, 'its leader did not answer for it');
  }
  return found;
}

interface Asked {
  readonly topic: string;
  readonly partition: number;
  readonly leaderId: number;
  readonly leaderEpoch: number;
}

interface Answered {
  readonly topic: string;
  readonly partition: number;
  readonly listed: ListedOffset;
}

async function askLeader(
  cluster: KafkaCluster,
  leaderId: number,
  asked: readonly Asked[],
  spec: OffsetSpec,
): Promise<readonly Answered[]> {
  const timestamp = toTimestamp(spec);
  const topics = [...Map.groupBy(asked, ({ topic }) => topic)].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(({ partition, leaderEpoch }) => ({
      partitionIndex: partition,
      currentLeaderEpoch: leaderEpoch,
      timestamp,
    })),
  }));
  const isolation = spec.kind === 'highWatermark' ? 0 : READ_COMMITTED;
  const answer = await cluster
    .askNode(leaderId, (connection) => answerOf(listOffsetsV9.api.async(connection, -1, isolation, topics)))
    .catch((error: unknown) => {
      throw toKafkaError(error, cluster.settings, `list offsets of topic ${asked[0]?.topic}`);
    });
  return answer.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex: partition, errorCode, offset, timestamp: at }): Answered => {
      if (errorCode === ErrorCodes.topicAuthorizationFailed) {
        throw notAuthorised(`read offsets of topic ${name}`, errorName(errorCode));
      }
      if (errorCode !== ErrorCodes.none) throw leaderUnknown(name, partition, errorName(errorCode));
      return { topic: name, partition, listed: { offset, timestampMs: Number(at) } };
    }),
  );
}

function toTimestamp(spec: OffsetSpec): bigint {
  if (spec.kind === 'timestamp') return BigInt(Math.trunc(spec.timestampMs));
  return spec.kind === 'earliest' ? EARLIEST : LATEST;
}

const leaderUnknown = (topic: string, partition: number, reason: string) =>
  operationalError({
    code: 'HW_KAFKA_LEADER_UNKNOWN',
    message: `The leader of ${topic}[${partition}] could not be asked for offsets: ${reason}.`,
    fix: 'Wait until the partition has a leader again.',
    path: `${topic}[${partition}]`,
    canRetry: true,
  });
