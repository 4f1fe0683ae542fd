import type { KafkaCluster } from './kafka-cluster.ts';
import { readTopicMetadata } from './topic-metadata.ts';
import type { TopicMetadata } from './topic-metadata.ts';

/** Who leads which partition, by topic name. Answers are kept until a broker contradicts them. */
export interface LeaderMap {
  /** The kept answer, or a fresh one when there is none. */
  current(name: string): Promise<TopicMetadata | undefined>;
  /** A fresh answer; undefined when the cluster has no topic by that name. */
  refresh(name: string): Promise<TopicMetadata | undefined>;
  /** Drops the kept answer. */
  forget(name: string): void;
}

const TOPICS_MAX = 10_000;

export function createLeaderMap(cluster: KafkaCluster): LeaderMap {
  const topics = new Map<string, TopicMetadata>();
  const refresh = async (name: string): Promise<TopicMetadata | undefined> => {
    const [topic] = await readTopicMetadata(cluster, [name]);
    topics.delete(name);
    if (topic === undefined) return undefined;
    if (topics.size >= TOPICS_MAX) topics.clear();
    topics.set(name, topic);
    return topic;
  };
  return {
    current: (name) => Promise.resolve(topics.get(name) ?? refresh(name)),
    refresh,
    forget: (name) => void topics.delete(name),
  };
}
