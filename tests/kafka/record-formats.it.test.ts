import { ProduceAcks, Producer } from '@platformatic/kafka';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createDomainProducer, readToEnd } from '@headwater/adapter-domain-client';
import { createKafkaAdmin, createRecordSource } from '@headwater/adapter-kafka';
import { uniqueName } from '@headwater/testkit';
import { fetchTopic } from './fetched-topic.ts';

const bootstrapServers = inject('stack').kafkaBootstrapServers.split(',');
const settings = { bootstrapServers };
const admin = createKafkaAdmin({ settings });
const source = createRecordSource({ settings });
const topics: string[] = [];

async function newTopic(configs: Record<string, string> = {}, partitions = 2): Promise<string> {
  const name = uniqueName('formats');
  // Records from long ago would be deleted by their time within seconds.
  await admin.createTopic({
    name,
    partitions,
    replicationFactor: 1,
    configs: { 'retention.ms': '-1', ...configs },
  });
  topics.push(name);
  return name;
}

beforeAll(async () => {
  await admin.describeCluster();
});
afterAll(async () => {
  for (const topic of topics) await admin.deleteTopic(topic);
  await admin.close();
  await source.close();
});

/** Markers of a transaction are written after its producer has the answer. */
const untilEnd = (topic: string, end: bigint): Promise<void> =>
  expect
    .poll(async () => (await source.offsetsAt(topic, [0], 'latest')).get(0), { timeout: 20_000 })
    .toBe(end);

const codes = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;
const codecs = Object.keys(codes) as (keyof typeof codes)[];
/** By default the client gives up after three tries a second apart, which a busy machine does not always keep. */
const patient = { timeout: 30_000, connectTimeout: 30_000, retries: 60, retryDelay: 250 };
const long = 'Ω'.repeat(70_000);
const input = Array.from({ length: 300 }, (_, index) => ({
  partition: index % 2,
  key: index % 3 === 0 ? null : `key ${index}`,
  value: index % 11 === 0 ? null : index === 100 ? long : `{"n":${index},"text":"${'ab'.repeat(index)}"}`,
  headers: index % 5 === 0 ? { trace: `t${index}`, empty: '' } : {},
  timestampMs: 1_700_000_000_000 + index * 1_000,
}));
const expected = [0, 1].flatMap((partition) =>
  input
    .filter((record) => record.partition === partition)
    .map((record, index) => ({ ...record, offset: BigInt(index) })),
);

test.each(codecs)('records that kafkajs compressed with %s arrive byte for byte', async (compression) => {
  const topic = await newTopic();
  const producer = await createDomainProducer({ settings, topic, compression, batchRecordsMax: 70 });
  for (const record of input) await producer.send(record);
  await producer.close();
  const fetched = await fetchTopic(source, topic);
  expect(fetched.records).toEqual(expected);
  expect(fetched.compressions).toEqual(new Set([codes[compression]]));
});

test.each(codecs)(
  'records that @platformatic/kafka compressed with %s arrive byte for byte',
  async (compression) => {
    const topic = await newTopic();
    const producer = new Producer({
      clientId: 'formats',
      bootstrapBrokers: bootstrapServers,
      ...patient,
      // Without idempotence a repeated request may leave its records twice.
      idempotent: true,
      ...(compression === 'none' ? {} : { compression }),
    });
    const bytes = (value: string | null) => (value === null ? undefined : Buffer.from(value));
    for (let at = 0; at < input.length; at += 70) {
      const messages = input.slice(at, at + 70).map(({ partition, key, value, headers, timestampMs }) => {
        const keyBytes = bytes(key);
        const valueBytes = bytes(value);
        return {
          topic,
          partition,
          ...(keyBytes === undefined ? {} : { key: keyBytes }),
          ...(valueBytes === undefined ? {} : { value: valueBytes }),
          headers: new Map(
            Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)]),
          ),
          timestamp: BigInt(timestampMs),
        };
      });
      await producer.send({ messages, acks: ProduceAcks.ALL });
    }
    await producer.close();
    const fetched = await fetchTopic(source, topic);
    expect(fetched.records).toEqual(expected);
    expect(fetched.compressions).toEqual(new Set([codes[compression]]));
  },
);

test.each(['gzip', 'snappy', 'lz4', 'zstd'])(
  'batches the broker itself compressed with %s arrive',
  async (codec) => {
    const topic = await newTopic({ 'compression.type': codec });
    const producer = await createDomainProducer({
      settings,
      topic,
      compression: 'none',
      batchRecordsMax: 70,
    });
    for (const record of input) await producer.send(record);
    await producer.close();
    const fetched = await fetchTopic(source, topic);
    expect(fetched.records).toEqual(expected);
    expect(fetched.compressions).toEqual(new Set([codes[codec as keyof typeof codes]]));
  },
);

test('with LogAppendTime every record carries the time of the broker', async () => {
  const topic = await newTopic({ 'message.timestamp.type': 'LogAppendTime' });
  const producer = await createDomainProducer({ settings, topic });
  const before = Date.now();
  await producer.send({ value: '{}', timestampMs: 1_000 });
  await producer.close();
  const [record] = (await fetchTopic(source, topic)).records;
  expect(record!.timestampMs).toBeGreaterThanOrEqual(before - 1_000);
});

