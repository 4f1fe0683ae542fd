import { afterAll, expect, inject, test } from 'vitest';
import { createDomainProducer } from '@headwater/adapter-domain-client';
import { createKafkaAdmin, createRecordSource } from '@headwater/adapter-kafka';
import type { FetchRequest, PartitionFetch, RecordSource } from '@headwater/core-staging';
import { startPrivatePart, uniqueName } from '@headwater/testkit';
import { fetchRange, fetchTopic } from './fetched-topic.ts';

const settings = { bootstrapServers: inject('stack').kafkaBootstrapServers.split(',') };
const admin = createKafkaAdmin({ settings });
const source = createRecordSource({ settings });
const topics: string[] = [];

async function newTopic(partitions = 1): Promise<string> {
  const name = uniqueName('source');
  await admin.createTopic({ name, partitions, replicationFactor: 1, configs: {} });
  topics.push(name);
  return name;
}

async function produce(topic: string, count: number, partition = 0, to = settings): Promise<void> {
  const producer = await createDomainProducer({ settings: to, topic });
  for (let index = 0; index < count; index++) await producer.send({ value: `${index}`, partition });
  await producer.close();
}

async function requestFor(topic: string, offset = 0n, lastFetchedEpoch = -1): Promise<FetchRequest> {
  const { topicId } = (await source.describeTopic(topic))!;
  const positions = [{ partition: 0, offset, lastFetchedEpoch }];
  return { topic, topicId, positions, bytesMax: 1 << 20, waitMsMax: 200 };
}

/** Fetches until the answer is more than "ask again", as a lane does. */
async function settled(from: RecordSource, request: FetchRequest): Promise<PartitionFetch> {
  for (let round = 0; round < 200; round++) {
    const [answer] = await from.fetch(request);
    if (answer !== undefined && answer.kind !== 'retry') return answer;
  }
  throw new Error('the fetch never settled');
}

afterAll(async () => {
  for (const topic of topics) await admin.deleteTopic(topic);
  await admin.close();
  await source.close();
});

test('a topic that is not there is undefined, not an error', async () => {
  expect(await source.describeTopic(uniqueName('nowhere'))).toBeUndefined();
});

test('[S8] an offset before the log start is out of range and names what is there', async () => {
  const topic = await newTopic();
  await produce(topic, 10);
  await admin.deleteRecords(topic, new Map([[0, 6n]]));
  expect(await settled(source, await requestFor(topic, 2n))).toEqual({
    kind: 'offsetOutOfRange',
    partition: 0,
    logStartOffset: 6n,
    highWatermark: 10n,
  });
  expect((await settled(source, await requestFor(topic, 11n))).kind).toBe('offsetOutOfRange');
});

test('[S8] the end of a partition is an empty answer with its watermarks', async () => {
  const topic = await newTopic();
  await produce(topic, 4);
  const answer = await settled(source, await requestFor(topic, 4n));
  expect(answer).toMatchObject({
    kind: 'records',
    highWatermark: 4n,
    lastStableOffset: 4n,
    logStartOffset: 0n,
  });
  expect(answer).toHaveProperty('recordSet.length', 0);
});

test('[S8] a topic deleted and created again is an unknown topic id, never offset 0', async () => {
  const topic = await newTopic();
  await produce(topic, 5);
  const request = await requestFor(topic);
  expect((await settled(source, request)).kind).toBe('records');
  await admin.deleteTopic(topic);
  expect((await settled(source, request)).kind).toBe('unknownTopicId');
  await admin.createTopic({ name: topic, partitions: 1, replicationFactor: 1, configs: {} });
  await produce(topic, 5);
  expect((await settled(source, request)).kind).toBe('unknownTopicId');
  expect((await source.describeTopic(topic))!.topicId).not.toBe(request.topicId);
});

test('[S8] a last fetched epoch from the future of the log is a diverging epoch or out of range', async () => {
  const topic = await newTopic();
  await produce(topic, 5);
  const answer = await settled(source, await requestFor(topic, 5n, 99));
  expect(['divergingEpoch', 'offsetOutOfRange']).toContain(answer.kind);
});

