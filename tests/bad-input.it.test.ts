import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { createTestDatabase, uniqueName, type TestDatabase } from '@headwater/testkit';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { runApp, startApp, type AppProcess } from './app-process.ts';
import { createGraphqlClient, type GraphqlClient } from './graphql-client.ts';
import { onboardMutation, retireMutation, type Change } from './story-queries.ts';

/** What a person can get wrong at the control plane's door: each is said with its fix, and nothing is half applied. */
const domain = uniqueName('bad')
  .toLowerCase()
  .replaceAll(/[^a-z0-9]+/g, '-');
const stack = inject('stack');
const kafka = { bootstrapServers: stack.kafkaBootstrapServers.split(',') };
const samples = ['{"order_id":"o-1","placed_at":"2026-05-01T12:00:00Z"}'];

let folder: string;
let database: TestDatabase;
let env: Readonly<Record<string, string>>;
let controlPlane: AppProcess;
let client: GraphqlClient;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'headwater-bad-'));
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
  client = connect(controlPlane);
});

afterAll(async () => {
  await controlPlane?.kill('SIGTERM');
  const admin = createKafkaAdmin({ settings: kafka });
  for (const name of await admin.listTopicNames()) if (name.startsWith(domain)) await admin.deleteTopic(name);
  await admin.close();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const connect = ({ url }: AppProcess): GraphqlClient =>
  createGraphqlClient(url, readFileSync(path.join(folder, 'home/token'), 'utf8').trim());

const onboard = async (input: Readonly<Record<string, unknown>>): Promise<Change> =>
  (await client.run<{ onboardDataProduct: Change }>(onboardMutation, { input })).onboardDataProduct;

/** Everything that could be left behind by a request that was refused. */
async function leftovers(): Promise<object> {
  const admin = createKafkaAdmin({ settings: kafka });
  const topics = (await admin.listTopicNames()).filter((name) => name.startsWith(`${domain}.`));
  await admin.close();
  const stored = await client.run<Record<string, { totalCount: number }>>(
    '{ domains { totalCount } teams { totalCount } dataProducts { totalCount } changeRequests { totalCount } operations { totalCount } }',
  );
  return { topics, stored: Object.values(stored).reduce((sum, { totalCount }) => sum + totalCount, 0) };
}

const contract = (properties: string): string => `apiVersion: v3.1.0
kind: DataContract
id: bad-input
version: 1.0.0
status: active
domain: ${domain}
dataProduct: orders
team: { name: ${domain} }
schema:
  - name: order
    properties:
${properties}`;

describe('a request is refused before anything is stored', () => {
  test.each([
    [
      'YAML that does not parse, with line and column',
      { contract: 'kind: [DataContract' },
      /line 1, column \d+/,
    ],
    [
      'a contract with a key the standard does not have',
      { contract: contract('      - name: order_id\n        logicalTyp: string\n') },
      /line 13, column 9.*logicalTyp/,
    ],
    ['neither contract nor samples', { domain, name: 'orders' }, /Exactly one of/],
    ['samples that are not JSON', { domain, name: 'orders', samples: ['<order/>'] }, /invalid-json/],
    ['a name against policy', { domain, name: 'Bad_Name', samples }, /kebab case/],
    [
      'a topic of Kafka itself',
      { domain, name: 'orders', samples, topic: { name: '__consumer_offsets' } },
      /never touched/,
    ],
    [
      'more replicas than brokers',
      { domain, name: 'orders', samples, topic: { replicationFactor: 5 } },
      /replica/,
    ],
    [
      'a promise beyond the ceiling',
      { domain, name: 'orders', samples, retention: { period: 'P9999D' } },
      /days/,
    ],
    [
      'a version of a product that does not exist',
      { domain, name: 'orders', samples, expectedVersion: 7 },
      /version 0, not 7/,
    ],
  ])('%s', async (_name, input, message) => {
    const before = await leftovers();
    const { userErrors, operation } = await onboard(input);
    expect(operation).toBeNull();
    expect(userErrors.length).toBeGreaterThan(0);
    expect(userErrors[0]?.message).toMatch(message);
    expect(userErrors[0]?.fix).toBeTruthy();
    expect(userErrors[0]?.path[0]).toBe('input');
    expect(await leftovers()).toEqual(before);
  });

  test('an unknown product', async () => {
    const input = { product: `${domain}/nowhere`, reason: 'x', tables: 'KEEP' };
    const { retireDataProduct } = await client.run<{ retireDataProduct: Change }>(retireMutation, { input });
    expect(retireDataProduct.userErrors).toMatchObject([
      { code: 'HW_PRODUCT_UNKNOWN', path: ['input', 'product'] },
    ]);
    expect(
      await client.run(
        '{ dataProduct(name: "no/where") { id } pipelineStatus(product: "no/where") { lagRecords } }',
      ),
    ).toEqual({
      dataProduct: null,
      pipelineStatus: null,
    });
  });

  test('a topic that exists and is not ours is never touched', async () => {
    const stored = await leftovers();
    const admin = createKafkaAdmin({ settings: kafka });
    const name = `${domain}.foreign`;
    const configs = { 'retention.ms': '123456' };
    await admin.createTopic({ name, partitions: 2, replicationFactor: 1, configs });
    const before = await admin.describeTopics([name]);
    const { userErrors, operation } = await onboard({ domain, name: 'foreign', samples });
    expect(operation).toBeNull();
    expect(userErrors).toMatchObject([{ code: 'HW_TOPIC_NOT_OURS', path: ['input', 'topic', 'name'] }]);
    expect(userErrors[0]?.fix).toContain('another topic name');
    expect(await admin.describeTopics([name])).toEqual(before);
    await admin.deleteTopic(name);
    await admin.close();
    expect(await leftovers()).toEqual(stored);
  });

  test('the same idempotency key with another input', async () => {
    const create = (name: string) =>
      client.run<{ createDomain: { userErrors: readonly object[]; domain: object | null } }>(
        'mutation ($input: CreateDomainInput!) { createDomain(input: $input) { domain { name } userErrors { code } } }',
        { input: { name, idempotencyKey: 'same', dryRun: false } },
      );
    expect((await create(`${domain}-one`)).createDomain.userErrors).toEqual([]);
    expect((await create(`${domain}-one`)).createDomain).toMatchObject({ domain: { name: `${domain}-one` } });
    expect((await create(`${domain}-two`)).createDomain.userErrors).toEqual([
      { code: 'HW_IDEMPOTENCY_KEY_REUSED' },
    ]);
  });
});

describe('a document is refused when it asks for too much', () => {
  const aliases = Array.from({ length: 40 }, (_unused, index) => `a${index}: viewer { name }`).join(' ');
  const deep = `{ domain(name: "x") { ${'dataProducts { nodes { domain { '.repeat(8)} name ${'} } }'.repeat(8)} } }`;

  test.each([
    ['aliases', `{ ${aliases} }`, /aliases is 40/],
    ['depth', deep, /depth is \d+/],
    [
      'cost',
      '{ domains(first: 100) { nodes { dataProducts(first: 100) { nodes { contractVersions { properties { name } } } } } } }',
      /cost is/,
    ],
    ['tokens', `{ ${'viewer { name } '.repeat(2_000)} }`, /tokens|token/i],
    ['a page of 101', '{ domains(first: 101) { totalCount } }', /1 to 100/],
    ['both directions', '{ domains(first: 1, last: 1) { totalCount } }', /not both/],
    ['a cursor that is none', '{ domains(after: "x") { totalCount } }', /cursor/],
  ])('%s', async (_name, query, message) => {
    const { errors } = await client.answer(query);
    expect(errors?.[0]?.message).toMatch(message);
    expect(JSON.stringify(errors)).not.toContain('stack');
  });
});

describe('a server that is not there, or refuses the login', () => {
  const elsewhere = (more: Readonly<Record<string, string>>) => ({ ...env, ...more });

  test.each([
    [
      'Postgres is down',
      'postgresql://headwater:wrong-password@127.0.0.1:9/headwater',
      'HW_DATABASE_UNREACHABLE',
    ],
    ['the password is wrong', 'wrong password', 'HW_DATABASE'],
  ])('%s: the process ends and names DATABASE_URL', async (_name, given, code) => {
    const url = new URL(given.startsWith('postgresql') ? given : stack.databaseUrl);
    url.password = 'wrong-password';
    const ended = await runApp('control-plane', elsewhere({ DATABASE_URL: url.href }));
    expect(ended.code).toBe(1);
    expect(ended.output).toContain('DATABASE_URL');
    expect(ended.output).toContain(code);
    expect(ended.output).not.toContain('wrong-password');
  });

  test('Redis is down: the process ends and names REDIS_URL', async () => {
    const ended = await runApp('control-plane', elsewhere({ REDIS_URL: 'redis://127.0.0.1:9' }));
    expect(ended.code).toBe(1);
    expect(ended.output).toContain('REDIS_URL');
  });

  test.each([
    ['the broker', { KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:9' }, 'KAFKA_BOOTSTRAP_SERVERS'],
    ['the registry', { SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9/apis/ccompat/v7' }, 'SCHEMA_REGISTRY_URL'],
  ])(
    'without %s it serves what it knows, is not ready, and changes nothing',
    async (_name, more, variable) => {
      const app = await startApp('control-plane', elsewhere(more));
      try {
        const ready = await fetch(`${app.url}/readyz`);
        expect(ready.status).toBe(503);
        expect(await ready.text()).toContain(variable);
        const lonely = connect(app);
        const before = await leftovers();
        const { errors } = await lonely.answer(onboardMutation, {
          input: { domain, name: 'orders', samples },
        });
        expect(errors?.[0]?.message).toContain(variable);
        expect(errors?.[0]?.extensions?.fix).toBeTruthy();
        expect(await leftovers()).toEqual(before);
      } finally {
        await app.kill('SIGTERM');
      }
    },
  );

  test('settings that are missing or wrong are listed all at once', async () => {
    const ended = await runApp('control-plane', { DATABASE_URL: 'mysql://x', LAKE_URL: 'lake' });
    expect(ended.code).toBe(2);
    for (const name of [
      'DATABASE_URL',
      'LAKE_URL',
      'KAFKA_BOOTSTRAP_SERVERS',
      'SCHEMA_REGISTRY_URL',
      'REDIS_URL',
    ]) {
      expect(ended.output).toContain(name);
    }
  });

  test('a shared installation refuses Kafka without encryption and login', async () => {
    const ended = await runApp('control-plane', elsewhere({ HEADWATER_INSECURE: '0' }));
    expect(ended.code).toBe(2);
    expect(ended.output).toContain('HEADWATER_INSECURE');
  });
});
