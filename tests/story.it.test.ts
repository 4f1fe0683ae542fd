import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createDomainProducer } from '@headwater/adapter-domain-client';
import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { createTestDatabase, uniqueName, type TestDatabase } from '@headwater/testkit';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startApp, type AppProcess } from './app-process.ts';
import { createGraphqlClient, type GraphqlClient } from './graphql-client.ts';
import { eventually } from './headwater-process.ts';
import {
  applyRetentionMutation,
  onboardMutation,
  operationSubscription,
  planRetentionMutation,
  productQuery,
  retireMutation,
  statusQuery,
  statusSubscription,
  type Change,
  type Operation,
  type RetentionPlan,
  type Status,
} from './story-queries.ts';

/** The whole way through the one door: GraphQL in front, real broker, registry, Postgres and Redis behind. */
const domain = uniqueName('story')
  .toLowerCase()
  .replaceAll(/[^a-z0-9]+/g, '-');
const product = `${domain}/orders`;
const topic = `${domain}.orders`;
const stack = inject('stack');
const kafka = { bootstrapServers: stack.kafkaBootstrapServers.split(',') };

const orders = Array.from({ length: 40 }, (_unused, index) => ({
  order_id: `o-${String(index).padStart(3, '0')}`,
  placed_at: new Date(Date.UTC(2026, 4, 1, 12, 0, index)).toISOString(),
  amount_cents: 1_000 + index,
  country: ['KR', 'DE', 'US'][index % 3],
}));
const samples = orders.slice(0, 20).map((order) => JSON.stringify(order));

let folder: string;
let database: TestDatabase;
let env: Readonly<Record<string, string>>;
let controlPlane: AppProcess;
let worker: AppProcess;
let retentionWorker: AppProcess;
let client: GraphqlClient;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'headwater-story-'));
  database = await createTestDatabase(stack.databaseUrl);
  env = {
    DATABASE_URL: database.databaseUrl,
    REDIS_URL: stack.redisUrl,
    KAFKA_BOOTSTRAP_SERVERS: stack.kafkaBootstrapServers,
    SCHEMA_REGISTRY_URL: stack.schemaRegistryUrl,
    LAKE_URL: pathToFileURL(path.join(folder, 'lake')).href,
    HEADWATER_INSECURE: '1',
    HEADWATER_HOME: path.join(folder, 'home'),
  };
  controlPlane = await startApp('control-plane', env);
  worker = await startApp('staging-worker', env);
  // The schedule is kept away: here a person plans and applies.
  retentionWorker = await startApp('retention-worker', { ...env, RETENTION_SCHEDULE: '1h' });
  client = createGraphqlClient(controlPlane.url, token());
});