test('new partitions show in the next description', async () => {
  const topic = await newTopic(1);
  expect((await source.describeTopic(topic))!.partitions.length).toBe(1);
  await admin.createPartitions(topic, 3);
  const grown = await source.describeTopic(topic);
  expect(grown!.partitions.map(({ partition }) => partition)).toEqual([0, 1, 2]);
  await produce(topic, 3, 2);
  expect((await fetchTopic(source, topic)).records.map(({ partition }) => partition)).toEqual([2, 2, 2]);
});

test('offsets by timestamp: the first record at or after it, the end when there is none', async () => {
  const topic = uniqueName('source');
  // Records from long ago would be deleted by their time within seconds.
  const configs = { 'retention.ms': '-1' };
  await admin.createTopic({ name: topic, partitions: 2, replicationFactor: 1, configs });
  topics.push(topic);
  const producer = await createDomainProducer({ settings, topic });
  for (const timestampMs of [1_000, 2_000, 3_000]) {
    await producer.send({ value: 'x', partition: 0, timestampMs });
    await producer.flush();
  }
  await producer.close();
  const at = (timestampMs: number) => source.offsetsAt(topic, [0, 1], { timestampMs });
  expect(await at(1_500)).toEqual(new Map([[0, 1n], [1, 0n]])); // prettier-ignore
  expect(await at(9_000)).toEqual(new Map([[0, 3n], [1, 0n]])); // prettier-ignore
});

test('an answer holds at most the asked bytes once its first batch is in', async () => {
  const topic = await newTopic(3);
  const value = 'y'.repeat(900);
  const producer = await createDomainProducer({ settings, topic, compression: 'none', batchRecordsMax: 10 });
  for (let index = 0; index < 600; index++) await producer.send({ value, partition: index % 3 });
  await producer.close();
  const { topicId } = (await source.describeTopic(topic))!;
  const positions = [0, 1, 2].map((partition) => ({ partition, offset: 0n, lastFetchedEpoch: -1 }));
  const answers = await source.fetch({ topic, topicId, positions, bytesMax: 50_000, waitMsMax: 500 });
  const bytes = answers.reduce(
    (sum, answer) => sum + (answer.kind === 'records' ? answer.recordSet.length : 0),
    0,
  );
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(50_000);
});

test('many fetches wait side by side: an idle one does not hold back a busy one', async () => {
  const [busy, idle] = [await newTopic(), await newTopic()];
  await produce(busy, 1);
  const waiting = source.fetch({ ...(await requestFor(idle)), waitMsMax: 5_000 });
  let isIdleDone = false;
  void waiting.then(() => (isIdleDone = true));
  expect((await settled(source, await requestFor(busy))).kind).toBe('records');
  expect(isIdleDone).toBe(false);
  await produce(idle, 1);
  expect((await waiting)[0]!.kind).toBe('records');
});

test('lanes that read one partition at different offsets each get all of it', async () => {
  const topic = await newTopic();
  await produce(topic, 2_000);
  const described = (await source.describeTopic(topic))!;
  const readFrom = (from: bigint) =>
    fetchRange(source, described, {
      starts: new Map([[0, from]]),
      ends: new Map([[0, 2_000n]]),
      bytesMax: 3_000,
      isOver: () => false,
    });
  const [all, half, again] = await Promise.all([readFrom(0n), readFrom(1_000n), readFrom(0n)]);
  const offsets = (from: number) => Array.from({ length: 2_000 - from }, (_, index) => BigInt(from + index));
  expect(all.records.map(({ offset }) => offset)).toEqual(offsets(0));
  expect(half.records.map(({ offset }) => offset)).toEqual(offsets(1_000));
  expect(again.records).toEqual(all.records);
});

