import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LineageEvent } from '@headwater/core-staging';
import { silentLogger } from '@headwater/kernel';
import { createMetrics } from '@headwater/platform-observability';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { startLineageSender } from './lineage/lineage-sender.ts';
import {
  fileTransport,
  httpTransport,
  kafkaTransport,
  type LineageTransport,
} from './lineage/lineage-transport.ts';
import {
  createStagingFixture,
  order,
  type StagedProduct,
  type StagingFixture,
} from './staging-fixture.test-data.ts';

let fixture: StagingFixture;
const ends: (() => Promise<void> | void)[] = [];
beforeAll(async () => {
  fixture = await createStagingFixture(inject('stack'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await fixture.endTest();
});
afterAll(() => fixture.close());

const eventually = (check: () => Promise<void> | void) =>
  vi.waitFor(check, { timeout: 30_000, interval: 100 });

function send(transport: LineageTransport) {
  const sender = startLineageSender({
    store: fixture.postgres.lineage,
    transport,
    settings: { namespace: 'headwater', broker: 'b:1', producer: 'https://headwater.dev/x', intervalMs: 100 },
    tools: { logger: silentLogger, metrics: createMetrics({ app: 'test' }) },
  });
  ends.push(() => sender.close());
  return sender;
}

async function stagedProduct(count: number): Promise<StagedProduct> {
  const product = await fixture.product();
  await product.produce(Array.from({ length: count }, (_, id) => order(id)));
  await fixture.startWorker();
  await eventually(async () => {
    const rows = await (await product.table()).select('select count(*) as n from rows');
    expect(Number(rows[0]?.['n'])).toBe(count);
  });
  return product;
}

/** Rows told for a product: the last word of each run counts. */
function rowsTold(events: readonly LineageEvent[], { pipeline }: StagedProduct): number {
  const runs = new Map<string, number>();
  for (const { eventType, job, run, outputs } of events) {
    if (eventType !== 'COMPLETE' || job.name !== `staging.${pipeline.productName.replace('/', '.')}`)
      continue;
    const statistics = outputs[0]?.outputFacets?.['outputStatistics'] as { readonly rowCount: number };
    runs.set(run.runId, statistics.rowCount);
  }
  return [...runs.values()].reduce((sum, rows) => sum + rows, 0);
}

test('every commit is told to a file, also those of the time when the receiver was away, and each row once', async () => {
  const product = await stagedProduct(30);
  const folder = mkdtempSync(join(tmpdir(), 'headwater-lineage-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'lineage.jsonl');
  const read = () =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LineageEvent);
  const written = fileTransport(file);
  let refusals = 0;
  send({
    ...written,
    // The receiver has it and its answer is lost: the run is told again and stays one run.
    async send(events) {
      await written.send(events);
      if (refusals++ === 0) throw new Error('the answer was lost');
    },
  });
  await eventually(() => {
    expect(refusals).toBeGreaterThan(1);
    expect(rowsTold(read(), product)).toBe(30);
  });
  await product.produce([order(100)]);
  await eventually(() => expect(rowsTold(read(), product)).toBe(31));
});

test('a slow receiver holds back lineage, not staging; incidents are runs that failed', async () => {
  const told: LineageEvent[] = [];
  let isSlow = true;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (isSlow) return void setTimeout(() => response.destroy(), 400);
      told.push(JSON.parse(Buffer.concat(chunks).toString()) as LineageEvent);
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise((resolve) => server.close(() => resolve())));
  send(httpTransport(`http://127.0.0.1:${(server.address() as AddressInfo).port}/lineage`, undefined));
  const product = await stagedProduct(10);
  await fixture.postgres.staging.openIncident({
    pipelineId: product.pipeline.pipelineId,
    kind: 'truncated',
    partition: 0,
    from: 1n,
    to: 2n,
    cause: 'the log was cut back',
    fix: 'onboard again',
  });
  expect(rowsTold(told, product)).toBe(0);
  isSlow = false;
  await eventually(() => {
    expect(rowsTold(told, product)).toBe(10);
    expect(told.some(({ eventType }) => eventType === 'FAIL')).toBe(true);
  });
});

test('events go to a topic, keyed by job', async () => {
  const product = await stagedProduct(5);
  const topic = `${product.pipeline.topic}.lineage`;
  await fixture.admin.createTopic({ name: topic, partitions: 1, replicationFactor: 1, configs: {} });
  ends.push(() => fixture.admin.deleteTopic(topic));
  send(kafkaTransport({ bootstrapServers: inject('stack').kafkaBootstrapServers.split(',') }, topic));
  await eventually(async () => {
    const ends = await fixture.admin.offsetsAt(topic, { kind: 'highWatermark' });
    expect(ends.get(0)).toBeGreaterThanOrEqual(2n);
  });
});