afterAll(async () => {
  await retentionWorker?.kill('SIGTERM');
  await worker?.kill('SIGTERM');
  await controlPlane?.kill('SIGTERM');
  const admin = createKafkaAdmin({ settings: kafka });
  for (const name of await admin.listTopicNames()) if (name.startsWith(domain)) await admin.deleteTopic(name);
  await admin.close();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const token = (): string => readFileSync(path.join(folder, 'home/token'), 'utf8').trim();

const onboard = async (input: Readonly<Record<string, unknown>>): Promise<Change> =>
  (await client.run<{ onboardDataProduct: Change }>(onboardMutation, { input })).onboardDataProduct;

async function finish(operationId: string): Promise<Operation> {
  let last: Operation | undefined;
  for await (const { operationChanged } of client.subscribe<{ operationChanged: Operation }>(
    operationSubscription,
    { id: operationId },
  )) {
    last = operationChanged;
  }
  if (last === undefined) throw new Error('the operation was never seen');
  return last;
}

const statusOf = async (name = product): Promise<Status> => {
  const { pipelineStatus } = await client.run<{ pipelineStatus: Status | null }>(statusQuery, {
    product: name,
  });
  if (pipelineStatus === null) throw new Error('no pipeline');
  return pipelineStatus;
};

const accounted = (records: bigint, name = product): Promise<Status> =>
  eventually(
    `${records} records accounted for`,
    async () => {
      const status = await statusOf(name);
      return BigInt(status.ledger.offsets) >= records ? status : undefined;
    },
    60,
  );

async function produce(values: readonly string[]): Promise<void> {
  const producer = await createDomainProducer({ settings: kafka, topic });
  for (const value of values) await producer.send({ value });
  await producer.close();
}

test('local mode makes one administrator token, readable by its owner only', async () => {
  expect(statSync(path.join(folder, 'home/token')).mode & 0o777).toBe(0o600);
  expect(controlPlane.output()).toContain(`administrator token: ${token()}`);
  const { viewer } = await client.run<{ viewer: object }>('{ viewer { name role } }');
  expect(viewer).toEqual({ name: 'administrator', role: 'ADMIN' });
});

test('without a token, or with a wrong one, nothing can be read or done', async () => {
  for (const stranger of [undefined, 'hw_wrong-wrong-wrong']) {
    const outsider = createGraphqlClient(controlPlane.url, stranger);
    for (const query of ['{ dataProducts { totalCount } }', '{ node(id: "RG9tYWluOng") { id } }']) {
      const { errors } = await outsider.answer(query);
      expect(errors).toMatchObject([{ extensions: { code: 'HW_ACCESS_UNAUTHENTICATED' } }]);
    }
    const events = outsider.subscribe(statusSubscription, { product });
    await expect(events.next()).rejects.toThrow('HW_ACCESS_UNAUTHENTICATED');
  }
});

test('a dry run shows the plan and stores nothing', async () => {
  const planned = await onboard({ domain, name: 'orders', owner: `${domain}-team`, samples, dryRun: true });
  expect(planned.userErrors).toEqual([]);
  expect(planned.plan?.changes.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
    'CREATE DOMAIN',
    'CREATE TEAM',
    'CREATE DATA_PRODUCT',
    'CREATE TOPIC',
    'CREATE SUBJECT',
    'CREATE RETENTION',
    'CREATE PIPELINE',
    'CREATE TABLE',
    'CREATE TABLE',
  ]);
  expect(
    await client.run('query ($name: String!) { dataProduct(name: $name) { id } }', { name: product }),
  ).toEqual({
    dataProduct: null,
  });
});

test('a product comes from samples: topic, subject, pipeline and promise, verified by observation', async () => {
  const input = { domain, name: 'orders', owner: `${domain}-team`, samples, idempotencyKey: 'first' };
  const change = await onboard(input);
  expect(change.userErrors).toEqual([]);
  expect(change.changeRequest?.approvals).toEqual([{ by: 'policy', decision: 'APPROVED' }]);
  const operation = await finish(change.operation?.id ?? '');
  expect(operation).toMatchObject({ status: 'SUCCEEDED', progress: 1, error: null });

  const again = await onboard(input);
  expect(again.operation?.id).toBe(change.operation?.id);

  const { dataProduct } = await client.run<{ dataProduct: Record<string, unknown> }>(productQuery, {
    name: product,
  });
  expect(dataProduct).toMatchObject({
    status: 'ACTIVE',
    owner: { name: `${domain}-team`, domain: { name: domain } },
    retention: { mode: 'STAGING_FIRST' },
    pipeline: { desiredState: 'RUNNING' },
    connection: { bootstrapServers: stack.kafkaBootstrapServers, topic },
  });

  const admin = createKafkaAdmin({ settings: kafka });
  const [observed] = await admin.describeTopics([topic]);
  await admin.close();
  expect(observed).toMatchObject({ partitions: 3, replicationFactor: 1 });
  expect(observed?.configs['retention.ms']).toBe('-1');
  const subject = await fetch(`${stack.schemaRegistryUrl}/subjects/${topic}-value/versions/latest`);
  expect(await subject.json()).toMatchObject({ schemaType: 'JSON' });
  const config = await fetch(`${stack.schemaRegistryUrl}/config/${topic}-value?defaultToGlobal=true`);
  expect(await config.json()).toMatchObject({ compatibilityLevel: 'BACKWARD' });
});

test('the same request again changes nothing', async () => {
  const change = await onboard({ domain, name: 'orders', owner: `${domain}-team`, samples });
  expect(change.userErrors).toEqual([]);
  expect(change.operation).toBeNull();
  expect(new Set(change.plan?.changes.map(({ action }) => action))).toEqual(new Set(['NONE']));
});

test('records become rows, a broken one is in quarantine with its reason, and a subscriber sees it', async () => {
  const live = client.subscribe<{ pipelineStatusChanged: { ledger: { landed: string } } }>(
    statusSubscription,
    {
      product,
    },
  );
  const seen = (async () => {
    for await (const { pipelineStatusChanged } of live) {
      if (pipelineStatusChanged.ledger.landed === '40') return true;
    }
    return false;
  })();
  await produce([
    ...orders.map((order) => JSON.stringify(order)),
    JSON.stringify({ ...orders[0], amount_cents: 'secret-amount' }),
  ]);
  const status = await accounted(41n);
  expect(status.ledger).toEqual({ offsets: '41', landed: '40', quarantined: '1', isBalanced: true });
  expect(status.quarantineGroups).toMatchObject([{ path: 'amount_cents', records: '1' }]);
  expect(await seen).toBe(true);
  await eventually(
    'the table shows its rows',
    async () => ((await statusOf()).table.rows === '40' ? true : undefined),
    10,
  );
});

test('the ledger accounts for every offset of every partition', async () => {
  const { ledger } = await client.run<{
    ledger: {
      nodes: readonly { partition: number; from: string; to: string; totals: { isBalanced: boolean } }[];
    };
  }>(
    'query ($product: String!) { ledger(product: $product, first: 100) { nodes { partition from to totals { isBalanced } } } }',
    { product },
  );
  const offsets = ledger.nodes.reduce((sum, { from, to }) => sum + BigInt(to) - BigInt(from), 0n);
  expect(offsets).toBe(41n);
  expect(ledger.nodes.every(({ totals }) => totals.isBalanced)).toBe(true);
});

test('quarantined values are masked; showing one needs a reason and is in the audit trail', async () => {
  const recordsQuery = `query ($product: String!) {
    quarantinedRecords(product: $product) { nodes { partition offset path reason isMasked value } }
  }`;
  interface Shown {
    readonly partition: number;
    readonly offset: string;
    readonly path: string;
    readonly isMasked: boolean;
    readonly value: string;
  }
  const { quarantinedRecords } = await client.run<{ quarantinedRecords: { nodes: readonly Shown[] } }>(
    recordsQuery,
    { product },
  );
  const [record] = quarantinedRecords.nodes;
  expect(record).toMatchObject({ path: 'amount_cents', isMasked: true });
  expect(record?.value).not.toContain('secret');
  const { revealQuarantinedRecords } = await client.run<{
    revealQuarantinedRecords: { records: readonly Shown[] };
  }>(
    `mutation ($input: RevealQuarantinedRecordsInput!) {
      revealQuarantinedRecords(input: $input) { records { value isMasked } userErrors { code } }
    }`,
    {
      input: {
        product,
        reason: 'support case',
        coordinates: [{ partition: record?.partition, offset: record?.offset }],
      },
    },
  );
  expect(revealQuarantinedRecords.records).toMatchObject([{ isMasked: false }]);
  expect(revealQuarantinedRecords.records[0]?.value).toContain('secret-amount');
  const { auditEvents, verifyAudit } = await client.run<{
    auditEvents: { nodes: readonly { event: string }[] };
    verifyAudit: object;
  }>('{ auditEvents(first: 5) { nodes { event subject facts } } verifyAudit { isIntact } }');
  expect(auditEvents.nodes[0]).toMatchObject({ event: 'quarantine.revealed', subject: product });
  expect(verifyAudit).toEqual({ isIntact: true });
});

test('a paused pipeline lets records wait; resumed, it takes them', async () => {
  const change = async (mutation: string, input: object) =>
    client.run(
      `mutation ($input: ${mutation === 'pausePipeline' ? 'PausePipelineInput' : 'ResumePipelineInput'}!) {
        ${mutation}(input: $input) { pipeline { desiredState } userErrors { code } }
      }`,
      { input },
    );
  expect(await change('pausePipeline', { product, reason: 'maintenance' })).toEqual({
    pausePipeline: { pipeline: { desiredState: 'PAUSED' }, userErrors: [] },
  });
  await eventually(
    'the lane has stopped',
    async () => {
      const { lanes } = await statusOf();
      return lanes.every(({ state }) => state !== 'RUNNING' && state !== 'STARTING') ? true : undefined;
    },
    20,
  );
  await produce([JSON.stringify({ ...orders[0], order_id: 'o-late' })]);
  expect((await statusOf()).ledger.offsets).toBe('41');
  await change('resumePipeline', { product });
  expect((await accounted(42n)).ledger).toMatchObject({ landed: '41', isBalanced: true });
});

test('a product that was a mistake is retired only when its name is typed, and leaves nothing behind', async () => {
  const input = { product, reason: 'made by mistake', tables: 'DELETE' };
  const retire = async (more: object) =>
    (await client.run<{ retireDataProduct: Change }>(retireMutation, { input: { ...input, ...more } }))
      .retireDataProduct;
  expect((await retire({})).userErrors).toMatchObject([{ code: 'HW_RETIRE_NOT_CONFIRMED' }]);
  const table = new URL((await statusOf()).table.url);
  const { operation, userErrors } = await retire({ confirmDataLoss: product });
  expect(userErrors).toEqual([]);
  expect(await finish(operation?.id ?? '')).toMatchObject({ status: 'SUCCEEDED', error: null });
  const admin = createKafkaAdmin({ settings: kafka });
  expect(await admin.describeTopics([topic])).toEqual([]);
  await admin.close();
  const subject = await fetch(`${stack.schemaRegistryUrl}/subjects/${topic}-value/versions/latest`);
  expect(subject.status).toBe(404);
  expect(() => statSync(path.join(table.pathname, '_delta_log/00000000000000000000.json'))).toThrow('ENOENT');
  expect((await retire({ confirmDataLoss: product })).userErrors).toMatchObject([
    { code: 'HW_PRODUCT_RETIRED' },
  ]);
});

test('retention shows what is due, removes exactly that, and accounts for every copy', async () => {
  const name = `${domain}/visits`;
  const visits = `${domain}.visits`;
  const change = await onboard({
    domain,
    name: 'visits',
    samples,
    topic: { partitions: 1 },
    retention: { period: 'P1D' },
  });
  expect(await finish(change.operation?.id ?? '')).toMatchObject({ status: 'SUCCEEDED' });
  const producer = await createDomainProducer({ settings: kafka, topic: visits });
  const oldMs = Date.now() - 2 * 86_400_000;
  for (const value of samples.slice(0, 3)) await producer.send({ value, timestampMs: oldMs });
  for (const value of samples.slice(3, 5)) await producer.send({ value });
  await producer.close();
  await accounted(5n, name);

  const { planRetention } = await client.run<{ planRetention: { retentionPlan: RetentionPlan | null } }>(
    planRetentionMutation,
    { input: { product: name } },
  );
  const plan = planRetention.retentionPlan;
  expect(plan).toMatchObject({ state: 'PREVIEWED', productName: name });
  expect(plan?.actions).toContainEqual(
    expect.objectContaining({ action: 'delete-records', target: visits, records: '3', heldBackBy: null }),
  );
  const apply = async (planHash: string) =>
    (
      await client.run<{ applyRetention: Pick<Change, 'operation' | 'userErrors'> }>(applyRetentionMutation, {
        input: { product: name, planHash },
      })
    ).applyRetention;
  expect((await apply('another-hash')).userErrors).toMatchObject([{ code: 'HW_RETENTION_PLAN_SUPERSEDED' }]);
  const { operation } = await apply(plan?.hash ?? '');
  expect(await finish(operation?.id ?? '')).toMatchObject({ status: 'SUCCEEDED', error: null });

  const admin = createKafkaAdmin({ settings: kafka });
  expect(await admin.offsetsAt(visits, { kind: 'earliest' })).toEqual(new Map([[0, 3n]]));
  await admin.close();
  const { retentionLedger } = await client.run<{
    retentionLedger: { copies: readonly { kind: string; explanation: string }[] };
  }>(
    'query ($product: String!) { retentionLedger(product: $product) { promiseDays copies { kind explanation worstCaseDays keepsPromise } } }',
    { product: name },
  );
  expect(new Set(retentionLedger.copies.map(({ kind }) => kind))).toEqual(
    new Set(['TOPIC', 'TABLE', 'REMOVED_FILES', 'LOG_ENTRIES', 'QUARANTINE', 'INTENTS']),
  );
});

test('a control plane that is killed in the middle of an onboarding goes on where it was', async () => {
  const { operation } = await onboard({ domain, name: 'killed', samples });
  await controlPlane.kill('SIGKILL');
  controlPlane = await startApp('control-plane', env);
  client = createGraphqlClient(controlPlane.url, token());
  expect(await finish(operation?.id ?? '')).toMatchObject({ status: 'SUCCEEDED', error: null });
});
