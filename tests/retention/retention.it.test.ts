import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import type { RetentionStore } from '@headwater/core-retention';
import type { StagedProduct } from '../../apps/staging-worker/src/staging-fixture.test-data.ts';
import {
  createRetentionFixture,
  dayMs,
  hourMs,
  ordersAt,
  type RetentionFixture,
} from './retention-fixture.ts';

let fixture: RetentionFixture;
beforeAll(async () => {
  fixture = await createRetentionFixture(inject('stack'));
});
afterEach(() => fixture.endTest());
afterAll(() => fixture.close());

const longAgo = () => Date.now() - 5 * dayMs;
const ids = (read: readonly { readonly id: number }[]) => read.map(({ id }) => id).sort((a, b) => a - b);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);

/** Produces each group and lets a staging worker land it before the next, so that each has files of its own. */
type Group = ReturnType<typeof ordersAt>;

const land = (product: StagedProduct, ...groups: readonly Group[]): Promise<void> =>
  landBehind(product, 0, ...groups);

/** The same with records that wait in the topic already. */
async function landBehind(
  product: StagedProduct,
  waiting: number,
  ...groups: readonly Group[]
): Promise<void> {
  const worker = await fixture.staging.startWorker();
  let expected = (await rowCount(product)) + waiting;
  for (const group of waiting > 0 ? [[], ...groups] : groups) {
    await product.produce(group);
    expected += group.length;
    await vi.waitFor(async () => expect(await rowCount(product)).toBe(expected), {
      timeout: 30_000,
      interval: 100,
    });
  }
  await worker.stop();
}

async function rowCount(product: StagedProduct): Promise<number> {
  try {
    const [row] = await (await product.table()).select('select count(*) as n from rows');
    return Number(row?.['n'] ?? 0);
  } catch {
    return 0;
  }
}

const tableIds = async (product: StagedProduct) =>
  (await (await product.table()).select('select id from rows order by id')).map((row) => Number(row['id']));

test('[I8][R3] staged records past the cut leave the topic; unstaged ones of the same age never do', async () => {
  const product = await fixture.product({ partitions: 2 });
  await land(product, ordersAt(longAgo(), 1, 100));
  await product.produce(ordersAt(longAgo(), 101, 130));

  await fixture.enforce(product);
  expect(ids(await fixture.readTopic(product))).toEqual(range(101, 130));
  await fixture.enforce(product);
  expect(ids(await fixture.readTopic(product)), 'however often it runs').toEqual(range(101, 130));

  await landBehind(product, 30, ordersAt(Date.now(), 131, 140));
  await fixture.enforce(product);
  expect(ids(await fixture.readTopic(product)), 'staged now: only young records stay').toEqual(
    range(131, 140),
  );
  // Nothing was lost over it: every order reached the table and left it by retention or is there still.
  expect(await tableIds(product)).toEqual(range(131, 140));
});

test('[I8] a paused pipeline guards its records as a running one does', async () => {
  const product = await fixture.product({ partitions: 1 });
  await land(product, ordersAt(longAgo(), 1, 10));
  await product.setDesiredState('paused');
  await product.produce(ordersAt(longAgo(), 11, 20));
  await fixture.enforce(product);
  expect(ids(await fixture.readTopic(product))).toEqual(range(11, 20));
});

test('[I8] a topic that was deleted and made again loses nothing to the positions of the old one', async () => {
  const product = await fixture.product({ partitions: 1 });
  await land(product, ordersAt(longAgo(), 1, 50));
  const { admin } = fixture.staging;
  await admin.deleteTopic(product.pipeline.topic);
  await admin.createTopic({ name: product.pipeline.topic, partitions: 1, replicationFactor: 1, configs: {} });
  await product.produce(ordersAt(longAgo(), 51, 60));
  await fixture.enforce(product);
  expect(ids(await fixture.readTopic(product))).toEqual(range(51, 60));
});

