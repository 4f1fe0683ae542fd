import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { readToEnd } from '@headwater/adapter-domain-client';
import type { Incident } from '@headwater/core-mesh';
import {
  atFaultPoint,
  createStagingFixture,
  judgeLedger,
  order,
  type StagedProduct,
  type StagingFixture,
} from './staging-fixture.test-data.ts';

let fixture: StagingFixture;
beforeAll(async () => {
  fixture = await createStagingFixture(inject('stack'));
});
afterEach(() => fixture.endTest());
afterAll(() => fixture.close());

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 100 });
const orders = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...order(from + index), partition: 0 }));
const countRows = async (product: StagedProduct) =>
  Number((await (await product.table()).select('select count(*) as n from rows'))[0]?.['n'] ?? 0);

async function untilIncident(product: StagedProduct): Promise<Incident> {
  let found: Incident | undefined;
  await eventually(async () => {
    [found] = await fixture.postgres.mesh.reads.incidents.openByPipelineIds([product.pipeline.pipelineId]);
    expect(found).toBeDefined();
  });
  return found!;
}
const acceptLoss = (incident: Incident) =>
  fixture.postgres.mesh.unit(async (unit) => {
    await unit.incidents.acceptLoss(incident.id, incident.generation, {
      by: 'operator',
      reason: 'the outage was longer than retention',
    });
    await unit.audit.append({ actor: 'operator', event: 'incident.loss-accepted', subject: 'x', facts: {} });
  });
const stateOf = async (product: StagedProduct) =>
  (await fixture.postgres.mesh.reads.staging.reports([product.pipeline.pipelineId]))[0]?.lanes[0]?.status
    ?.state;

test('[S8] a topic deleted and made again is an incident, not offset 0', async () => {
  const product = await fixture.product({ partitions: 1 });
  await product.produce(orders(0, 5));
  const worker = await fixture.startWorker();
  await eventually(async () => expect(await countRows(product)).toBe(5));
  await fixture.admin.deleteTopic(product.pipeline.topic);
  await fixture.admin.createTopic({
    name: product.pipeline.topic,
    partitions: 1,
    replicationFactor: 1,
    configs: {},
  });
  await product.produce(orders(100, 5));
  await eventually(async () => {
    const incidents = await fixture.postgres.mesh.reads.incidents.openByPipelineIds([
      product.pipeline.pipelineId,
    ]);
    const kinds = incidents.map(({ kind }) => kind);
    expect(kinds.some((kind) => kind === 'topic-recreated' || kind === 'topic-missing')).toBe(true);
  });
  await eventually(async () => expect(await stateOf(product)).toBe('stopped-by-incident'));
  await worker.stop();
  expect(await countRows(product)).toBe(5);
});

test('[S8] expired offsets stop the lane with the exact gap; an accepted loss is recorded and the rest lands', async () => {
  const product = await fixture.product({ partitions: 2 });
  await product.produce(orders(0, 5));
  const first = await fixture.startWorker();
  await eventually(async () => expect(await countRows(product)).toBe(5));
  await first.stop();
  await product.produce(orders(5, 10));
  await fixture.admin.deleteRecords(product.pipeline.topic, new Map([[0, 9n]]));

  const worker = await fixture.startWorker();
  const incident = await untilIncident(product);
  expect(incident).toMatchObject({
    kind: 'offset-out-of-range',
    partition: 0,
    from: 5n,
    to: 9n,
    status: 'open',
  });
  await eventually(async () => expect(await stateOf(product)).toBe('stopped-by-incident'));
  expect(await countRows(product)).toBe(5);

  await acceptLoss(incident);
  await eventually(async () => expect(await countRows(product)).toBe(11));
  await worker.stop();
  const batches = await (await product.table()).batches();
  expect(judgeLedger(batches)).toEqual([]);
  const lost = batches.flatMap(({ losses }) => losses);
  expect(lost).toEqual([{ incidentId: incident.id, partition: 0, from: 5n, to: 9n }]);
  const [report] = await fixture.postgres.mesh.reads.staging.reports([product.pipeline.pipelineId]);
  expect(report?.totals).toMatchObject({ landed: 11n, acceptedLoss: 4n });
  const [resolved] = await fixture.postgres.mesh.reads.incidents.byIds([incident.id]);
  expect(resolved).toMatchObject({
    status: 'resolved',
    acceptedReason: 'the outage was longer than retention',
  });
});

test('[S2][S8] a loss that touches an open batch is written as a superseding intent of the same batch', async () => {
  const product = await fixture.product({ partitions: 1 });
  await product.produce(orders(0, 6));
  let hasDied = false;
  atFaultPoint('intent.after', (passed) => {
    if (passed !== 1) return;
    hasDied = true;
    throw new Error('the process died here');
  });
  const first = await fixture.startWorker();
  await eventually(async () => expect(hasDied).toBe(true));
  await first.stop();
  atFaultPoint(undefined);
  await fixture.admin.deleteRecords(product.pipeline.topic, new Map([[0, 4n]]));
  const worker = await fixture.startWorker();
  const incident = await untilIncident(product);
  expect(incident).toMatchObject({ kind: 'offset-out-of-range', from: 0n, to: 4n });
  await acceptLoss(incident);
  await eventually(async () => expect(await countRows(product)).toBe(2));
  await worker.stop();
  const [batch] = await (await product.table()).batches();
  expect(batch?.batchSeq).toBe(0);
  expect(batch?.entries[0]).toMatchObject({ from: 0n, to: 6n, classes: { landed: 2n, acceptedLoss: 4n } });
});

