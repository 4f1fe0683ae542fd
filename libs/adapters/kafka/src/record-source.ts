import type { RecordSource, SourceTopic } from '@headwater/core-staging';
import type { KafkaSettings } from '@headwater/platform-config';
import { commitGroupOffsets } from './consumer-group.ts';
import { createFetch } from './fetch-round.ts';
import { createKafkaCluster } from './kafka-cluster.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import { createLeaderMap } from './leader-map.ts';
import type { LeaderMap } from './leader-map.ts';
import { offsetsAt } from './offset-lookup.ts';
import { readTopicConfigs } from './topic-metadata.ts';
import { topicMissing } from './topic-name.ts';

export interface RecordSourceOptions {
  readonly settings: KafkaSettings;
  /** Shown in the brokers' logs and quotas. */
  readonly clientId?: string;
}

/** Reads topics for staging. One source serves many lanes; each fetch in flight has a connection of its own per broker. */
export function createRecordSource(options: RecordSourceOptions): RecordSource {
  const cluster = createKafkaCluster({
    clientId: 'headwater-staging',
    requestTimeoutMs: 15_000,
    ...options,
  });
  const leaders = createLeaderMap(cluster);
  return {
    describeTopic: (name) => describeTopic(cluster, leaders, name),
    fetch: createFetch(cluster, leaders),
    async offsetsAt(name, partitions, at) {
      const topic = await leaders.refresh(name);
      if (topic === undefined) throw topicMissing(name);
      const spec = typeof at === 'string' ? ({ kind: at } as const) : ({ kind: 'timestamp', ...at } as const);
      return offsetsAt(cluster, topic, partitions, spec);
    },
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
