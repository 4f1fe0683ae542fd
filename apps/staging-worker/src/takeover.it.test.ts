import { column } from '@headwater/testkit';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { openIntent } from '@headwater/core-staging';
import {
  atFaultPoint,
  createStagingFixture,
  judgeLedger,
  order,
  orderContract,
  type StagedProduct,
  type StagingFixture,
} from './staging-fixture.test-data.ts';

let fixture: StagingFixture;
beforeAll(async () => {
  fixture = await createStagingFixture(inject('stack'));
});
afterEach(() => fixture.endTest());
afterAll(() => fixture.close());

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 50 });
const ids = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const orders = (from: number, count: number) => ids(from, count).map((id) => order(id));

async function landedIds(product: StagedProduct): Promise<number[]> {
  const rows = await (await product.table()).select('select id from rows order by id');
  return rows.map(({ id }) => Number(id));
}
const untilLanded = (product: StagedProduct, count: number) =>
  eventually(async () => expect(await landedIds(product)).toHaveLength(count));

/** A lane that dies at the fault point, once; the point is the first passing from then on. */
async function dieAt(point: Parameters<typeof atFaultPoint>[0]): Promise<() => boolean> {
  let hasDied = false;
  atFaultPoint(point, (passed) => {
    if (passed !== 1) return;
    hasDied = true;
    throw new Error('the process died here');
  });
  return () => hasDied;
}

test('[S5] a restart goes on where the table ends, whatever the group offsets say', async () => {
  const product = await fixture.product({ partitions: 1 });
  await product.produce(orders(0, 10));
  const first = await fixture.startWorker();
  await untilLanded(product, 10);
  await first.stop();
  const group = `headwater.${product.pipeline.pipelineId}`;
  for (const [lie, from] of [
    [0n, 10],
    [3n, 15],
  ] as const) {
    await fixture.admin.commitGroupOffsets(group, product.pipeline.topic, new Map([[0, lie]]));
    await product.produce(orders(from, 5));
    const worker = await fixture.startWorker();
    await untilLanded(product, from + 5);
    await worker.stop();
  }
  expect(await landedIds(product)).toEqual(ids(0, 20));
  expect(judgeLedger(await (await product.table()).batches())).toEqual([]);
});

test('[S2] an open intent is adopted: same batch, same range, same contract, though both have moved on', async () => {
  const product = await fixture.product({ partitions: 1 });
  await product.produce([...orders(0, 4), { key: 'x', value: '{"id":4,"vip":true}' }]);
  const hasDied = await dieAt('intent.after');
  const first = await fixture.startWorker();
  await eventually(async () => expect(hasDied()).toBe(true));
  await first.stop();
  const lane = { pipelineId: product.pipeline.pipelineId, lane: 0 };
  const before = await product.table();
  const intent = await openIntent(before.io.store, lane, 0);
  expect(intent?.ranges).toMatchObject([{ partition: 0, from: 0n, to: 5n }]);
  expect(await before.batches()).toEqual([]);

  await product.produce(orders(10, 3));
  const contract = {
    ...orderContract,
    contractVersion: '1.1.0',
    columns: [...orderContract.columns, column('vip', { kind: 'boolean' })],
  };
  await product.change({ contract, transformHash: 'hash-1.1.0' });
  const second = await fixture.startWorker();
  await untilLanded(product, 8);
  await second.stop();
  const after = await product.table();
  const [batch, next] = await after.batches();
  expect(batch).toMatchObject({ batchId: intent?.batchId, contractVersion: '1.0.0', batchSeq: 0 });
  expect(batch?.entries).toMatchObject([{ from: 0n, to: 5n }]);
  expect(next).toMatchObject({ contractVersion: '1.1.0', batchSeq: 1 });
  const ingested = await after.select(
    'select distinct _batch, epoch_us(_ingested_at)::varchar as us from rows where id < 5',
  );
  expect(ingested).toEqual([{ _batch: intent?.batchId, us: String(intent?.ingestedAtUs) }]);
  expect(judgeLedger(await after.batches())).toEqual([]);
});

