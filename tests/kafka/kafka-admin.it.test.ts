import { afterAll, expect, inject, test } from 'vitest';
import { createDomainProducer } from '@headwater/adapter-domain-client';
import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { uniqueName } from '@headwater/testkit';

const settings = { bootstrapServers: inject('stack').kafkaBootstrapServers.split(',') };
const admin = createKafkaAdmin({ settings });
const topics: string[] = [];

async function newTopic(configs: Record<string, string> = {}, partitions = 2): Promise<string> {
  const name = uniqueName('admin');
  await admin.createTopic({ name, partitions, replicationFactor: 1, configs });
  topics.push(name);
  return name;
}

afterAll(async () => {
  for (const topic of topics) await admin.deleteTopic(topic);
  await admin.close();
});

test('the cluster is described with its brokers and what this principal may do', async () => {
  const cluster = await admin.describeCluster();
  expect(cluster.brokerCount).toBe(cluster.brokers.length);
  expect(cluster.authorizedOperations).toEqual(expect.arrayContaining(['CREATE', 'DESCRIBE']));
});

test('creating a topic twice leaves the first as it is', async () => {
  const name = await newTopic({ 'retention.ms': '1000' });
  const again = { name, partitions: 9, replicationFactor: 1, configs: { 'retention.ms': '2000' } };
  expect(await admin.createTopic(again)).toEqual({ outcome: 'exists' });
  const [topic] = await admin.describeTopics([name, uniqueName('nowhere')]);
  expect(topic).toMatchObject({
    name,
    partitions: 2,
    replicationFactor: 1,
    configs: { 'retention.ms': '1000' },
  });
});

test('changing one setting leaves the others alone, and null removes the override', async () => {
  const name = await newTopic({ 'retention.ms': '1000', 'segment.bytes': '1048576' });
  await admin.alterTopicConfigs(name, { 'retention.ms': '2000' });
  expect((await admin.describeTopics([name]))[0]!.configs).toEqual({
    'retention.ms': '2000',
    'segment.bytes': '1048576',
  });
  await admin.alterTopicConfigs(name, { 'segment.bytes': null });
  expect((await admin.describeTopics([name]))[0]!.configs).toEqual({ 'retention.ms': '2000' });
});

test.each([
  [
    'more replicas than brokers',
    { partitions: 1, replicationFactor: 99, configs: {} },
    'HW_KAFKA_TOPIC_REFUSED',
  ],
  [
    'a setting with a wrong value',
    { partitions: 1, replicationFactor: 1, configs: { 'retention.ms': 'long' } },
    'HW_KAFKA_TOPIC_REFUSED',
  ],
  [
    'an unknown setting',
    { partitions: 1, replicationFactor: 1, configs: { 'no.such.key': '1' } },
    'HW_KAFKA_TOPIC_REFUSED',
  ],
  ['no partitions', { partitions: 0, replicationFactor: 1, configs: {} }, 'HW_KAFKA_TOPIC_REFUSED'],
] as const)(
  '%s is a user error with the words of the broker, and no topic comes to be',
  async (_, topic, code) => {
    const name = uniqueName('refused');
    await expect(admin.createTopic({ name, ...topic })).rejects.toMatchObject({ kind: 'user', code });
    expect(await admin.describeTopics([name])).toEqual([]);
  },
);

test.each(['__consumer_offsets', '_schemas', '__anything'])(
  '%s belongs to the cluster and is never changed',
  async (name) => {
    const refused = expect.objectContaining({ code: 'HW_KAFKA_TOPIC_INTERNAL' });
    await expect(
      admin.createTopic({ name, partitions: 1, replicationFactor: 1, configs: {} }),
    ).rejects.toEqual(refused);
    await expect(admin.deleteTopic(name)).rejects.toEqual(refused);
    await expect(admin.alterTopicConfigs(name, { 'retention.ms': '1' })).rejects.toEqual(refused);
    await expect(admin.createPartitions(name, 9)).rejects.toEqual(refused);
    await expect(admin.deleteRecords(name, new Map([[0, 1n]]))).rejects.toEqual(refused);
  },
);

test('growing to the same count does nothing, and shrinking is refused', async () => {
  const name = await newTopic();
  await admin.createPartitions(name, 2);
  await admin.createPartitions(name, 4);
  await expect(admin.createPartitions(name, 3)).rejects.toMatchObject({ code: 'HW_KAFKA_TOPIC_REFUSED' });
  expect((await admin.describeTopics([name]))[0]!.partitions).toBe(4);
});

test('a deleted topic is gone when the call returns, and deleting it again is fine', async () => {
  const name = await newTopic();
  await admin.deleteTopic(name);
  expect(await admin.describeTopics([name])).toEqual([]);
  await admin.deleteTopic(name);
});

test('with a topic id, a topic of that name with another id is left alone', async () => {
  const name = await newTopic();
  await admin.deleteTopic(name, '00000000-0000-0000-0000-000000000001');
  expect(await admin.describeTopics([name])).toHaveLength(1);
});

