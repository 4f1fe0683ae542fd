import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchRequest, PartitionFetch } from '@headwater/core-staging';
import { describeError } from '@headwater/kernel';
import type { HeadwaterError } from '@headwater/kernel';
import { createBrokerFetcher } from './broker-fetcher.ts';
import type { BrokerFetcher } from './broker-fetcher.ts';
import { createFetchCall } from './fetch-answer.ts';
import type { FetchCall, FetchedPartition } from './fetch-answer.ts';
import { createFetchDesk } from './fetch-desk.ts';
import type { FetchDesk } from './fetch-desk.ts';
import type { Interest } from './fetch-interest.ts';
import { judgeFetched } from './fetched-judgement.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import { isConnectionError, toKafkaError } from './kafka-errors.ts';
import { listOffsets } from './list-offsets.ts';
import { createPartitionViews } from './partition-view.ts';
import type { PartitionViews } from './partition-view.ts';
import type { RecordSetBuffers } from './record-set-buffers.ts';
import type { TopicCatalogue } from './topic-catalogue.ts';
import type { TopicMetadata } from './topic-metadata.ts';

/** Brings every position to the broker that leads its partition, and back when that changes. */
export interface FetchRouter {
  fetch(request: FetchRequest): Promise<readonly PartitionFetch[]>;
  close(): void;
}

/** How long a topic must stay unknown before it counts as gone: brokers learn of a new topic one after another. */
const GONE_AFTER_MS = 1_000;
const MEND_MS_MIN = 50;
const MEND_MS_MAX = 1_000;

interface Router {
  readonly cluster: KafkaCluster;
  readonly catalogue: TopicCatalogue;
  readonly views: PartitionViews;
  readonly desk: FetchDesk;
  readonly call: FetchCall;
  readonly fetchers: Map<number, BrokerFetcher>;
  /** Positions without a broker, until the next look at the metadata. */
  readonly homeless: Set<Interest>;
  readonly unknownSinceMs: Map<string, number>;
  isMetadataStale: boolean;
  isMending: boolean;
  isClosed: boolean;
}

export function createFetchRouter(
  cluster: KafkaCluster,
  catalogue: TopicCatalogue,
  buffers: RecordSetBuffers,
): FetchRouter {
  const views = createPartitionViews();
  const router: Router = {
    cluster,
    catalogue,
    views,
    desk: createFetchDesk(views, buffers),
    call: createFetchCall(buffers),
    fetchers: new Map(),
    homeless: new Set(),
    unknownSinceMs: new Map(),
    isMetadataStale: false,
    isMending: false,
    isClosed: false,
  };
  catalogue.onRefreshed(() => followLeaders(router));
  return {
    fetch: (request) => fetch(router, request),
    close() {
      router.isClosed = true;
      for (const fetcher of router.fetchers.values()) fetcher.close();
      router.desk.close();
    },
  };
}

async function fetch(router: Router, request: FetchRequest): Promise<readonly PartitionFetch[]> {
  if (request.positions.length === 0) return [];
  const { catalogue, cluster, desk } = router;
  if (catalogue.kept(request.topic)?.topicId !== request.topicId) {
    try {
      const topic = await catalogue.topic(request.topic, 0);
      const verdict = judgeTopicId(router, request, topic);
      if (verdict !== 'known')
        return request.positions.map(({ partition }) => unknownTopic(partition, verdict));
    } catch (error) {
      const problem = toKafkaError(error, cluster.settings, `fetch topic ${request.topic}`);
      if (!problem.canRetry) throw problem;
      await sleep(MEND_MS_MIN);
      return request.positions.map(({ partition }) => retry(partition, describeError(problem)));
    }
  }
  return desk.ask(request, (interest) => {
    if (!router.homeless.has(interest)) settle(router, interest);
  });
}

const retry = (partition: number, cause: string): PartitionFetch => ({ kind: 'retry', partition, cause });

const unknownTopic = (partition: number, verdict: 'gone' | 'again'): PartitionFetch =>
  verdict === 'gone'
    ? { kind: 'unknownTopicId', partition }
    : retry(partition, 'the brokers do not know the topic id yet');

function judgeTopicId(
  { unknownSinceMs }: Router,
  { topicId }: Pick<Interest, 'topicId'>,
  topic: TopicMetadata | undefined,
): 'known' | 'gone' | 'again' {
  if (topic?.topicId === topicId) {
    unknownSinceMs.delete(topicId);
    return 'known';
  }
  if (topic !== undefined) return 'gone';
  const sinceMs = unknownSinceMs.get(topicId) ?? performance.now();
  unknownSinceMs.set(topicId, sinceMs);
  return performance.now() - sinceMs >= GONE_AFTER_MS ? 'gone' : 'again';
}

const leaderOf = ({ catalogue }: Router, { topic, topicId, partition }: Interest) => {
  const kept = catalogue.kept(topic);
  if (kept?.topicId !== topicId) return undefined;
  const found = kept.partitions[partition];
  return found?.partition === partition && found.leaderId >= 0 ? found : undefined;
};

/** Hands the position to the leader of its partition. */
function settle(router: Router, interest: Interest): void {
  const leader = leaderOf(router, interest);
  if (leader !== undefined) return fetcherOf(router, leader.leaderId).add(interest);
  interest.problem ??= 'the partition has no leader';
  sendAway(router, interest);
}