test('[S4] a death between the quarantine and the primary commit lands each record once, on one side', async () => {
  const product = await fixture.product({ partitions: 2 });
  await product.produce([...orders(0, 20), ...ids(0, 5).map((i) => ({ key: `bad${i}`, value: 'no json' }))]);
  const hasDied = await dieAt('primary-commit.before');
  const first = await fixture.startWorker();
  await eventually(async () => expect(hasDied()).toBe(true));
  await first.stop();
  const held = await (await product.quarantine()).select('select count(*) as n from rows');
  await product.produce(orders(20, 5));
  const second = await fixture.startWorker();
  await untilLanded(product, 25);
  await second.stop();
  expect(held).not.toEqual([]);
  const quarantined = await (
    await product.quarantine()
  ).select('select count(*) as n, count(distinct ("partition", "offset")) as d from rows');
  expect(quarantined).toEqual([{ n: '5', d: '5' }]);
  expect(await landedIds(product)).toEqual(ids(0, 25));
  expect(judgeLedger(await (await product.table()).batches())).toEqual([]);
});

test.each([
  'fence.after',
  'poll.after',
  'intent.before',
  'land.after',
  'publish.primary',
  'primary-commit.sent',
  'primary-commit.answered',
  'mirror.before',
  'group-offsets.before',
  'prune.before',
] as const)('[S12] a death at %s loses nothing and lands nothing twice', async (point) => {
  const product = await fixture.product({ partitions: 1 });
  await product.produce([...orders(0, 8), { key: 'bad', value: '[]' }]);
  const hasDied = await dieAt(point);
  const worker = await fixture.startWorker();
  await eventually(async () => expect(hasDied()).toBe(true));
  await product.produce(orders(8, 2));
  await untilLanded(product, 10);
  await worker.stop();
  expect(await landedIds(product)).toEqual(ids(0, 10));
  const table = await product.table();
  const batches = await table.batches();
  expect(judgeLedger(batches)).toEqual([]);
  const { pipelineId } = product.pipeline;
  expect(await fixture.postgres.staging.mirroredThrough({ pipelineId, lane: 0 })).toBe(batches.length - 1);
  const [report] = await fixture.postgres.mesh.reads.staging.reports([pipelineId]);
  expect(report?.totals).toMatchObject({ landed: 10n, quarantined: 1n });
});

test('[S7][I6] an owner that slept through its lease commits nothing after its successor’s fence', async () => {
  const product = await fixture.product({ partitions: 1 });
  await product.produce([...orders(0, 8), { key: 'bad', value: '[]' }]);
  const awake = Promise.withResolvers<void>();
  let isAsleep = false;
  atFaultPoint('primary-commit.sent', async (passed) => {
    if (passed !== 1) return;
    isAsleep = true;
    await awake.promise;
  });
  const zombie = await fixture.startWorker();
  await eventually(async () => expect(isAsleep).toBe(true));
  const zombieStops = zombie.worker.stop();
  await fixture.expireLeases();
  const successor = await fixture.startWorker();
  await untilLanded(product, 8);
  const { version } = (await product.table()).snapshot;
  awake.resolve();
  await zombieStops;
  await zombie.stop();
  await product.produce(orders(8, 2));
  await untilLanded(product, 10);
  await successor.stop();
  const table = await product.table();
  const batches = await table.batches();
  expect(batches.map(({ fence }) => fence)).toEqual(batches.map(() => 2n));
  expect(version).toBeGreaterThan(0n);
  expect(await landedIds(product)).toEqual(ids(0, 10));
  expect(judgeLedger(batches)).toEqual([]);
  expect(await (await product.quarantine()).select('select count(*) as n from rows')).toEqual([{ n: '1' }]);
});

test('[S7] the planted bug that ignores foreign txns is a double landing this suite can see', async () => {
  const product = await fixture.product({ partitions: 1 });
  await product.produce(orders(0, 8));
  const awake = Promise.withResolvers<void>();
  let isAsleep = false;
  atFaultPoint(
    'primary-commit.sent',
    async (passed) => {
      if (passed !== 1) return;
      isAsleep = true;
      await awake.promise;
    },
    ['ignore-foreign-txn'],
  );
  const zombie = await fixture.startWorker();
  await eventually(async () => expect(isAsleep).toBe(true));
  const zombieStops = zombie.worker.stop();
  await fixture.expireLeases();
  const successor = await fixture.startWorker();
  await untilLanded(product, 8);
  awake.resolve();
  await zombieStops;
  await zombie.stop();
  await successor.stop();
  expect(await landedIds(product)).toHaveLength(16);
});
