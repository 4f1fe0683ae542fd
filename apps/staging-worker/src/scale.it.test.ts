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