test('a busy lane among many idle ones gets every record, and the idle ones learn where they stand', async () => {
  const topic = await newTopic(60);
  const { topicId } = (await source.describeTopic(topic))!;
  let isOver = false;
  const idle = Array.from({ length: 59 }, async (_, index) => {
    const position = { partition: index + 1, offset: 0n, lastFetchedEpoch: -1 };
    const request = { topic, topicId, positions: [position], bytesMax: 1 << 20, waitMsMax: 200 };
    let last: PartitionFetch | undefined;
    while (!isOver) [last] = await source.fetch(request);
    return last;
  });
  const described = (await source.describeTopic(topic))!;
  const reading = fetchRange(source, described, {
    starts: new Map([[0, 0n]]),
    ends: new Map([[0, 3_000n]]),
    bytesMax: 1 << 20,
    isOver: () => false,
  });
  for (let round = 0; round < 6; round++) await produce(topic, 500);
  expect((await reading).records).toHaveLength(3_000);
  isOver = true;
  for (const answer of await Promise.all(idle)) {
    expect(answer).toMatchObject({ kind: 'records', highWatermark: 0n, lastStableOffset: 0n });
  }
});

test('[S5] offsets committed for lag tools are readable by group', async () => {
  const topic = await newTopic(2);
  const group = uniqueName('headwater.lag');
  await source.commitOffsets(group, topic, new Map([[0, 5n], [1, 7n]])); // prettier-ignore
  expect(await admin.readGroupOffsets(group)).toEqual(new Map([[topic, new Map([[0, 5n], [1, 7n]])]])); // prettier-ignore
});

test('no broker at all is asked again and again, and close ends it', async () => {
  const lost = createRecordSource({ settings: { bootstrapServers: ['127.0.0.1:1'] } });
  const topicId = '00000000-0000-0000-0000-000000000001';
  const positions = [{ partition: 0, offset: 0n, lastFetchedEpoch: -1 }];
  const answers = await lost.fetch({ topic: 't', topicId, positions, bytesMax: 1, waitMsMax: 10 });
  expect(answers).toMatchObject([
    { kind: 'retry', cause: expect.stringContaining('KAFKA_BOOTSTRAP_SERVERS') },
  ]);
  await lost.close();
});

test('[S8] kill -9 of the broker in the middle of reading costs no record and repeats none', async () => {
  await using kafka = await startPrivatePart('kafka');
  const own = { bootstrapServers: [kafka.url] };
  const ownAdmin = createKafkaAdmin({ settings: own });
  const ownSource = createRecordSource({ settings: own });
  const topic = uniqueName('restart');
  await ownAdmin.createTopic({ name: topic, partitions: 2, replicationFactor: 1, configs: {} });
  await produce(topic, 3_000, 0, own);
  let isOver = false;
  const reading = fetchRange(ownSource, (await ownSource.describeTopic(topic))!, {
    starts: new Map([[0, 0n]]),
    ends: new Map([[0, 6_000n]]),
    bytesMax: 2_000,
    isOver: () => isOver,
  });
  const producing = createDomainProducer({ settings: own, topic, batchRecordsMax: 50 });
  const writing = producing.then(async (producer) => {
    for (let index = 3_000; index < 6_000; index++) {
      await producer.send({ value: `${index}`, partition: 0 });
      if (index % 500 === 0) await producer.flush();
    }
    await producer.close();
    return producer.acknowledged();
  });
  writing.catch(() => (isOver = true));
  await new Promise((resolve) => setTimeout(resolve, 150));
  await kafka.kill();
  await kafka.start();
  const [fetched, acknowledged] = await Promise.all([reading, writing]);
  expect(fetched.records.map(({ offset }) => Number(offset))).toEqual(
    Array.from({ length: 6_000 }, (_, n) => n),
  );
  expect(fetched.records.map(({ value }) => Number(value))).toEqual(
    Array.from({ length: 6_000 }, (_, n) => n),
  );
  expect(acknowledged).toEqual([{ partition: 0, from: 3_000n, to: 6_000n }]);
  await ownSource.close();
  await ownAdmin.close();
});
