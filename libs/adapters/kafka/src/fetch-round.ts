import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchRequest, PartitionFetch } from '@headwater/core-staging';
import { describeError } from '@headwater/kernel';
import type { KafkaCluster } from './kafka-cluster.ts';
import { isConnectionError, toKafkaError } from './kafka-errors.ts';
import type { LeaderMap } from './leader-map.ts';
import { fetchFromLeader } from './partition-fetch.ts';
import type { TopicMetadata } from './topic-metadata.ts';

type Position = FetchRequest['positions'][number];
type Round = readonly PartitionFetch[];

const RETRY_DELAY_MS_MIN = 50;
const RETRY_DELAY_MS_MAX = 1_000;
/** How long a topic must stay unknown before it counts as gone: brokers learn of a new topic one after another. */
const GONE_AFTER_MS = 1_000;

/** One round of fetching over all leaders; see RecordSource.fetch. */
export function createFetch(
  cluster: KafkaCluster,
  leaders: LeaderMap,
): (request: FetchRequest) => Promise<Round> {
  const unknownSince = new Map<string, number>();
  let failures = 0;

  const judgeUnknown = async (request: FetchRequest): Promise<'gone' | 'again'> => {
    const topic = await leaders.refresh(request.topic);
    if (topic?.topicId === request.topicId) return 'again';
    if (topic !== undefined) return 'gone';
    const since = unknownSince.get(request.topicId) ?? performance.now();
    unknownSince.set(request.topicId, since);
    return performance.now() - since >= GONE_AFTER_MS ? 'gone' : 'again';
  };
  const answerUnknown = async (request: FetchRequest, positions: readonly Position[]): Promise<Round> => {
    const verdict = await judgeUnknown(request);
    return positions.map(({ partition }) =>
      verdict === 'gone'
        ? { kind: 'unknownTopicId', partition }
        : { kind: 'retry', partition, cause: 'the brokers do not know the topic id yet' },
    );
  };
  const round = async (request: FetchRequest): Promise<Round> => {
    const topic = await leaders.current(request.topic);
    if (topic?.topicId !== request.topicId) return answerUnknown(request, request.positions);
    unknownSince.delete(request.topicId);
    const byLeader = Map.groupBy(request.positions, ({ partition }) => leaderOf(topic, partition));
    const orphans = byLeader.get(-1) ?? [];
    byLeader.delete(-1);
    const bytesMax = Math.max(1, Math.floor(request.bytesMax / Math.max(1, byLeader.size)));
    const parts = await Promise.all(
      [...byLeader].map(([leaderId, positions]) =>
        fetchFromLeader(cluster, topic, leaderId, { ...request, positions, bytesMax }),
      ),
    );
    if (orphans.length > 0 || parts.some(({ isStale }) => isStale)) leaders.forget(request.topic);
    const unknown = parts.flatMap((part) => part.unknownTopicId);
    return [
      ...parts.flatMap(({ answers }) => answers),
      ...orphans.map(({ partition }) => retry(partition, 'the partition has no leader')),
      ...(unknown.length === 0 ? [] : await answerUnknown(request, unknown)),
    ];
  };

  return async (request) => {
    const answers = await round(request).catch((error: unknown) => {
      leaders.forget(request.topic);
      const problem = toKafkaError(error, cluster.settings, `fetch topic ${request.topic}`);
      if (!problem.canRetry && !isConnectionError(error)) throw problem;
      return request.positions.map(({ partition }) => retry(partition, describeError(problem)));
    });
    failures = answers.length > 0 && answers.every(({ kind }) => kind === 'retry') ? failures + 1 : 0;
    // The caller asks again at once; a cluster that is down is not asked in a tight loop.
    if (failures > 0) await sleep(retryDelayMs(failures));
    return answers;
  };
}

const retryDelayMs = (failures: number): number =>
  Math.min(RETRY_DELAY_MS_MAX, RETRY_DELAY_MS_MIN * 2 ** Math.min(failures - 1, 10));

const retry = (partition: number, cause: string): PartitionFetch => ({ kind: 'retry', partition, cause });

const leaderOf = (topic: TopicMetadata, partition: number): number =>
  topic.partitions.find((candidate) => candidate.partition === partition)?.leaderId ?? -1;
