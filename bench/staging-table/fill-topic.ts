import { createDomainProducer } from '@headwater/adapter-domain-client';
import type { BenchWorld } from './table-row.ts';

/** About the size of a producer's batch, before compression. */
const BATCH_BYTES = 256 << 10;

/** Fills an existing topic with records without keys, in lz4 batches that go to its partitions in turn. */
export async function fillTopic(
  { stack }: BenchWorld,
  topic: string,
  records: number,
  recordOf: (index: number) => string,
): Promise<void> {
  const producer = await createDomainProducer({
    settings: { bootstrapServers: stack.kafkaBootstrapServers.split(',') },
    topic,
    batchRecordsMax: Math.ceil(BATCH_BYTES / recordOf(0).length),
    bufferedRecordsMax: Math.ceil((4 * BATCH_BYTES) / recordOf(0).length),
  });
  for (let index = 0; index < records; index++) await producer.send({ value: recordOf(index) });
  await producer.close();
}
