import kafkajs from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { createDomainProducer, readToEnd } from '@headwater/adapter-domain-client';
import type { Incident } from '@headwater/core-mesh';
import { startThreeBrokers, uniqueName, type ThreeBrokers } from '@headwater/testkit';
import {
  createStagingFixture,
  judgeLedger,
  order,
  type RunningWorker,
  type StagedProduct,
  type StagingFixture,
} from './staging-fixture.test-data.ts';

let cluster: ThreeBrokers;
let fixture: StagingFixture;
let kafka: kafkajs.Kafka;
let restarting: Promise<void> | undefined;
beforeAll(async () => {
  cluster = await startThreeBrokers();
  const kafkaBootstrapServers = cluster.bootstrapServers.join();
  fixture = await createStagingFixture({ ...inject('stack'), kafkaBootstrapServers });
  kafka = new kafkajs.Kafka({ brokers: [...cluster.bootstrapServers], logLevel: kafkajs.logLevel.NOTHING });
});
afterEach(async () => {
  for (const broker of cluster.brokers) broker.thaw();
  await fixture.endTest();
});
afterAll(async () => {
  await restarting;
  await fixture.close();
  await cluster[Symbol.asyncDispose]();
});

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 200 });
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);
const orders = (from: number, to: number) => range(from, to).map((id) => ({ ...order(id), partition: 0 }));

/** A topic whose partitions lie on these brokers, the first of each leading. */
async function createOn(
  name: string,
  replicas: readonly (readonly number[])[],
  configs: Readonly<Record<string, string>> = {},
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [
      {
        topic: name,
        replicaAssignment: replicas.map((nodes, partition) => ({ partition, replicas: [...nodes] })),
        configEntries: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      },
    ],
  });
  await admin.disconnect();
}

const describePartition = async (topic: string) => {
  const admin = kafka.admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  await admin.disconnect();
  const [partition] = topics[0]!.partitions;
  return { leader: partition!.leader, isr: [...partition!.isr].sort() };
};

const idsOf = async (product: StagedProduct): Promise<number[]> => {
  const rows = await (await product.table()).select('select id::varchar as id from rows order by rows.id');
  return rows.map(({ id }) => Number(id));
};

async function untilIncident(product: StagedProduct): Promise<Incident> {
  let found: Incident | undefined;
  await eventually(async () => {
    const { incidents } = fixture.postgres.mesh.reads;
    [found] = await incidents.openByPipelineIds([product.pipeline.pipelineId]);
    expect(found).toBeDefined();
  });
  return found!;
}

const acceptLoss = ({ id, generation }: Incident) =>
  fixture.postgres.mesh.unit(async (unit) => {
    await unit.incidents.acceptLoss(id, generation, { by: 'operator', reason: 'the log is gone' });
    await unit.audit.append({ actor: 'operator', event: 'incident.loss-accepted', subject: 'x', facts: {} });
  });

const startWorker = (change: object = {}): Promise<RunningWorker> =>
  fixture.startWorker({
    wrap: (world) => ({ ...world, settings: { ...world.settings, ...change } }),
  });

test('[S8] leaders that change, die and freeze in the middle of a drain cost no record and repeat none', async () => {
  const spread = [1, 2, 3, 2, 3, 1].map((first) => [first, (first % 3) + 1, ((first + 1) % 3) + 1]);
  // Two copies of everything that is acknowledged: the topic itself loses nothing.
  const configs = { 'min.insync.replicas': '2' };
  const product = await fixture.product({ createTopic: (name) => createOn(name, spread, configs) });
  const worker = await startWorker();
  const settings = { bootstrapServers: [...cluster.bootstrapServers] };
  const producer = await createDomainProducer({
    settings,
    topic: product.pipeline.topic,
    batchRecordsMax: 20,
  });
  let count = 0;
  const produce = async (records: number) => {
    for (const end = count + records; count < end; count++) {
      await producer.send({ ...order(count), partition: count % spread.length });
    }
    await producer.flush();
  };
  const [, second, third] = cluster.brokers;
  await produce(200);
  await Promise.all([second.kill(), produce(400)]);
  await Promise.all([second.start(), produce(200)]);
  third.freeze();
  // Twice as long as a silent broker stays a leader.
  const thawed = new Promise((resolve) => setTimeout(resolve, 3_000)).then(() => third.thaw());
  await Promise.all([thawed, produce(200)]);
  await Promise.all([second.stop(), produce(200)]);
  const isBack = second.start();
  await produce(200);
  await producer.close();
  // Another client says what is on the topic: a producer may repeat a request when leaders move.
  const onTopic: string[] = [];
  const { ranges } = await readToEnd({
    settings,
    topic: product.pipeline.topic,
    onBatch: ({ partition, records }) =>
      void onTopic.push(
        ...records.map(({ offset, key }) => `${partition}/${offset} ${Buffer.from(key ?? []).toString()}`),
      ),
  });
  expect(new Set(onTopic.map((record) => record.split(' ')[1])).size).toBe(count);
  await eventually(async () => {
    const batches = await (await product.table()).batches();
    const ends = new Map(
      batches.flatMap(({ entries }) => entries.map(({ partition, to }) => [partition, to])),
    );
    for (const { partition, to } of ranges) expect(ends.get(partition)).toBe(to);
  });
  await worker.stop();
  const table = await product.table();
  expect(judgeLedger(await table.batches())).toEqual([]);
  const rows = await table.select("select concat(_partition, '/', _offset, ' ', id) as row from rows");
  expect(rows.map(({ row }) => String(row)).sort()).toEqual(onTopic.sort());
  await isBack;
});