test('[S4][S8] a record that was quarantined before it expired counts as quarantined, the others as accepted loss', async () => {
  const product = await fixture.product({ partitions: 1 });
  const broken = { key: 'bad', value: 'no json', partition: 0 };
  await product.produce([...orders(0, 2), broken, ...orders(3, 2), broken]);
  let hasDied = false;
  atFaultPoint('primary-commit.before', (passed) => {
    if (passed !== 1) return;
    hasDied = true;
    throw new Error('the process died here');
  });
  const first = await fixture.startWorker();
  await eventually(async () => expect(hasDied).toBe(true));
  await first.stop();
  await fixture.admin.deleteRecords(product.pipeline.topic, new Map([[0, 4n]]));
  const worker = await fixture.startWorker();
  const incident = await untilIncident(product);
  await acceptLoss(incident);
  await eventually(async () => expect(await countRows(product)).toBe(1));
  await worker.stop();
  const batches = await (await product.table()).batches();
  expect(judgeLedger(batches)).toEqual([]);
  expect(batches[0]?.entries[0]).toMatchObject({
    from: 0n,
    to: 6n,
    classes: { landed: 1n, quarantined: 2n, acceptedLoss: 3n },
  });
  expect(await (await product.quarantine()).select('select count(*) as n from rows')).toEqual([{ n: '2' }]);
});

/** A topic that is compacted as soon as a segment is full. */
const compacted = {
  'cleanup.policy': 'compact',
  'segment.ms': '100',
  'min.cleanable.dirty.ratio': '0.001',
  'max.compaction.lag.ms': '200',
  'delete.retention.ms': '0',
};
const elevenWithAHole = [
  ...orders(0, 2),
  ...orders(2, 9).map((record) => ({ ...record, key: 'the last of them stays' })),
];

/** Waits until compaction has taken offsets 2 to 9; from then on the topic is not compacted. Answers how many are left. */
async function makeHole({ pipeline: { topic }, produce }: StagedProduct): Promise<number> {
  const settings = { bootstrapServers: inject('stack').kafkaBootstrapServers.split(',') };
  const offsets = new Set<bigint>();
  let next = 11;
  await vi.waitFor(
    async () => {
      // A new segment lets the cleaner take the one before.
      await produce(orders(next++, 1));
      offsets.clear();
      await readToEnd({
        settings,
        topic,
        onBatch: ({ records }) => records.forEach(({ offset }) => offsets.add(offset)),
      });
      expect(offsets.has(9n)).toBe(false);
    },
    { timeout: 60_000, interval: 300 },
  );
  await fixture.admin.alterTopicConfigs(topic, { 'cleanup.policy': 'delete' });
  return offsets.size;
}

test('[S2][S8][S10] offsets missing from the inside of a range are an incident with exactly them; the rest lands around an accepted loss', async () => {
  const open = await fixture.product({ partitions: 1, configs: compacted });
  await open.produce(elevenWithAHole);
  let hasDied = false;
  atFaultPoint('intent.after', (passed) => {
    if (passed !== 1) return;
    hasDied = true;
    throw new Error('the process died here');
  });
  const first = await fixture.startWorker();
  await eventually(async () => expect(hasDied).toBe(true));
  await first.stop();
  atFaultPoint(undefined);
  const unread = await fixture.product({ partitions: 1, configs: compacted });
  await unread.produce(elevenWithAHole);
  const products = [open, unread];
  const left = await Promise.all(products.map(makeHole));
  const worker = await fixture.startWorker();
  const incidents = await Promise.all(products.map(untilIncident));
  for (const incident of incidents) {
    expect(incident).toMatchObject({ kind: 'absent-offsets', partition: 0, from: 2n, to: 10n });
    await acceptLoss(incident);
  }
  await eventually(async () => expect(await Promise.all(products.map(countRows))).toEqual(left));
  await worker.stop();
  for (const [index, product] of products.entries()) {
    const batches = await (await product.table()).batches();
    expect(judgeLedger(batches)).toEqual([]);
    expect(batches.flatMap(({ losses }) => losses)).toEqual([
      { incidentId: incidents[index]!.id, partition: 0, from: 2n, to: 10n },
    ]);
    const [report] = await fixture.postgres.mesh.reads.staging.reports([product.pipeline.pipelineId]);
    expect(report?.totals).toMatchObject({ landed: BigInt(left[index]!), acceptedLoss: 8n, absent: 0n });
  }
  const [batch] = await (await open.table()).batches();
  expect(batch?.entries[0]).toMatchObject({ from: 0n, to: 11n, classes: { landed: 3n, acceptedLoss: 8n } });
});
