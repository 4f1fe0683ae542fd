import { column } from '@headwater/testkit';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { formatLogEntry, logEntryPath } from '@headwater/core-delta';
import {
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

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 100 });
const orders = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => order(from + index));
const countRows = async (product: StagedProduct) =>
  Number((await (await product.table()).select('select count(*) as n from rows'))[0]?.['n'] ?? 0);
const stateOf = async (product: StagedProduct) =>
  (await fixture.postgres.mesh.reads.staging.reports([product.pipeline.pipelineId]))[0]?.lanes[0]?.status
    ?.state;

test('a pause lands what is buffered and nothing after it; a resume goes on', async () => {
  const product = await fixture.product();
  await product.produce(orders(0, 5));
  const worker = await fixture.startWorker();
  await eventually(async () => expect(await countRows(product)).toBe(5));
  await product.setDesiredState('paused');
  await eventually(async () => expect(await stateOf(product)).toBe('paused'));
  await product.produce(orders(5, 5));
  const { version } = (await product.table()).snapshot;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect((await product.table()).snapshot.version).toBe(version);
  await product.setDesiredState('running');
  await eventually(async () => expect(await countRows(product)).toBe(10));
  await worker.stop();
  expect(judgeLedger(await (await product.table()).batches())).toEqual([]);
});

test('[S8] partitions a topic grows by are read from their first record on', async () => {
  const product = await fixture.product({ partitions: 1 });
  const worker = await fixture.startWorker();
  await product.produce(orders(0, 5));
  await eventually(async () => expect(await countRows(product)).toBe(5));
  await fixture.admin.createPartitions(product.pipeline.topic, 4);
  await product.produce([0, 1, 2, 3].map((partition) => ({ ...order(10 + partition), partition })));
  await eventually(async () => expect(await countRows(product)).toBe(9));
  await worker.stop();
  const rows = await (await product.table()).select('select distinct _partition from rows order by 1');
  expect(rows).toHaveLength(4);
});

test('a contract that adds a column changes the table in the commit of the first rows with it', async () => {
  const product = await fixture.product();
  const worker = await fixture.startWorker();
  await product.produce(orders(0, 3));
  await eventually(async () => expect(await countRows(product)).toBe(3));
  const contract = {
    ...orderContract,
    contractVersion: '1.1.0',
    columns: [...orderContract.columns, column('coupon', { kind: 'string' })],
  };
  await product.change({ contract, transformHash: 'hash-1.1.0' });
  await eventually(async () => {
    const id = Date.now();
    await product.produce([order(id, { coupon: 'TEN' })]);
    const rows = await (await product.table()).select('select * from rows');
    expect(rows.some((row) => row['coupon'] === 'TEN')).toBe(true);
  });
  await worker.stop();
  const { snapshot } = await product.table();
  expect(snapshot.schema.fields.at(-1)).toMatchObject({ name: 'coupon', type: 'string', nullable: true });
});

test('rows go to the files of their partition values, derived dates too', async () => {
  const contract = {
    ...orderContract,
    partitionColumns: [
      { name: 'day', from: 'date' as const, column: 'at' },
      { name: 'name', from: 'column' as const, column: 'name' },
    ],
  };
  const product = await fixture.product({ contract });
  await product.produce([
    order(1, { name: 'a', at: '2026-01-31T23:59:59.999999Z' }),
    order(2, { name: 'a', at: '2026-01-31T23:30:00-01:00' }),
    order(3, { name: 'b/=% ü', at: '2026-02-01T00:00:00Z' }),
    order(4, { name: null, at: null }),
    order(5, { name: '' }),
  ]);
  const worker = await fixture.startWorker();
  await eventually(async () => expect(await countRows(product)).toBe(4));
  await worker.stop();
  const { snapshot } = await product.table();
  const values = [...snapshot.files.values()].map(({ partitionValues }) => partitionValues);
  const text = (value: object) => JSON.stringify(value);
  expect(new Set(values.map(text))).toEqual(
    new Set([
      text({ day: '2026-01-31', name: 'a' }),
      text({ day: '2026-02-01', name: 'a' }),
      text({ day: '2026-02-01', name: 'b/=% ü' }),
      text({ day: null, name: null }),
    ]),
  );
  expect(await (await product.quarantine()).select('select reason, path from rows')).toEqual([
    { reason: 'partition-value', path: 'name' },
  ]);
});

test('[S12] a stop lands what was buffered and gives the lane back at once', async () => {
  const product = await fixture.product({ flushIntervalMs: 60_000 });
  const worker = await fixture.startWorker();
  await product.produce(orders(0, 5));
  await eventually(async () => {
    const [report] = await fixture.postgres.mesh.reads.staging.reports([product.pipeline.pipelineId]);
    expect(report?.lanes[0]?.status?.partitions.some(({ lagSeconds }) => (lagSeconds ?? 0) > 0)).toBe(true);
  });
  expect(await countRows(product)).toBe(0);
  await worker.stop();
  expect(await countRows(product)).toBe(5);
  const unleased = await fixture.postgres.laneLeases.unleased('a', 100);
  expect(unleased.map(({ pipelineId }) => pipelineId)).toContain(product.pipeline.pipelineId);
});

test('[S9] a table that may forget its txns is refused with an incident, and nothing is written to it', async () => {
  const product = await fixture.product();
  await product.produce(orders(0, 5));
  const first = await fixture.startWorker();
  await eventually(async () => expect(await countRows(product)).toBe(5));
  await first.stop();
  const { io, snapshot } = await product.table();
  const configuration = { 'delta.setTransactionRetentionDuration': 'interval 7 days' };
  await io.store.putIfAbsent(
    logEntryPath(snapshot.version + 1n),
    formatLogEntry([{ metaData: { ...snapshot.metaData, configuration } }]),
  );
  const { version } = (await product.table()).snapshot;
  const worker = await fixture.startWorker();
  await eventually(async () => {
    const open = await fixture.postgres.mesh.reads.incidents.openByPipelineIds([product.pipeline.pipelineId]);
    expect(open).toMatchObject([{ kind: 'table-refused' }]);
  });
  await worker.stop();
  expect((await product.table()).snapshot.version).toBe(version);
});