test('[S8] an unclean election that cut the log is an incident with exactly what the topic lost', async () => {
  const configs = { 'unclean.leader.election.enable': 'true' };
  const createTopic = (name: string) => createOn(name, [[2, 3]], configs);
  const product = await fixture.product({ createTopic });
  const { topic } = product.pipeline;
  const [, second, third] = cluster.brokers;
  await product.produce(orders(0, 10));
  const worker = await startWorker();
  await eventually(async () => expect(await idsOf(product)).toEqual(range(0, 10)));
  await third.kill();
  await eventually(async () => expect(await describePartition(topic)).toEqual({ leader: 2, isr: [2] }));
  await product.produce(orders(10, 20));
  await eventually(async () => expect(await idsOf(product)).toEqual(range(0, 20)));
  await second.kill();
  await third.start();
  await eventually(async () => expect((await describePartition(topic)).leader).toBe(3));
  // The log grows past where the lane stands, with other records.
  await product.produce(orders(100, 125));
  expect(await untilIncident(product)).toMatchObject({ kind: 'truncated', partition: 0, from: 10n, to: 20n });
  await worker.stop();
  expect(await idsOf(product)).toEqual(range(0, 20));
  // A new owner has only the log to go by, and sees it too.
  const successor = await startWorker();
  await eventually(async () => {
    const [report] = await fixture.postgres.mesh.reads.staging.reports([product.pipeline.pipelineId]);
    expect(report?.lanes[0]?.status?.state).toBe('stopped-by-incident');
  });
  await successor.stop();
  expect(await idsOf(product)).toEqual(range(0, 20));
  // The tests that follow do without it.
  restarting = second.start();
});

test('[S8] retention that passes a lane is an incident with the exact gap; the accepted loss is in the ledger', async () => {
  const configs = { 'segment.bytes': '1048576', 'retention.ms': '-1' };
  const product = await fixture.product({ createTopic: (name) => createOn(name, [[1, 2, 3]], configs) });
  const { topic } = product.pipeline;
  await product.produce(orders(0, 5));
  const first = await startWorker();
  await eventually(async () => expect(await idsOf(product)).toEqual(range(0, 5)));
  await first.stop();
  await product.produce(orders(5, 20));
  await fixture.admin.alterTopicConfigs(topic, { 'retention.ms': '1', 'segment.ms': '1' });
  const startOf = async () => (await fixture.admin.offsetsAt(topic, { kind: 'earliest' })).get(0);
  await eventually(async () => expect(await startOf()).toBe(20n));
  await fixture.admin.alterTopicConfigs(topic, { 'retention.ms': '-1', 'segment.ms': null });
  await product.produce(orders(20, 26));
  const worker = await startWorker();
  const incident = await untilIncident(product);
  expect(incident).toMatchObject({ kind: 'offset-out-of-range', partition: 0, from: 5n, to: 20n });
  expect(await idsOf(product)).toEqual(range(0, 5));
  await acceptLoss(incident);
  await eventually(async () => expect(await idsOf(product)).toEqual([...range(0, 5), ...range(20, 26)]));
  await worker.stop();
  const batches = await (await product.table()).batches();
  expect(judgeLedger(batches)).toEqual([]);
  expect(batches.flatMap(({ losses }) => losses)).toEqual([
    { incidentId: incident.id, partition: 0, from: 5n, to: 20n },
  ]);
});

test('[S8] a transaction that hangs is told as an incident, and the lane goes on when it is ended', async () => {
  const product = await fixture.product({ createTopic: (name) => createOn(name, [[1, 2, 3]]) });
  const { topic } = product.pipeline;
  await product.produce(orders(0, 3));
  const worker = await startWorker({ hangingAfterMs: 1_000 });
  await eventually(async () => expect(await idsOf(product)).toEqual(range(0, 3)));
  const producer = kafka.producer({
    transactionalId: uniqueName('hanging'),
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ value: order(1_000).value as string, partition: 0 }] });
  let next = 3;
  await eventually(async () => {
    // The high watermark moves while the last stable offset stays.
    await product.produce(orders(next, ++next));
    const { incidents } = fixture.postgres.mesh.reads;
    const [incident] = await incidents.openByPipelineIds([product.pipeline.pipelineId]);
    expect(incident).toMatchObject({ kind: 'hanging-transaction', partition: 0, from: 3n });
  });
  expect(await idsOf(product)).toEqual(range(0, 3));
  await transaction.abort();
  await eventually(async () => expect(await idsOf(product)).toEqual(range(0, next)));
  await producer.disconnect();
  await worker.stop();
  const batches = await (await product.table()).batches();
  expect(judgeLedger(batches)).toEqual([]);
});
