import type { HeadwaterError } from '@headwater/kernel';
import type { KafkaCluster } from './kafka-cluster.ts';
import { createSharedRefresh } from './shared-refresh.ts';
import { readTopicConfigs, readTopicMetadata } from './topic-metadata.ts';
import type { TopicMetadata } from './topic-metadata.ts';

/**
 * What the cluster says of every topic somebody reads. One request refreshes all of them, so the cost does not grow with
 * the lanes. A partition's leader never goes back to an older epoch: brokers learn of a new one after another (KIP-320).
 */
export interface TopicCatalogue {
  /** The kept answer. */
  kept(name: string): TopicMetadata | undefined;
  /**
   * An answer of at most this age, milliseconds; undefined when the cluster has no topic by that name.
   * @throws HeadwaterError operational HW_KAFKA_NOT_AUTHORISED, HW_KAFKA_REQUEST_FAILED for this topic only
   */
  topic(name: string, ageMsMax: number): Promise<TopicMetadata | undefined>;
  /** Refreshes every topic; calls at the same moment share one request. */
  refresh(): Promise<void>;
  /** Calls back after each refresh, whoever asked for it. */
  onRefreshed(listener: () => void): void;
  /** True when its cleanup.policy includes compact, as of at most this age. */
  isCompacted(name: string, ageMsMax: number): Promise<boolean>;
}

const TOPICS_PER_REQUEST = 2_000;
const REFRESH_APART_MS = 100;
/** A topic nobody asked for during this time is no longer refreshed. */
const FORGOTTEN_AFTER_MS = 120_000;
const NEVER = -Infinity;

interface Kept {
  wantedAtMs: number;
  metadata: TopicMetadata | undefined;
  metadataAtMs: number;
  isCompacted: boolean;
  configsAtMs: number;
  refusal: HeadwaterError | undefined;
}

export function createTopicCatalogue(cluster: KafkaCluster): TopicCatalogue {
  const topics = new Map<string, Kept>();
  const listeners: (() => void)[] = [];
  const want = (name: string): Kept => {
    const kept = topics.get(name) ?? newKept();
    kept.wantedAtMs = performance.now();
    topics.set(name, kept);
    return kept;
  };
  const names = (): readonly string[] => {
    const nowMs = performance.now();
    for (const [name, { wantedAtMs }] of topics) {
      if (nowMs - wantedAtMs > FORGOTTEN_AFTER_MS) topics.delete(name);
    }
    return [...topics.keys()];
  };
  const metadata = createSharedRefresh(async () => {
    for (const part of chunks(names())) await loadMetadata(cluster, topics, part);
    for (const listener of listeners) listener();
  }, REFRESH_APART_MS);
  const configs = createSharedRefresh(async () => {
    for (const part of chunks(names())) await loadConfigs(cluster, topics, part);
  }, REFRESH_APART_MS);
  return {
    kept: (name) => topics.get(name)?.metadata,
    async topic(name, ageMsMax) {
      const kept = want(name);
      if (performance.now() - kept.metadataAtMs > ageMsMax) await metadata.run();
      if (kept.refusal !== undefined) throw kept.refusal;
      return kept.metadata;
    },
    refresh: () => metadata.run(),
    onRefreshed: (listener) => void listeners.push(listener),
    async isCompacted(name, ageMsMax) {
      const kept = want(name);
      if (performance.now() - kept.configsAtMs > ageMsMax) await configs.run();
      if (kept.refusal !== undefined) throw kept.refusal;
      return kept.isCompacted;
    },
  };
}

const newKept = (): Kept => ({
  wantedAtMs: NEVER,
  metadata: undefined,
  metadataAtMs: NEVER,
  isCompacted: false,
  configsAtMs: NEVER,
  refusal: undefined,
});

const chunks = (names: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(names.length / TOPICS_PER_REQUEST) }, (_, index) =>
    names.slice(index * TOPICS_PER_REQUEST, (index + 1) * TOPICS_PER_REQUEST),
  );

async function loadMetadata(
  cluster: KafkaCluster,
  topics: ReadonlyMap<string, Kept>,
  names: readonly string[],
): Promise<void> {
  const begunAtMs = performance.now();
  const refusals = new Map<string, HeadwaterError>();
  const answer = await readTopicMetadata(cluster, names, (name, error) => refusals.set(name, error));
  const found = new Map(answer.map((topic) => [topic.name, topic]));
  for (const name of names) {
    const kept = topics.get(name);
    if (kept === undefined) continue;
    kept.refusal = refusals.get(name);
    // A broker that cannot tell yet has not said that the topic is gone.
    if (kept.refusal?.canRetry === true) continue;
    const topic = found.get(name);
    kept.metadata = topic === undefined ? undefined : withNewerLeaders(kept.metadata, topic);
    kept.metadataAtMs = begunAtMs;
  }
}

/** The answer, but for partitions whose leader is known by a later epoch already. */
export function withNewerLeaders(before: TopicMetadata | undefined, answer: TopicMetadata): TopicMetadata {
  if (before?.topicId !== answer.topicId) return answer;
  const known = new Map(before.partitions.map((partition) => [partition.partition, partition]));
  const partitions = answer.partitions.map((partition) => {
    const older = known.get(partition.partition);
    return older !== undefined && older.leaderEpoch > partition.leaderEpoch ? older : partition;
  });
  return { ...answer, partitions };
}

async function loadConfigs(
  cluster: KafkaCluster,
  topics: ReadonlyMap<string, Kept>,
  names: readonly string[],
): Promise<void> {
  const begunAtMs = performance.now();
  const refusals = new Map<string, HeadwaterError>();
  const configs = await readTopicConfigs(cluster, names, ['cleanup.policy'], (name, error) =>
    refusals.set(name, error),
  );
  for (const name of names) {
    const kept = topics.get(name);
    if (kept === undefined) continue;
    kept.refusal ??= refusals.get(name);
    const policy = configs.get(name)?.get('cleanup.policy')?.value ?? '';
    kept.isCompacted = policy.split(',').includes('compact');
    kept.configsAtMs = begunAtMs;
  }
}
