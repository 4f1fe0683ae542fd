import type { KafkaCluster } from './kafka-cluster.ts';
import { listOffsets } from './list-offsets.ts';
import type { OffsetSpec } from './list-offsets.ts';
import type { TopicMetadata } from './topic-metadata.ts';

/** One offset per partition; for a timestamp that nothing reaches, the end offset. */
export async function offsetsAt(
  cluster: KafkaCluster,
  topic: TopicMetadata,
  partitions: readonly number[],
  at: OffsetSpec,
): Promise<ReadonlyMap<number, bigint>> {
  const found = await listOffsets(cluster, topic, partitions, at);
  const beyond = [...found].flatMap(([partition, { offset }]) => (offset < 0n ? [partition] : []));
  const ends = beyond.length === 0 ? found : await listOffsets(cluster, topic, beyond, { kind: 'latest' });
  return new Map(
    [...found].map(([partition, { offset }]) => [
      partition,
      offset < 0n ? (ends.get(partition)?.offset ?? 0n) : offset,
    ]),
  );
}

/** Timestamp of the first record still there, milliseconds; partitions without records are left out. */
export async function earliestTimestampsMs(
  cluster: KafkaCluster,
  topic: TopicMetadata,
): Promise<ReadonlyMap<number, number>> {
  const partitions = topic.partitions.map(({ partition }) => partition);
  const found = await listOffsets(cluster, topic, partitions, { kind: 'timestamp', timestampMs: 0 });
  return new Map(
    [...found].flatMap(([partition, { offset, timestampMs }]) =>
      offset < 0n ? [] : [[partition, timestampMs] as const],
    ),
  );
}