test('deleted records are gone, the inventory shows it, and offsets past the end are refused', async () => {
  const name = await newTopic();
  const producer = await createDomainProducer({ settings, topic: name });
  // Records from long ago would be deleted by their time within seconds.
  const sinceMs = Date.now() - 3_600_000;
  for (let index = 0; index < 10; index++) {
    await producer.send({ value: 'x', partition: 0, timestampMs: sinceMs + 1_000 * (index + 1) });
  }
  await producer.close();
  expect(await admin.earliestTimestampsMs(name)).toEqual(new Map([[0, sinceMs + 1_000]]));
  expect(await admin.deleteRecords(name, new Map([[0, 4n]]))).toEqual(new Map([[0, 4n]]));
  expect(await admin.deleteRecords(name, new Map([[0, 2n]]))).toEqual(new Map([[0, 4n]]));
  expect(await admin.earliestTimestampsMs(name)).toEqual(new Map([[0, sinceMs + 5_000]]));
  const inventoried = (await admin.inventoryTopics()).find((topic) => topic.name === name);
  expect(inventoried).toMatchObject({ earliestOffsetSum: 4n, endOffsetSum: 10n });
  expect(inventoried!.configEntries.get('retention.ms')).toEqual({ value: '604800000', isOverride: false });
  expect(await admin.inventoryRecords(name, sinceMs + 7_500)).toMatchObject({
    name,
    configs: { 'retention.ms': '604800000' },
    partitions: [
      { partition: 0, startOffset: 4n, endOffset: 10n, cutOffset: 7n },
      { partition: 1, startOffset: 0n, endOffset: 0n, cutOffset: 0n },
    ],
    oldestMs: sinceMs + 5_000,
  });
  expect(await admin.inventoryRecords(uniqueName('nowhere'), 0)).toBeUndefined();
  const beyond = admin.deleteRecords(name, new Map([[0, 11n]]));
  await expect(beyond).rejects.toMatchObject({ kind: 'user', code: 'HW_KAFKA_DELETE_RECORDS_REFUSED' });
});

test('[I8] records of a topic that has the name but another id stay', async () => {
  const name = await newTopic();
  const producer = await createDomainProducer({ settings, topic: name });
  for (let index = 0; index < 4; index++) await producer.send({ value: 'x', partition: 0 });
  await producer.close();
  const other = '00000000-0000-4000-8000-000000000000';
  await expect(admin.deleteRecords(name, new Map([[0, 2n]]), other)).rejects.toMatchObject({
    code: 'HW_KAFKA_TOPIC_MADE_AGAIN',
  });
  expect((await admin.offsetsAt(name, { kind: 'earliest' })).get(0)).toBe(0n);
  const [described] = await admin.describeTopics([name]);
  await admin.deleteRecords(name, new Map([[0, 2n]]), described!.topicId);
  expect((await admin.offsetsAt(name, { kind: 'earliest' })).get(0)).toBe(2n);
});

test('records of a topic that is only compacted are refused with the setting to change', async () => {
  const name = await newTopic({ 'cleanup.policy': 'compact' });
  const producer = await createDomainProducer({ settings, topic: name });
  await producer.send({ key: 'k', value: 'v', partition: 0 });
  await producer.close();
  await expect(admin.deleteRecords(name, new Map([[0, 1n]]))).rejects.toMatchObject({
    code: 'HW_KAFKA_DELETE_RECORDS_REFUSED',
    fix: expect.stringContaining('cleanup.policy'),
  });
});

test('a group shows its committed offsets and its lag per partition', async () => {
  const name = await newTopic();
  const producer = await createDomainProducer({ settings, topic: name });
  for (let index = 0; index < 10; index++) await producer.send({ value: 'x', partition: 1 });
  await producer.close();
  const group = uniqueName('lag');
  await admin.commitGroupOffsets(group, name, new Map([[1, 3n]]));
  expect(await admin.inventoryGroups([group])).toEqual([
    {
      group,
      state: 'Empty',
      type: 'classic',
      memberCount: 0,
      partitions: [{ topic: name, partition: 1, nextOffset: 3n, highWatermark: 10n, lagRecords: 7n }],
    },
  ]);
});

test.each([
  [
    'nobody listens',
    { bootstrapServers: ['127.0.0.1:1'] },
    'HW_KAFKA_UNREACHABLE',
    'KAFKA_BOOTSTRAP_SERVERS',
  ],
  [
    'the listener knows no login',
    { ...settings, sasl: { mechanism: 'SCRAM-SHA-256', username: 'u', password: 'secret-word' } },
    'HW_KAFKA_LOGIN_REFUSED',
    'KAFKA_SASL_USERNAME',
  ],
  [
    'the listener is not encrypted',
    { ...settings, tls: {} },
    'HW_KAFKA_TLS_NOT_SPOKEN',
    'KAFKA_SECURITY_PROTOCOL',
  ],
] as const)('when %s the error names the variable and no secret', async (_, wrong, code, variable) => {
  const lost = createKafkaAdmin({ settings: wrong });
  const error: unknown = await lost.describeCluster().catch((problem: unknown) => problem);
  await lost.close();
  expect(error).toMatchObject({ kind: 'operational', code, fix: expect.stringContaining(variable) });
  expect(String((error as Error).message)).not.toContain('secret-word');
});