test('[S10] interleaved transactions: committed records arrive, aborted and control ones are counted', async () => {
  const topic = await newTopic({}, 1);
  const kafka = new kafkajs.Kafka({
    clientId: 'formats',
    brokers: bootstrapServers,
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const open = async () => {
    const producer = kafka.producer({
      transactionalId: uniqueName('tx'),
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    return producer;
  };
  const [first, second] = [await open(), await open()];
  const send = (
    transaction: { send(record: kafkajs.ProducerRecord): Promise<unknown> },
    ...values: string[]
  ) => transaction.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) });
  let a = await first.transaction();
  let b = await second.transaction();
  await send(a, 'aborted 1', 'aborted 2');
  await send(b, 'kept 1');
  await send(a, 'aborted 3');
  await a.abort();
  a = await first.transaction();
  await send(a, 'kept 2');
  await send(b, 'kept 3', 'kept 4');
  await b.commit();
  await a.commit();
  b = await second.transaction();
  await send(b, 'aborted 4');
  await b.abort();
  await first.disconnect();
  await second.disconnect();
  const plain = await createDomainProducer({ settings, topic });
  await plain.send({ value: 'plain', partition: 0 });
  await plain.close();

  await untilEnd(topic, 13n);
  const fetched = await fetchTopic(source, topic);
  expect(fetched.records.map(({ value }) => value)).toEqual([
    'kept 1',
    'kept 2',
    'kept 3',
    'kept 4',
    'plain',
  ]);
  expect(fetched.classes).toEqual({ records: 5n, tombstones: 0n, control: 4n, aborted: 4n, absent: 0n });

  const independent: string[] = [];
  await readToEnd({
    settings,
    topic,
    onBatch: ({ records }) => void independent.push(...records.map(({ value }) => String(value))),
  });
  expect(independent).toEqual(fetched.records.map(({ value }) => value));
});

test('transactions of @platformatic/kafka are read committed too', async () => {
  const topic = await newTopic({}, 1);
  const producer = new Producer({
    clientId: 'formats',
    bootstrapBrokers: bootstrapServers,
    ...patient,
    transactionalId: uniqueName('tx'),
    idempotent: true,
    compression: 'zstd',
  });
  for (const [value, isKept] of [
    ['kept', true],
    ['dropped', false],
    ['kept too', true],
  ] as const) {
    const transaction = await producer.beginTransaction();
    await transaction.send({ messages: [{ topic, partition: 0, value: Buffer.from(value) }] });
    await (isKept ? transaction.commit() : transaction.abort());
  }
  await producer.close();
  await untilEnd(topic, 6n);
  const fetched = await fetchTopic(source, topic);
  expect(fetched.records.map(({ value }) => value)).toEqual(['kept', 'kept too']);
  expect(fetched.classes).toMatchObject({ control: 3n, aborted: 1n, absent: 0n });
});

test(
  '[S10] on a compacted topic offsets that were removed count as absent',
  { timeout: 60_000 },
  async () => {
    const topic = await newTopic(
      {
        'cleanup.policy': 'compact',
        'segment.ms': '100',
        'min.cleanable.dirty.ratio': '0.001',
        'max.compaction.lag.ms': '200',
        'delete.retention.ms': '0',
      },
      1,
    );
    const producer = await createDomainProducer({ settings, topic });
    for (let index = 0; index < 40; index++) {
      await producer.send({ key: `k${index % 4}`, value: `v${index}`, partition: 0 });
      await producer.flush();
    }
    expect((await source.describeTopic(topic))!.compacted).toBe(true);
    let fetched = await fetchTopic(source, topic);
    for (let round = 0; fetched.classes.absent === 0n && round < 100; round++) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      // A new segment lets the cleaner take the one before.
      await producer.send({ key: 'roll', value: `${round}`, partition: 0 });
      await producer.flush();
      fetched = await fetchTopic(source, topic);
    }
    await producer.close();
    const { records, tombstones, control, aborted, absent } = fetched.classes;
    expect(absent).toBeGreaterThan(0n);
    const latest = await source.offsetsAt(topic, [0], 'latest');
    const earliest = await source.offsetsAt(topic, [0], 'earliest');
    expect(records + tombstones + control + aborted + absent).toBe(latest.get(0)! - earliest.get(0)!);
    expect(new Set(fetched.records.map(({ key }) => key))).toEqual(new Set(['k0', 'k1', 'k2', 'k3', 'roll']));
  },
);

test('a batch larger than every limit of the fetch arrives whole, and other partitions are not starved', async () => {
  const topic = await newTopic({ 'max.message.bytes': '8000000' });
  const producer = await createDomainProducer({ settings, topic, compression: 'none', batchRecordsMax: 40 });
  const large = 'x'.repeat(100_000);
  for (let index = 0; index < 40; index++) await producer.send({ value: `${large}${index}`, partition: 0 });
  await producer.flush();
  for (let index = 0; index < 40; index++) await producer.send({ value: `${large}${index}`, partition: 1 });
  await producer.close();
  const fetched = await fetchTopic(source, topic, 10_000);
  expect(fetched.records.length).toBe(80);
});