/** The position waits for the next look at the metadata. */
function sendAway(router: Router, interest: Interest): void {
  router.homeless.add(interest);
  router.isMetadataStale = true;
  if (!router.isMending) void mend(router);
}

function fetcherOf(router: Router, nodeId: number): BrokerFetcher {
  const known = router.fetchers.get(nodeId);
  if (known !== undefined) return known;
  const { cluster, desk } = router;
  const fetcher = createBrokerFetcher({
    nodeId,
    desk,
    fetch: (question) => cluster.pollNode(nodeId, (connection) => router.call(connection, question)),
    leaderEpochOf: (interest) => leaderOf(router, interest)?.leaderEpoch ?? -1,
    take: (interest, fetched, isFirst) => take(router, interest, fetched, isFirst),
    takeFailure(interests, cause) {
      for (const interest of [...interests]) {
        if (!desk.isOpen(interest) || !fetcher.has(interest)) continue;
        fetcher.remove(interest);
        takeProblem(router, interest, cause);
      }
    },
  });
  router.fetchers.set(nodeId, fetcher);
  return fetcher;
}

function takeProblem(router: Router, interest: Interest, cause: unknown): void {
  if (typeof cause === 'string') interest.problem = cause;
  else {
    const problem = toKafkaError(cause, router.cluster.settings, `fetch topic ${interest.topic}`);
    if (!problem.canRetry && !isConnectionError(cause) && !isBrokerUnknown(problem)) {
      return router.desk.fail(interest, problem);
    }
    interest.problem = describeError(problem);
  }
  sendAway(router, interest);
}

const isBrokerUnknown = ({ code }: HeadwaterError): boolean => code === 'HW_KAFKA_BROKER_UNKNOWN';

function take(
  router: Router,
  interest: Interest,
  fetched: FetchedPartition,
  isFirst: boolean,
): 'ended' | 'open' {
  const verdict = judgeFetched(interest, fetched, isFirst);
  switch (verdict.kind) {
    case 'deliver':
      interest.problem = undefined;
      router.desk.deliver(interest, verdict.answer);
      return 'ended';
    case 'nothing':
      interest.problem = undefined;
      return 'open';
    case 'again':
      interest.problem = verdict.cause;
      sendAway(router, interest);
      return 'ended';
    case 'fail':
      router.desk.fail(interest, verdict.error);
      return 'ended';
    case 'outOfRange':
      void findRange(router, interest);
      return 'ended';
  }
}

/** Asks the leader where the log of the partition begins and ends. */
async function findRange(router: Router, interest: Interest): Promise<void> {
  const { cluster, catalogue, desk } = router;
  const { topic: name, partition } = interest;
  try {
    const topic = catalogue.kept(name);
    if (topic?.topicId !== interest.topicId) throw new Error('the topic has changed');
    const earliest = await listOffsets(cluster, topic, [partition], { kind: 'earliest' });
    const end = await listOffsets(cluster, topic, [partition], { kind: 'highWatermark' });
    const logStartOffset = earliest.get(partition)?.offset ?? 0n;
    const highWatermark = end.get(partition)?.offset ?? 0n;
    if (!desk.isOpen(interest)) return;
    desk.deliver(interest, { kind: 'offsetOutOfRange', partition, logStartOffset, highWatermark });
    desk.flush();
  } catch (error) {
    interest.problem = describeError(error);
    sendAway(router, interest);
  }
}

/** Looks at the metadata until every position has a broker again. */
async function mend(router: Router): Promise<void> {
  router.isMending = true;
  let delayMs = MEND_MS_MIN;
  while (!router.isClosed && (router.homeless.size > 0 || router.isMetadataStale)) {
    router.isMetadataStale = false;
    const waiting = [...router.homeless];
    try {
      await router.catalogue.refresh();
      for (const interest of waiting) router.homeless.delete(interest);
      for (const interest of waiting) returnHome(router, interest);
    } catch (error) {
      const problem = toKafkaError(error, router.cluster.settings, 'describe topics');
      for (const interest of waiting) interest.problem = describeError(problem);
      dropAbandoned(router);
    }
    router.desk.flush();
    await sleep(delayMs);
    delayMs = router.homeless.size === 0 ? MEND_MS_MIN : Math.min(MEND_MS_MAX, delayMs * 2);
  }
  router.isMending = false;
}

function dropAbandoned({ desk, homeless }: Router): void {
  const nowMs = performance.now();
  for (const interest of homeless) if (!desk.isWanted(interest, nowMs)) homeless.delete(interest);
}

function returnHome(router: Router, interest: Interest): void {
  const { desk, catalogue, views } = router;
  if (!desk.isOpen(interest) || !desk.isWanted(interest, performance.now())) return;
  const verdict = judgeTopicId(router, interest, catalogue.kept(interest.topic));
  if (verdict === 'gone')
    return desk.deliver(interest, { kind: 'unknownTopicId', partition: interest.partition });
  views.leaderChanged(interest.view);
  settle(router, interest);
}

/** Takes positions from brokers that no longer lead them; an answer that is still on its way is not taken any more. */
function followLeaders(router: Router): void {
  for (const interest of router.desk.open()) {
    if (!router.desk.isOpen(interest)) continue;
    const leader = leaderOf(router, interest);
    for (const fetcher of router.fetchers.values()) {
      if (fetcher.nodeId === leader?.leaderId || !fetcher.has(interest)) continue;
      fetcher.remove(interest);
      router.views.leaderChanged(interest.view);
      settle(router, interest);
      break;
    }
  }
}
