import type { RecordSource, SourceTopic } from '@headwater/core-staging';
import { operationalError } from '@headwater/kernel';
import type { KafkaSettings } from '@headwater/platform-config';
import { commitGroupOffsets } from './consumer-group.ts';
import { createFetch } from './fetch-round.ts';
import { createKafkaCluster } from './kafka-cluster.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import { createLeaderMap } from './leader-map.ts';
import type { LeaderMap } from './leader-map.ts';
import { listOffsets } from './list-offsets.ts';
import type { OffsetSpec } from './list-offsets.ts';
import { readTopicConfigs } from './topic-metadata.ts';

export interface RecordSourceOptions {
  readonly settings: KafkaSettings;
  /** Shown in the brokers' logs and quotas. */
  readonly clientId?: string;
}

/** Reads topics for staging. One source serves many lanes; each fetch in flight has a connection of its own per broker. */
export function createRecordSource(options: RecordSourceOptions): RecordSource {
  const cluster = createKafkaCluster({ clientId: 'headwater-staging', ...options });
  const leaders = createLeaderMap(cluster);
  return {
    describeTopic: (name) => describeTopic(cluster, leaders, name),
    fetch: createFetch(cluster, leaders),
    offsetsAt: (topic, partitions, at) => offsetsAt(cluster, leaders, topic, partitions, at),
    commitOffsets: (group, topic, nextOffsets) => commitGroupOffsets(cluster, group, topic, nextOffsets),
    close: () => cluster.close(),
  };
}

async function describeTopic(
  cluster: KafkaCluster,
  leaders: LeaderMap,
  name: string,
): Promise<SourceTopic | undefined> {
  const topic = await leaders.refresh(name);
  if (topic === undefined) return undefined;
  const configs = await readTopicConfigs(cluster, [name], ['cleanup.policy']);
  const cleanupPolicy = configs.get(name)?.get('cleanup.policy')?.value ?? '';
  return {
    name,
    topicId: topic.topicId,
    partitions: topic.partitions.map(({ partition, leaderEpoch }) => ({ partition, leaderEpoch })),
    compacted: cleanupPolicy.split(',').includes('compact'),
  };
}

async function offsetsAt(
  cluster: KafkaCluster,
  leaders: LeaderMap,
  name: string,
  partitions: readonly number[],
  at: Parameters<RecordSource['offsetsAt']>[2],
): Promise<ReadonlyMap<number, bigint>> {
  const topic = await leaders.refresh(name);
  if (topic === undefined) {
    throw operationalError({
      code: 'HW_KAFKA_TOPIC_MISSING',
      message: `There is no topic ${name} on the cluster.`,
      fix: 'Create the topic or correct its name.',
      path: name,
    });
  }
  const spec: OffsetSpec = typeof at === 'string' ? { kind: at } : { kind: 'timestamp', ...at };
  const found = await listOffsets(cluster, topic, partitions, spec);
  const beyond = [...found].flatMap(([partition, { offset }]) => (offset < 0n ? [partition] : []));
  const ends = beyond.length === 0 ? found : await listOffsets(cluster, topic, beyond, { kind: 'latest' });
  const offsetOf = (partition: number, offset: bigint): bigint =>
    offset < 0n ? (ends.get(partition)?.offset ?? 0n) : offset;
  return new Map([...found].map(([partition, { offset }]) => [partition, offsetOf(partition, offset)]));
}
