import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import {
  createStagingFixture,
  judgeLedger,
  order,
  type StagingFixture,
} from './staging-fixture.test-data.ts';

let fixture: StagingFixture;
beforeAll(async () => {
  fixture = await createStagingFixture(inject('stack'));
});
afterEach(() => fixture.endTest());
afterAll(() => fixture.close());

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 100 });

test('records land exactly, with their coordinates; broken ones go to quarantine with reason and bytes', async () => {
  const product = await fixture.product();
  await product.produce([
    order(1),
    order(9_007_199_254_740_993n, { amount: 12345678.99 }),
    { key: 'k', value: '{"id":', headers: { trace: 'abc' } },
    order(3, { amount: 1.005 }),
    { key: 'gone', value: null },
    order(4, { name: null, amount: null }),
  ]);
  const worker = await fixture.startWorker();
  await eventually(async () => {
    expect(await (await product.table()).select('select count(*) as n from rows')).toEqual([{ n: '3' }]);
  });
  await worker.stop();
  const rows = await (
    await product.table()
  ).select(
    'select id, name, amount, "at", _topic, _partition >= 0 as p, _offset >= 0 as o, _timestamp is not null as t, length(_batch) as b from rows order by id',
  );
  const common = {
    at: '2026-11-21 09:00:00.123456+00',
    _topic: product.pipeline.topic,
    p: true,
    o: true,
    t: true,
    b: '36',
  };
  expect(rows).toEqual([
    { ...common, id: '1', name: 'order 1', amount: '1.50' },
    { ...common, id: '4', name: null, amount: null },
    { ...common, id: '9007199254740993', name: 'order 9007199254740993', amount: '12345678.99' },
  ]);
  const refused = await (
    await product.quarantine()
  ).select(
    'select decode("key") as k, decode("value") as v, headers, stage, reason, path, topic, contract_version as c from rows order by k',
  );
  const where = { topic: product.pipeline.topic, c: '1.0.0' };
  expect(refused).toEqual([
    {
      ...where,
      k: '3',
      v: expect.stringContaining('1.005'),
      headers: [],
      stage: 'map',
      reason: 'not-exact',
      path: 'amount',
    },
    {
      ...where,
      k: 'k',
      v: '{"id":',
      headers: [{ key: 'trace', value: 'abc' }],
      stage: 'decode',
      reason: 'invalid-json',
      path: '',
    },
  ]);
});

test('[S10] the ledger balances per batch and partition, in the log and in Postgres', async () => {
  const product = await fixture.product({ partitions: 3 });
  const worker = await fixture.startWorker();
  for (let round = 0; round < 4; round++) {
    await product.produce([
      ...Array.from({ length: 50 }, (_, index) => order(round * 100 + index)),
      { key: 'x', value: 'not json' },
      { key: 'y', value: null },
    ]);
  }
  await eventually(async () => {
    expect(await (await product.table()).select('select count(*) as n from rows')).toEqual([{ n: '200' }]);
  });
  await worker.stop();
  const batches = await (await product.table()).batches();
  expect(judgeLedger(batches)).toEqual([]);
  const { pipelineId } = product.pipeline;
  const [report] = await fixture.postgres.mesh.reads.staging.reports([pipelineId]);
  expect(report?.totals).toMatchObject({ landed: 200n, quarantined: 4n, tombstones: 4n, absent: 0n });
  expect(await fixture.postgres.staging.mirroredThrough({ pipelineId, lane: 0 })).toBe(batches.length - 1);
  const [group] = await fixture.postgres.mesh.reads.staging.quarantineGroups([pipelineId], 10);
  expect(group).toMatchObject({ reason: 'invalid-json', records: 4n });
});

test('[S5] group offsets follow the table, for lag tools', async () => {
  const product = await fixture.product({ partitions: 1 });
  await product.produce([order(1), order(2)]);
  const worker = await fixture.startWorker();
  const group = `headwater.${product.pipeline.pipelineId}`;
  await eventually(async () => {
    const offsets = await fixture.admin.readGroupOffsets(group);
    expect(offsets.get(product.pipeline.topic)).toEqual(new Map([[0, 2n]]));
  });
  await worker.stop();
});