test('[R4][R5][R8] old files leave the table, then the disk; mixed files wait; the ledger equals what is measured', async () => {
  const product = await fixture.product({ partitions: 1 });
  const url = product.pipeline.tableUrl;
  const mixed = [...ordersAt(longAgo(), 21, 25), ...ordersAt(Date.now(), 26, 30)];
  await land(product, ordersAt(longAgo(), 1, 20), mixed, ordersAt(Date.now(), 31, 40));
  const before = await fixture.snapshot(url);

  await fixture.enforce(product);
  expect(await tableIds(product), 'only the file that is wholly old is out').toEqual(range(21, 40));
  const after = await fixture.snapshot(url);
  const removed = [...before.files.entries()].map(([path]) => path).filter((path) => !after.files.has(path));
  expect(removed).toHaveLength(1);
  const onDisk = () => removed.filter((path) => existsSync(fileURLToPath(`${url}/${path}`)));
  expect(onDisk(), 'readers of older versions still find it').toEqual(removed);

  const ledger = await fixture.ledger(product);
  const copy = (kind: string) =>
    ledger.copies.find((each) => each.kind === kind && each.location.includes('orders'));
  const [measured] = await (
    await product.table()
  ).select('select epoch_ms(min(_timestamp)) as oldest from rows');
  expect(copy('table')).toMatchObject({
    oldestMs: Number(measured?.['oldest']),
    keepsPromise: false,
    explanation: expect.stringContaining('until rows are rewritten'),
  });
  expect(copy('removed-files')?.explanation).toContain('1 removed files');
  const inTopic = await fixture.readTopic(product);
  expect(copy('topic')?.oldestMs).toBe(Math.min(...inTopic.map(({ timestampMs }) => timestampMs)));

  fixture.shiftClock(2 * hourMs);
  await fixture.enforce(product);
  expect(onDisk(), 'not before the time that was promised to readers').toEqual(removed);
  fixture.shiftClock(4 * hourMs);
  await fixture.enforce(product);
  expect(onDisk()).toEqual([]);
  expect(await tableIds(product), 'every other row is untouched').toEqual(range(21, 40));
});

test('[R5] the log is trimmed behind a checkpoint and the table stays whole, also for staging', async () => {
  const product = await fixture.product({ partitions: 1 });
  const url = product.pipeline.tableUrl;
  await land(product, ordersAt(Date.now(), 1, 10), ordersAt(Date.now(), 11, 20));
  fixture.shiftClock(hourMs);
  await fixture.enforce(product);
  await land(product, ordersAt(Date.now(), 21, 30));
  const entry = fileURLToPath(`${url}/_delta_log/00000000000000000000.json`);
  expect(existsSync(entry)).toBe(true);
  fixture.shiftClock(4 * hourMs);
  await fixture.enforce(product);
  expect(existsSync(entry)).toBe(false);
  expect(await tableIds(product)).toEqual(range(1, 30));
  await land(product, ordersAt(Date.now(), 31, 35));
  expect(await tableIds(product)).toEqual(range(1, 35));
});

test('[R4] quarantined records keep the same promise as landed ones', async () => {
  const product = await fixture.product({ partitions: 1 });
  const broken = { key: 'k', value: '{"id":', timestampMs: longAgo() };
  await product.produce([broken]);
  await land(product, ordersAt(Date.now(), 1, 5));
  const count = async () =>
    Number((await (await product.quarantine()).select('select count(*) as n from rows'))[0]?.['n'] ?? 0);
  await vi.waitFor(async () => expect(await count()).toBe(1), { timeout: 30_000, interval: 100 });
  await fixture.enforce(product);
  expect(await count()).toBe(0);
});

/** Fails as a killed process would: the effect happened, its record did not. */
class Killed extends Error {}

test('[R9] a run that is killed behind any of its actions goes on and ends like one that was not', async () => {
  for (let killedAfter = 0; killedAfter < 4; killedAfter += 1) {
    const product = await fixture.product({ partitions: 1 });
    await land(product, ordersAt(longAgo(), 1, 10), ordersAt(Date.now(), 11, 20));
    let recorded = 0;
    const mortal: RetentionStore = {
      ...fixture.world.store,
      recordAction(runId, results) {
        recorded += 1;
        return recorded > killedAfter
          ? Promise.reject(new Killed('kill -9'))
          : fixture.world.store.recordAction(runId, results);
      },
    };
    await expect(fixture.enforce(product, { store: mortal })).rejects.toThrow(Killed);
    const stopped = await fixture.world.store.latestPlan(product.productId);
    expect(stopped?.state).toBe('applying');
    await fixture.enforce(product);
    const ended = await fixture.world.store.latestPlan(product.productId);
    expect(ended).toMatchObject({ id: stopped?.id, state: 'applied' });
    expect(ids(await fixture.readTopic(product))).toEqual(range(11, 20));
    expect(await tableIds(product)).toEqual(range(11, 20));
  }
});

