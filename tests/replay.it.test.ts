import { column } from '@headwater/testkit';
import { operationalError } from '@headwater/kernel';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import {
  order,
  orderContract,
  type StagedProduct,
} from '../apps/staging-worker/src/staging-fixture.test-data.ts';
import { createOperatingWorld, type OperatingWorld } from './operating-world.ts';

let world: OperatingWorld;
beforeAll(async () => {
  world = await createOperatingWorld(inject('stack'));
});
afterEach(() => world.endTest());
afterAll(() => world.close());

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 100 });

/** A name is demanded; the mended contract lets it be absent. */
const strict = {
  ...orderContract,
  columns: orderContract.columns.map((each) =>
    each.name === 'name' ? column('name', { kind: 'string' }, { required: true }) : each,
  ),
};
const mended = { contract: { ...orderContract, contractVersion: '1.0.1' }, transformHash: 'hash-1.0.1' };
const nameOf = ({ pipeline }: StagedProduct) => pipeline.productName;
const coordinatesOf = async (product: StagedProduct) =>
  (await (await product.table()).select('select _partition as p, _offset as o from rows order by all')).map(
    ({ p, o }) => `${String(p)}:${String(o)}`,
  );
const countQuarantined = async (product: StagedProduct) =>
  Number((await (await product.quarantine()).select('select count(*) as n from rows'))[0]?.['n'] ?? 0);

/** 20 good records and 12 without a name, staged: the 12 are in quarantine. */
async function stagedProduct() {
  const product = await world.staging.product({ contract: strict });
  await product.produce([
    ...Array.from({ length: 20 }, (_, id) => order(id)),
    ...Array.from({ length: 12 }, (_, index) => order(100 + index, { name: null })),
  ]);
  const worker = await world.staging.startWorker();
  await eventually(async () => expect(await coordinatesOf(product)).toHaveLength(20));
  await eventually(async () => expect(await countQuarantined(product)).toBe(12));
  return { product, worker };
}

const totalsOf = async ({ pipeline }: StagedProduct) =>
  (await world.services.database.reads.staging.reports([pipeline.pipelineId]))[0]?.totals;

async function expectAllOnce(product: StagedProduct): Promise<void> {
  const rows = await coordinatesOf(product);
  expect(rows).toHaveLength(32);
  expect(new Set(rows).size).toBe(32);
  expect(await countQuarantined(product)).toBe(0);
  expect(await totalsOf(product)).toMatchObject({ landed: 32n, quarantined: 0n });
}

test('a replay is shown first, lands what the mended contract accepts, and moves the ledger; repeated it has nothing to do', async () => {
  const { product, worker } = await stagedProduct();
  await world.carryOut(worker);
  const replay = ['quarantine', 'replay', nameOf(product)];
  await expect(world.headwater(replay)).rejects.toMatchObject({ code: 'HW_REPLAY_NOTHING' });
  await product.change(mended);
  const { version } = (await product.table()).snapshot;
  const shown = await world.headwater([...replay, '--group', 'required', '--dry-run'], 'ko');
  expect(shown).toContain('레코드 12건');
  expect((await product.table()).snapshot.version - version).toBeLessThanOrEqual(1n);
  expect(await countQuarantined(product)).toBe(12);
  expect(await world.headwater([...replay, '--limit', '5'])).toContain('5 records landed');
  expect(await totalsOf(product)).toMatchObject({ landed: 25n, quarantined: 7n });
  expect(await world.headwater(replay)).toContain('7 records landed');
  await expectAllOnce(product);
  await expect(world.headwater(replay)).rejects.toMatchObject({ code: 'HW_REPLAY_NOTHING' });
  expect(await world.headwater(['pipeline', 'plans', nameOf(product)])).toMatch(/replay +applied +7 +7/);
  const groups = await world.services.database.reads.staging.quarantineGroups(
    [product.pipeline.pipelineId],
    9,
  );
  expect(groups).toMatchObject([{ reason: 'required', records: 0n }]);
});

test('a replay that dies between landing and leaving quarantine is gone on with, and lands nothing twice', async () => {
  const { product, worker } = await stagedProduct();
  await product.change(mended);
  let deaths = 0;
  const outage = operationalError({ code: 'HW_TEST_DEATH', message: 'gone', fix: '', canRetry: true });
  await world.carryOut(worker, (operating) => ({
    ...operating,
    rows: {
      ...operating.rows,
      without: (table, coordinates) => {
        if (deaths++ === 0) throw outage;
        return operating.rows.without(table, coordinates);
      },
    },
    operating: {
      ...operating.operating,
      mirrorTransfers: async (transfers) => {
        if (transfers.length > 0 && deaths++ === 2) throw outage;
        await operating.operating.mirrorTransfers(transfers);
      },
    },
  }));
  await world.headwater(['quarantine', 'replay', nameOf(product)]);
  expect(deaths).toBeGreaterThanOrEqual(2);
  await expectAllOnce(product);
});

test('a plan whose contract or records have changed meanwhile is refused, and changes nothing', async () => {
  const { product, worker } = await stagedProduct();
  await product.change(mended);
  await world.carryOut(worker);
  const plan = JSON.parse(
    await world.headwater(['quarantine', 'replay', nameOf(product), '--dry-run', '-o', 'json']),
  ) as { hash: string };
  await product.change({
    contract: { ...orderContract, contractVersion: '1.0.2' },
    transformHash: 'hash-1.0.2',
  });
  const { result } = await world.ask<{ result: { operation: { id: string } } }>(
    'mutation ($input: ApplyOperatingPlanInput!) { result: applyOperatingPlan(input: $input) { operation { id } userErrors { code } } }',
    { input: { product: nameOf(product), planHash: plan.hash } },
  );
  await eventually(async () => {
    const { operation } = await world.ask<{ operation: { status: string; error: { code: string } | null } }>(
      'query ($id: ID!) { operation(id: $id) { status error { code } } }',
      { id: result.operation.id },
    );
    expect(operation).toMatchObject({ status: 'FAILED', error: { code: 'HW_OPERATING_WORLD_MOVED' } });
  });
  expect(await countQuarantined(product)).toBe(12);
  expect(await coordinatesOf(product)).toHaveLength(20);
});
