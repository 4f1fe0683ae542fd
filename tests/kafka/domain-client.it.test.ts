import { afterAll, expect, inject, test } from 'vitest';
import { createDomainProducer, readToEnd, type ReadRecord } from '@headwater/adapter-domain-client';
import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { uniqueName } from '@headwater/testkit';

const settings = { bootstrapServers: inject('stack').kafkaBootstrapServers.split(',') };
const admin = createKafkaAdmin({ settings });
const topics: string[] = [];
afterAll(async () => {
  for (const topic of topics) await admin.deleteTopic(topic);
  await admin.close();
});

async function newTopic(partitions: number): Promise<string> {
  const name = uniqueName('domain');
  await admin.createTopic({ name, partitions, replicationFactor: 1, configs: {} });
  topics.push(name);
  return name;
}

test('what is acknowledged is what another reading finds, and equal keys share a partition', async () => {
  const topic = await newTopic(4);
  const producer = await createDomainProducer({
    settings,
    topic,
    batchRecordsMax: 100,
    bufferedRecordsMax: 250,
  });
  for (let index = 0; index < 2_000; index++) {
    await producer.send({ value: `v${index}`, key: index % 2 === 0 ? `k${index % 10}` : null });
  }
  await producer.close();
  const read = new Map<number, ReadRecord[]>();
  const report = await readToEnd({
    settings,
    topic,
    onBatch: ({ partition, records }) =>
      void read.set(partition, [...(read.get(partition) ?? []), ...records]),
  });
  expect(report.records).toBe(2_000);
  expect(producer.acknowledgedCount()).toBe(2_000);
  expect(producer.acknowledged()).toEqual(report.ranges);
  const partitionsOfKey = new Map<string, Set<number>>();
  for (const [partition, records] of read) {
    expect(records.map(({ offset }) => Number(offset))).toEqual(records.map((_, index) => index));
    for (const { key } of records) {
      const name = key === null ? '' : Buffer.from(key).toString();
      partitionsOfKey.set(name, (partitionsOfKey.get(name) ?? new Set()).add(partition));
    }
  }
  expect(partitionsOfKey.get('')!.size).toBe(4);
  for (const key of ['k0', 'k2', 'k4', 'k6', 'k8']) expect(partitionsOfKey.get(key)!.size).toBe(1);
});

test('reading ends where the topic ended when it began, however fast records still come', async () => {
  const topic = await newTopic(1);
  const producer = await createDomainProducer({ settings, topic });
  for (let index = 0; index < 500; index++) await producer.send({ value: 'early' });
  await producer.flush();
  const reading = readToEnd({ settings, topic, onBatch: () => undefined });
  let isDone = false;
  const noteEnd = () => {
    isDone = true;
  };
  reading.then(noteEnd, noteEnd);
  while (!isDone) {
    await producer.send({ value: 'late' });
    await producer.flush();
  }
  await producer.close();
  const { records, ranges } = await reading;
  expect(records).toBe(Number(ranges[0]!.to));
  expect(producer.acknowledgedCount()).toBeGreaterThan(records);
});

test('an empty topic is read at once, and a deleted beginning is not part of the ranges', async () => {
  const topic = await newTopic(2);
  expect(await readToEnd({ settings, topic, onBatch: () => undefined })).toMatchObject({ records: 0 });
  const producer = await createDomainProducer({ settings, topic });
  for (let index = 0; index < 10; index++) await producer.send({ value: 'x', partition: 1 });
  await producer.close();
  await admin.deleteRecords(topic, new Map([[1, 4n]]));
  const { records, ranges } = await readToEnd({ settings, topic, onBatch: () => undefined });
  expect(records).toBe(6);
  expect(ranges).toEqual([
    { partition: 0, from: 0n, to: 0n },
    { partition: 1, from: 4n, to: 10n },
  ]);
});

test('a record for a partition the topic has not got is refused, and counts as not acknowledged', async () => {
  const topic = await newTopic(2);
  const producer = await createDomainProducer({ settings, topic });
  await producer.send({ value: 'there', partition: 1 });
  await producer.send({ value: 'nowhere', partition: 2 });
  await expect(producer.flush()).rejects.toMatchObject({ kind: 'user', code: 'HW_KAFKA_PARTITION_MISSING' });
  expect(producer.acknowledged()).toEqual([{ partition: 1, from: 0n, to: 1n }]);
  expect(producer.acknowledgedCount()).toBe(1);
  await expect(producer.close()).rejects.toMatchObject({ code: 'HW_KAFKA_PARTITION_MISSING' });
});

test('an unknown topic is a user error with a fix, for the producer and the reader', async () => {
  const missing = { kind: 'user', code: 'HW_KAFKA_TOPIC_MISSING' };
  const topic = uniqueName('nowhere');
  await expect(createDomainProducer({ settings, topic })).rejects.toMatchObject(missing);
  await expect(readToEnd({ settings, topic, onBatch: () => undefined })).rejects.toMatchObject(missing);
});

test('reading ends before an open transaction, and passes it once it is decided', async () => {
  const topic = await newTopic(1);
  const { default: kafkajs } = await import('kafkajs');
  const kafka = new kafkajs.Kafka({ brokers: settings.bootstrapServers, logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer({
    transactionalId: uniqueName('open'),
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ value: 'open', partition: 0 }] });
  const read = () => readToEnd({ settings, topic, onBatch: () => undefined });
  expect(await read()).toEqual({ records: 0, ranges: [{ partition: 0, from: 0n, to: 0n }] });
  await transaction.abort();
  // The marker is written after the producer has its answer.
  await expect
    .poll(read, { timeout: 20_000 })
    .toEqual({ records: 0, ranges: [{ partition: 0, from: 0n, to: 2n }] });
  await producer.disconnect();
});
