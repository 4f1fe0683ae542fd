import type { RecordSource, SourceTopic } from '@headwater/core-staging';
import type { KafkaSettings } from '@headwater/platform-config';
import { commitGroupOffsets } from './consumer-group.ts';
import { createFetchRouter } from './fetch-router.ts';
import { createKafkaCluster } from './kafka-cluster.ts';
import { offsetsAt } from './offset-lookup.ts';
import { createRecordSetBuffers } from './record-set-buffers.ts';
import { createTopicCatalogue } from './topic-catalogue.ts';
import type { TopicCatalogue } from './topic-catalogue.ts';
import { topicMissing } from './topic-name.ts';

export interface RecordSourceOptions {
  readonly settings: KafkaSettings;
  /** Shown in the brokers' logs and quotas. */
  readonly clientId?: string;
}

/** Reads topics for staging. One source serves all lanes of a process: per broker at most three connections fetch. */
export function createRecordSource(options: RecordSourceOptions): RecordSource {
  const cluster = createKafkaCluster({
    clientId: 'headwater-staging',
    requestTimeoutMs: 6_000,
    pollTimeoutMs: 15_000,
    ...options,
  });
  const catalogue = createTopicCatalogue(cluster);
  const buffers = createRecordSetBuffers();
  const router = createFetchRouter(cluster, catalogue, buffers);
  return {
    describeTopic: (name, ageMsMax = 0) => describeTopic(catalogue, name, ageMsMax),
    fetch: (request) => router.fetch(request),
    release: (recordSet) => buffers.release(recordSet),
    async offsetsAt(name, partitions, at) {
      const topic = await catalogue.topic(name, 0);
      if (topic === undefined) throw topicMissing(name);
      const spec = typeof at === 'string' ? ({ kind: at } as const) : ({ kind: 'timestamp', ...at } as const);
      return offsetsAt(cluster, topic, partitions, spec);
    },
    commitOffsets: (group, topic, nextOffsets) => commitGroupOffsets(cluster, group, topic, nextOffsets),
    async close() {
      router.close();
      await cluster.close();
    },
  };
}

async function describeTopic(
  catalogue: TopicCatalogue,
  name: string,
  ageMsMax: number,
): Promise<SourceTopic | undefined> {
  const topic = await catalogue.topic(name, ageMsMax);
  if (topic === undefined) return undefined;
  const compacted = await catalogue.isCompacted(name, ageMsMax);
  return {
    name,
    topicId: topic.topicId,
    partitions: topic.partitions.map(({ partition, leaderEpoch }) => ({ partition, leaderEpoch })),
    compacted,
  };
}