async function preview(product: StagedProduct) {
  await fixture.run({ name: 'plan-retention', payload: { productId: product.productId } });
  const stored = await fixture.world.store.latestPlan(product.productId);
  if (stored === undefined) throw new Error('no preview was stored');
  return stored;
}

const apply = (product: StagedProduct, planId: string) =>
  fixture.run({ name: 'apply-retention', payload: { productId: product.productId, planId } });

test('[R10] a preview removes nothing; applied, it removes exactly what it showed', async () => {
  const product = await fixture.product({ partitions: 1 });
  await land(product, ordersAt(longAgo(), 1, 10), ordersAt(Date.now(), 11, 20));
  const shown = await preview(product);
  expect(await tableIds(product)).toEqual(range(1, 20));
  expect(shown.plan.actions).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ action: 'delete-records', records: '10' }),
      expect.objectContaining({ action: 'remove-files', records: '10' }),
    ]),
  );
  await land(product, ordersAt(longAgo(), 21, 30));
  await apply(product, shown.id);
  expect(await tableIds(product), 'what became due afterwards waits for its own plan').toEqual(range(11, 30));
  await apply(product, shown.id);
  const [stored] = await fixture.world.store.planByIds([shown.id]);
  expect(stored?.state).toBe('applied');
});

test('[R10] a plan is refused when its topic was made again, and nothing of it is done', async () => {
  const product = await fixture.product({ partitions: 1 });
  await land(product, ordersAt(longAgo(), 1, 10));
  const shown = await preview(product);
  const { admin } = fixture.staging;
  await admin.deleteTopic(product.pipeline.topic);
  await admin.createTopic({ name: product.pipeline.topic, partitions: 1, replicationFactor: 1, configs: {} });
  await expect(apply(product, shown.id)).rejects.toMatchObject({ code: 'HW_RETENTION_REFUSED' });
  const [stored] = await fixture.world.store.planByIds([shown.id]);
  expect(stored?.state).toBe('refused');
  expect(await tableIds(product)).toEqual(range(1, 10));
});

test('[R6] a legal hold that is placed after the preview stops it', async () => {
  const product = await fixture.product({ partitions: 1 });
  await land(product, ordersAt(longAgo(), 1, 10));
  const shown = await preview(product);
  const hold = { id: '00000000-0000-4000-8000-00000000000d', matter: 'case 7' };
  const target: RetentionStore['target'] = async (productId) => {
    const found = await fixture.world.store.target(productId);
    return found === undefined ? undefined : { ...found, holds: [hold] };
  };
  const held = { ...fixture.world.store, target };
  const job = {
    name: 'apply-retention',
    payload: { productId: product.productId, planId: shown.id },
  } as const;
  await expect(fixture.run(job, { store: held })).rejects.toMatchObject({ code: 'HW_RETENTION_REFUSED' });
  await fixture.enforce(product, { store: held });
  expect(ids(await fixture.readTopic(product))).toEqual(range(1, 10));
  expect(await tableIds(product)).toEqual(range(1, 10));
  await fixture.enforce(product);
  expect(await tableIds(product), 'released, it is due again').toEqual([]);
});

test('[R7] a round beyond the blast radius is shown and waits for a person', async () => {
  const product = await fixture.product({ partitions: 1 });
  await land(product, ordersAt(longAgo(), 1, 10));
  const limits = { ...fixture.world.limits, recordsMax: 5n };
  await fixture.enforce(product, { limits });
  expect(await tableIds(product)).toEqual(range(1, 10));
  const waiting = await fixture.world.store.latestPlan(product.productId);
  expect(waiting).toMatchObject({ state: 'previewed', waitsBecause: expect.stringContaining('10 records') });
  await apply(product, waiting?.id ?? '');
  expect(await tableIds(product)).toEqual([]);
});

test('a product that is not there is an error that says so', async () => {
  const productId = '00000000-0000-4000-8000-0000000000ff';
  await expect(fixture.run({ name: 'plan-retention', payload: { productId } })).rejects.toMatchObject({
    code: 'HW_RETENTION_PRODUCT_UNKNOWN',
  });
});
