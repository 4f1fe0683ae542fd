import { createDomainProducer } from '@headwater/adapter-domain-client';
import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { uniqueName } from '@headwater/testkit';
import { afterAll, expect, inject, test } from 'vitest';
import { tailTopic } from './tail-topic.ts';

const settings = { bootstrapServers: inject('stack').kafkaBootstrapServers.split(',') };
const admin = createKafkaAdmin({ settings });
const topic = uniqueName('tail');
afterAll(async () => {
  await admin.deleteTopic(topic);
  await admin.close();
});

test('the newest records come in the order of their timestamps, then new ones until stopped', async () => {
  // Records from long ago would be deleted by their time within seconds.
  const configs = { 'retention.ms': '-1' };
  await admin.createTopic({ name: topic, partitions: 3, replicationFactor: 1, configs });
  const producer = await createDomainProducer({ settings, topic });
  for (let index = 0; index < 30; index++) {
    await producer.send({ value: `${index}`, partition: index % 3, timestampMs: 1_000 * (index + 1) });
  }
  await producer.flush();
  const stop = new AbortController();
  const seen: string[] = [];
  const tailing = tailTopic({
    settings,
    topic,
    last: 4,
    isFollowing: true,
    stopped: stop.signal,
    onRecord: ({ value }) => {
      seen.push(String(Buffer.from(value!)));
      if (seen.length === 4) void producer.send({ value: 'new', partition: 1 });
      if (seen.at(-1) === 'new') stop.abort();
    },
  });
  await tailing;
  await producer.close();
  expect(seen).toEqual(['26', '27', '28', '29', 'new']);
});

test('without following it ends, and an unknown topic is refused with a fix', async () => {
  const seen: bigint[] = [];
  const options = { settings, last: 100, isFollowing: false, stopped: new AbortController().signal };
  await tailTopic({ ...options, topic, onRecord: ({ offset }) => void seen.push(offset) });
  expect(seen).toHaveLength(31);
  const unknown = tailTopic({ ...options, topic: uniqueName('nowhere'), onRecord: () => undefined });
  await expect(unknown).rejects.toMatchObject({ kind: 'user', code: 'HW_KAFKA_TOPIC_MISSING' });
  const producer = createDomainProducer({ settings, topic: uniqueName('nowhere') });
  await expect(producer).rejects.toMatchObject({ kind: 'user', code: 'HW_KAFKA_TOPIC_MISSING' });
});
