import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import type { RecordSetEngine } from '@headwater/core-staging';
import {
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
  Array.from({ length: count }, (_, index) => order(from + index));
const countRows = async (product: StagedProduct) =>
  Number((await (await product.table()).select('select count(*) as n from rows'))[0]?.['n'] ?? 0);

test('[S12] an engine thread that dies with a batch costs that attempt, and the lane goes on with a fresh one', async () => {
  const product = await fixture.product();
  await product.produce(orders(0, 50));
  let deaths = 0;
  const dying = (engine: RecordSetEngine): RecordSetEngine => ({
    ...engine,
    async beginBatch(input) {
      const batch = await engine.beginBatch(input);
      return {
        ...batch,
        land(scratchFolder) {
          const landing = batch.land(scratchFolder);
          if (deaths++ === 0) void engine.close();
          return landing;
        },
      };
    },
  });
  const worker = await fixture.startWorker({ wrap: (world) => ({ ...world, engine: dying(world.engine) }) });
  await eventually(async () => expect(await countRows(product)).toBe(50));
  await worker.stop();
  expect(deaths).toBeGreaterThan(1);
  expect(judgeLedger(await (await product.table()).batches())).toEqual([]);
});

test('[S1] lanes are spread evenly over workers, the fewest move, and those of a dead worker are taken over', async () => {
  const products: StagedProduct[] = [];
  for (let index = 0; index < 6; index++) products.push(await fixture.product({ partitions: 1 }));
  const ids = products.map(({ pipeline }) => pipeline.pipelineId);
  const lanes = async () =>
    (await fixture.postgres.mesh.reads.staging.reports(ids)).map(({ lanes: [lane] }) => lane!);
  const spread = async () => {
    const held = new Map<string, number>();
    for (const { owner } of await lanes()) held.set(owner ?? '', (held.get(owner ?? '') ?? 0) + 1);
    return Object.fromEntries([...held].sort());
  };
  const cut = new Set<string>();
  const start = (name: string) =>
    fixture.startWorker({
      environment: { STAGING_LEASE: '4s', HEADWATER_WORKER_NAME: name },
      wrap: (world) => {
        const unlessCut =
          <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
          (...args: A): Promise<T> =>
            cut.has(name) ? Promise.reject(new Error('connection reset')) : call(...args);
        const { leases, roster } = world;
        return {
          ...world,
          leases: {
            ...leases,
            claim: unlessCut(leases.claim),
            renew: unlessCut(leases.renew),
            release: unlessCut(leases.release),
          },
          roster: { ...roster, report: unlessCut(roster.report) },
        };
      },
    });
  const produceAll = async (from: number) => {
    for (const product of products) await product.produce(orders(from, 5));
  };
  await start('a');
  await eventually(async () => expect(await spread()).toEqual({ a: 6 }));
  await produceAll(0);
  await start('b');
  await eventually(async () => expect(await spread()).toEqual({ a: 3, b: 3 }));
  await produceAll(5);
  await start('c');
  await eventually(async () => expect(await spread()).toEqual({ a: 2, b: 2, c: 2 }));
  await produceAll(10);
  cut.add('c');
  await eventually(async () => expect(await spread()).toEqual({ a: 3, b: 3 }));
  await eventually(async () => {
    for (const product of products) expect(await countRows(product)).toBe(15);
  });
  // Every claim raises a fence by one: 6 first ones, then 3, 2 and 2 that moved.
  const claims = (await lanes()).reduce((sum, { fence }) => sum + Number(fence ?? 0n), 0);
  expect(claims).toBe(6 + 3 + 2 + 2);
  for (const product of products) expect(judgeLedger(await (await product.table()).batches())).toEqual([]);
});
