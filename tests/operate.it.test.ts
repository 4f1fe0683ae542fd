import type { FinishedTrace, Traces } from '@headwater/platform-observability';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { order, type StagedProduct } from '../apps/staging-worker/src/staging-fixture.test-data.ts';
import { createOperatingWorld, type OperatingWorld } from './operating-world.ts';

const recorded: FinishedTrace[] = [];
const traces: Traces = {
  isOn: true,
  record: (finished) => void recorded.push(finished),
  close: () => Promise.resolve(),
};
let world: OperatingWorld;
beforeAll(async () => {
  world = await createOperatingWorld(inject('stack'), traces);
});
afterEach(() => world.endTest());
afterAll(() => world.close());

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 100 });
const orders = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => order(from + index));
const brokenOrders = (count: number) =>
  Array.from({ length: count }, (_, index) => order(index, { at: 'soon' }));
const countRows = async (product: StagedProduct) =>
  Number((await (await product.table()).select('select count(*) as n from rows'))[0]?.['n'] ?? 0);
const nameOf = ({ pipeline }: StagedProduct) => pipeline.productName;
const auditOf = async (subject: string) =>
  (
    await world.services.database.reads.audit.list({ direction: 'forward', limit: 50 }, { subject })
  ).items.map(({ item }) => item);

test('a drain lands everything up to the high watermark of its moment and nothing after it, then pauses', async () => {
  const product = await world.staging.product({ flushIntervalMs: 1_000 });
  await product.produce(orders(0, 40));
  await world.staging.startWorker();
  const said = await world.headwater(['pipeline', 'drain', nameOf(product), '--reason', 'upgrade']);
  expect(said).toContain(`${nameOf(product)} is drained and paused.`);
  expect(await countRows(product)).toBe(40);
  const drained = await world.services.database.reads.pipelines.byIds([product.pipeline.pipelineId]);
  expect(drained[0]?.spec).toMatchObject({ desiredState: 'paused' });
  expect(drained[0]?.spec.drainTo).toBeUndefined();
  await product.produce(orders(40, 5));
  await world.headwater(['pipeline', 'resume', nameOf(product)]);
  await eventually(async () => expect(await countRows(product)).toBe(45));
  expect((await auditOf(nameOf(product))).map(({ event }) => event)).toEqual(
    expect.arrayContaining(['pipeline.drain-begun', 'pipeline.drained', 'pipeline.resumed']),
  );
});

test('a paused pipeline cannot be drained: the refusal names the fix', async () => {
  const product = await world.staging.product();
  await world.headwater(['pipeline', 'pause', nameOf(product), '--reason', 'test']);
  await expect(
    world.headwater(['pipeline', 'drain', nameOf(product), '--reason', 'test']),
  ).rejects.toMatchObject({ code: 'HW_PIPELINE_NOT_RUNNING', fix: 'Resume it first.' });
});

test('too many refused records stop the lane with their reasons; a person closes the incident', async () => {
  const product = await world.staging.product();
  const policy = ['--share', '0.2', '--window', '20', '--action', 'pause'];
  expect(await world.headwater(['pipeline', 'poison', nameOf(product), ...policy], 'ko')).toContain('20%');
  await product.produce([...orders(0, 10), ...brokenOrders(30)]);
  const worker = await world.staging.startWorker();
  const incidents = () =>
    world.services.database.reads.incidents.openByPipelineIds([product.pipeline.pipelineId]);
  await eventually(async () => expect(await incidents()).toMatchObject([{ kind: 'poison' }]));
  await eventually(async () => {
    const [report] = await world.services.database.reads.staging.reports([product.pipeline.pipelineId]);
    expect(report?.lanes[0]?.status?.state).toBe('stopped-by-incident');
  });
  const [{ id }] = JSON.parse(
    await world.headwater(['incidents', 'list', '--product', nameOf(product), '-o', 'json']),
  ) as [{ id: string }];
  const shown = await world.headwater(['incidents', 'show', id]);
  expect(shown).toContain('the threshold is 20 %');
  expect(shown).toMatch(/\d+ {2}map timestamp at/);
  expect(shown).not.toContain('soon');
  await world.headwater(['incidents', 'resolve', id, '--reason', 'mended']);
  expect(await world.headwater(['incidents', 'show', id])).toContain('closed by: ada');
  expect(await auditOf(product.pipeline.pipelineId)).toMatchObject([
    { event: 'incident.resolved', actor: 'ada', facts: { reason: 'mended' } },
  ]);
  await worker.stop();
});

test('status shows each lane: position, high watermark, lag, engine; unknown is said, not 0', async () => {
  const product = await world.staging.product({ partitions: 1 });
  const before = await world.headwater(['status', nameOf(product)]);
  expect(before).toContain('unknown');
  await product.produce(orders(0, 7));
  await world.staging.startWorker();
  await eventually(async () => {
    const shown = await world.headwater(['status', nameOf(product), '-o', 'json']);
    const [status] = JSON.parse(shown) as [
      { lanes: [{ engine: string; partitions: [Record<string, unknown>] }]; lagRecords: string },
    ];
    expect(status.lanes[0].partitions).toEqual([
      { partition: 0, nextOffset: '7', highWatermark: '7', lagRecords: '0', lagSeconds: 0 },
    ]);
  });
  expect(await world.headwater(['status', nameOf(product)], 'ko')).toContain('하이 워터마크');
});

test('a request and the operation it begins share one trace, without variables or values', async () => {
  const product = await world.staging.product();
  await product.produce(orders(0, 3));
  await world.staging.startWorker({ traces });
  await world.headwater(['pipeline', 'drain', nameOf(product), '--reason', 'a secret reason']);
  const { items } = await world.services.database.reads.operations.list(
    { direction: 'forward', limit: 1 },
    {},
  );
  const mutation = recorded.find(({ attributes }) => attributes?.['headwater.fields'] === 'drainPipeline');
  expect(items[0]?.item.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(recorded.map(({ traceId }) => traceId)).toContain(items[0]?.item.traceId);
  expect(mutation?.name).toBe('graphql mutation');
  const batch = recorded.find(({ name }) => name === 'staging batch');
  expect(batch?.attributes).toMatchObject({ 'headwater.product': nameOf(product) });
  expect(batch?.parts.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['fill', 'judge', 'encode', 'upload', 'commit', 'mirror']),
  );
  expect(JSON.stringify(recorded)).not.toMatch(/secret reason|order 1/);
});
