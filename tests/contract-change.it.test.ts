import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createDomainProducer } from '@headwater/adapter-domain-client';
import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { createTestDatabase, uniqueName, type TestDatabase } from '@headwater/testkit';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startApp, type AppProcess } from './app-process.ts';
import {
  adviceQuery,
  completeReviewMutation,
  contractPageQuery,
  declareReadMutation,
  measureMutation,
  publishMutation,
  type Advice,
  type ContractPage,
  type Publication,
} from './contract-queries.ts';
import { createGraphqlClient, type GraphqlClient } from './graphql-client.ts';
import { eventually } from './headwater-process.ts';
import { onboardMutation, type Change } from './story-queries.ts';

/** A field is renamed: refused by name, bridged, reviewed by those it concerns, published; and removed in the end. */
const domain = uniqueName('change')
  .toLowerCase()
  .replaceAll(/[^a-z0-9]+/g, '-');
const product = `${domain}/orders`;
const topic = `${domain}.orders`;
const stack = inject('stack');
const kafka = { bootstrapServers: stack.kafkaBootstrapServers.split(',') };

const contractOf = (version: string, customer: string): string => `apiVersion: v3.1.0
kind: DataContract
id: ${topic}
name: orders
version: ${version}
status: active
domain: ${domain}
dataProduct: orders
description: { purpose: Orders of the shop }
team: { name: ${domain} }
slaProperties:
  - { property: latency, value: 5, unit: m }
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
        required: true
        primaryKey: true
        primaryKeyPosition: 1
      - name: ${customer}
        logicalType: string
        required: true
      - name: amount
        logicalType: integer
        quality:
          - { name: amounts, metric: nullValues, mustBeLessThan: 1 }
`;

let folder: string;
let database: TestDatabase;
let controlPlane: AppProcess;
let worker: AppProcess;
let client: GraphqlClient;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'headwater-change-'));
  database = await createTestDatabase(stack.databaseUrl);
  const env = {
    DATABASE_URL: database.databaseUrl,
    REDIS_URL: stack.redisUrl,
    KAFKA_BOOTSTRAP_SERVERS: stack.kafkaBootstrapServers,
    SCHEMA_REGISTRY_URL: stack.schemaRegistryUrl,
    LAKE_URL: pathToFileURL(path.join(folder, 'lake')).href,
    HEADWATER_INSECURE: '1',
    HEADWATER_HOME: path.join(folder, 'home'),
  };
  controlPlane = await startApp('control-plane', env);
  worker = await startApp('staging-worker', { ...env, QUALITY_EVERY: '1s' });
  client = createGraphqlClient(
    controlPlane.url,
    readFileSync(path.join(folder, 'home/token'), 'utf8').trim(),
  );
});

afterAll(async () => {
  await worker?.kill('SIGTERM');
  await controlPlane?.kill('SIGTERM');
  const admin = createKafkaAdmin({ settings: kafka });
  for (const name of await admin.listTopicNames()) if (name.startsWith(domain)) await admin.deleteTopic(name);
  await admin.close();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const mutate = (field: string, input: string): string =>
  `mutation ($input: ${input}!) { ${field}(input: $input) { userErrors { code message } } }`;

async function done(
  field: string,
  inputType: string,
  input: Readonly<Record<string, unknown>>,
): Promise<void> {
  const answer = await client.run<Record<string, { userErrors: readonly object[] }>>(
    mutate(field, inputType),
    { input },
  );
  expect(answer[field]?.userErrors).toEqual([]);
}

const publish = async (input: Readonly<Record<string, unknown>>): Promise<Publication> =>
  (await client.run<{ publishContractVersion: Publication }>(publishMutation, { input }))
    .publishContractVersion;

const look = async (): Promise<ContractPage | null> =>
  (await client.run<{ dataProduct: ContractPage | null }>(contractPageQuery, { name: product })).dataProduct;

async function page(): Promise<ContractPage> {
  const found = await look();
  if (found === null) throw new Error(`${product} is not there`);
  return found;
}

const inForce = (version: string): Promise<ContractPage> =>
  eventually(
    `version ${version} is in force`,
    async () => {
      const found = await look();
      const isApplied = found?.contract.contractVersion === version && found.status === 'ACTIVE';
      return isApplied ? found : undefined;
    },
    60,
  );

interface Ended {
  readonly operation: { readonly status: string; readonly error: { readonly message: string } | null };
}

/** Every step is done: the registry, the pipeline and the catalogue were observed as desired. */
const succeeded = (id: string | undefined): Promise<true> =>
  eventually(
    'the operation has succeeded',
    async () => {
      const { operation } = await client.run<Ended>(
        'query ($id: ID!) { operation(id: $id) { status error { message } } }',
        { id },
      );
      if (operation.error !== null) throw new Error(operation.error.message);
      return operation.status === 'SUCCEEDED' ? true : undefined;
    },
    60,
  );

async function produce(...records: readonly object[]): Promise<void> {
  const producer = await createDomainProducer({ settings: kafka, topic });
  for (const record of records) await producer.send({ value: JSON.stringify(record) });
  await producer.close();
}

const tokens: Record<string, string> = {};
const teams = ['billing', 'crm', 'risk'] as const;

test('a product with three readers that say which fields they use, and one that reads others', async () => {
  const { onboardDataProduct } = await client.run<{ onboardDataProduct: Change }>(onboardMutation, {
    input: { contract: contractOf('1.0.0', 'customer') },
  });
  expect(onboardDataProduct.userErrors).toEqual([]);
  await inForce('1.0.0');
  for (const team of teams) {
    const name = `${domain}-${team}`;
    await done('createTeam', 'CreateTeamInput', { name, domain });
    await done('registerApplication', 'RegisterApplicationInput', { name: `${name}-app`, team: name });
    const { createToken } = await client.run<{ createToken: { secret: string } }>(
      'mutation ($input: CreateTokenInput!) { createToken(input: $input) { secret userErrors { code } } }',
      { input: { name, role: 'MEMBER', team: name } },
    );
    tokens[team] = createToken.secret;
  }
  await done('registerApplication', 'RegisterApplicationInput', { name: `${domain}-stats`, team: domain });
  const reads = [
    { application: `${domain}-billing-app`, fields: ['customer', 'amount'] },
    { application: `${domain}-crm-app`, port: 'TABLE' },
    { application: `${domain}-risk-app`, fields: ['customer'], versionRange: '>=1.0.0' },
    { application: `${domain}-stats`, fields: ['amount'] },
  ];
  for (const read of reads) await done('declareRead', 'DeclareReadInput', { product, ...read });
  const { declareRead } = await client.run<{ declareRead: { userErrors: readonly { code: string }[] } }>(
    declareReadMutation,
    { input: { product, application: `${domain}-stats`, fields: ['customer_id'] } },
  );
  expect(declareRead.userErrors).toMatchObject([{ code: 'HW_READ_FIELD_UNKNOWN' }]);
  await produce({ order_id: 'o-1', customer: 'c-1', amount: 1 });
});

let bridge = '';

test('a renamed field is refused: version, three applications with the field each reads, and a way round', async () => {
  const hasty = await publish({ contract: contractOf('1.0.1', 'customer_id') });
  expect(hasty.userErrors[0]).toMatchObject({ code: 'HW_CONTRACT_VERSION', fix: 'Write version: 2.0.0.' });

  const refused = await publish({ contract: contractOf('2.0.0', 'customer_id') });
  expect(refused.operation).toBeNull();
  expect(refused.changeRequest).toBeNull();
  expect(refused.userErrors.map(({ code }) => code)).toEqual(Array(3).fill('HW_CONTRACT_BREAKS_READER'));
  expect(refused.userErrors.map(({ message }) => message.split(':')[0])).toEqual([
    `${domain}-billing-app reads customer and breaks (topic)`,
    `${domain}-crm-app reads customer and breaks (table)`,
    `${domain}-risk-app reads customer and breaks (topic)`,
  ]);

  const { adviseContractChange } = await client.run<{ adviseContractChange: { advice: Advice } }>(
    adviceQuery,
    { input: { contract: contractOf('2.0.0', 'customer_id') } },
  );
  const { advice } = adviseContractChange;
  expect(advice.readers.map(({ application, verdict }) => [application.name, verdict])).toEqual([
    [`${domain}-billing-app`, 'BREAKS'],
    [`${domain}-crm-app`, 'BREAKS'],
    [`${domain}-risk-app`, 'BREAKS'],
    [`${domain}-stats`, 'UNAFFECTED'],
  ]);
  expect(advice).toMatchObject({ classification: 'BREAKING', rolloutOrder: 'NONE', unknownReaders: [] });
  expect(advice.compatibility.filter(({ compatible }) => compatible)).toMatchObject([{ mode: 'NONE' }]);
  expect(advice.bridge).toMatchObject({ contractVersion: '1.1.0' });
  expect(advice.bridge?.steps.length).toBeGreaterThan(3);
  bridge = advice.bridge?.contract ?? '';
});

/** The command line as its own process, against this control plane. */
async function headwater(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const cli = path.join(import.meta.dirname, '../dist/release/cli.mjs');
  const token = readFileSync(path.join(folder, 'home/token'), 'utf8').trim();
  const env = { PATH: process.env['PATH'] ?? '', HEADWATER_URL: controlPlane.url, HEADWATER_TOKEN: token };
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

test('the command line gives the same advice, and fails when a publication would be refused', async () => {
  const file = path.join(folder, 'orders.odcs.yaml');
  writeFileSync(file, contractOf('2.0.0', 'customer_id'));
  const breaking = await headwater('contract', 'advise', file, '-o', 'json');
  expect(breaking.code).toBe(1);
  const advice = JSON.parse(breaking.output) as Advice & { problems: readonly object[] };
  expect(advice.problems).toHaveLength(3);
  expect(advice.bridge?.contract).toBe(bridge);
  const korean = await headwater('--lang', 'ko', 'contract', 'advise', file);
  expect(korean.output).toContain(`${domain}-billing-app [topic]: 깨짐 (읽는 필드: customer)`);
  writeFileSync(file, bridge);
  const dry = await headwater('contract', 'publish', file, '--dry-run');
  expect(dry).toEqual({ code: 0, output: `${product}: version 1.1.0 would be published\n` });
});

test('the bridge waits for the three applications, and begins when the last of them lets it pass', async () => {
  const proposed = await publish({ contract: bridge });
  expect(proposed.userErrors).toEqual([]);
  expect(proposed).toMatchObject({ operation: null, changeRequest: { status: 'PROPOSED' } });
  const tasks = proposed.changeRequest?.reviewTasks ?? [];
  const fields = tasks.map(({ application, reasons }) => [application.name, reasons[0]?.field]).sort();
  expect(fields).toEqual(teams.map((team) => [`${domain}-${team}-app`, 'customer']));

  const review = async (team: string, applicationOf: string, decision: string) => {
    const task = tasks.find(({ application }) => application.name === `${domain}-${applicationOf}-app`);
    const reviewer = createGraphqlClient(controlPlane.url, tokens[team]);
    const { completeReviewTask } = await reviewer.run<{ completeReviewTask: Publication }>(
      completeReviewMutation,
      { input: { id: task?.id, decision, reason: 'looked at it' } },
    );
    return completeReviewTask;
  };
  const foreign = await review('crm', 'billing', 'APPROVED');
  expect(foreign.userErrors).toMatchObject([{ code: 'HW_REVIEW_OTHER_TEAM' }]);
  expect(await review('billing', 'billing', 'APPROVED')).toMatchObject({ userErrors: [], operation: null });
  expect(await review('crm', 'crm', 'REJECTED')).toMatchObject({ userErrors: [], operation: null });
  expect(await review('risk', 'risk', 'ACKNOWLEDGED')).toMatchObject({ userErrors: [], operation: null });
  expect((await page()).contract.contractVersion).toBe('1.0.0');
  const last = await review('crm', 'crm', 'APPROVED');
  expect(last.userErrors).toEqual([]);
  await succeeded(last.operation?.id);
  await inForce('1.1.0');
});

test('both shapes land, and the contract page answers everything in one request', async () => {
  await produce({ order_id: 'o-2', customer: 'c-2', customer_id: 'c-2', amount: 2 });
  const shown = await eventually(
    'both records have landed',
    async () => {
      const found = await page();
      return found.pipeline.status.ledger.landed === '2' ? found : undefined;
    },
    60,
  );
  expect(shown).toMatchObject({
    owner: { name: domain },
    contract: { purpose: 'Orders of the shop', promises: [{ property: 'latency', value: '5', unit: 'm' }] },
    contractVersions: [
      { contractVersion: '1.1.0', changelog: { previousVersion: '1.0.0', classification: 'COMPATIBLE' } },
      { contractVersion: '1.0.0', changelog: null },
    ],
  });
  expect(shown.contract.properties.map(({ name, required }) => [name, required])).toEqual([
    ['order_id', true],
    ['customer_id', false],
    ['amount', false],
    ['customer', true],
  ]);
  expect(shown.connection.snippets.length).toBeGreaterThan(3);
  expect(shown.readers).toHaveLength(4);
});

interface Measured {
  readonly measureQuality: { readonly qualityRun: object | null; readonly userErrors: readonly object[] };
}

const measure = async (): Promise<object | null> => {
  const { measureQuality } = await client.run<Measured>(measureMutation, { input: { product } });
  expect(measureQuality.userErrors).toEqual([]);
  return measureQuality.qualityRun;
};

test('quality is measured after commits and when asked, kept with its versions; a failed check is an incident', async () => {
  const passed = { status: 'PASSED', contractVersion: '1.1.0', rows: '2' };
  await eventually(
    'measured after the commits',
    async () => {
      const { quality } = await page();
      return quality?.rows === '2' && quality.trigger === 'COMMIT' ? true : undefined;
    },
    60,
  );
  expect(await measure()).toMatchObject({
    ...passed,
    trigger: 'ASKED',
    checks: [{ name: 'amounts', status: 'PASSED', measured: 0, rows: '2' }],
  });
  await produce({ order_id: 'o-3', customer: 'c-3' });
  await eventually(
    'the third record has landed',
    async () => {
      const { pipeline } = await page();
      return pipeline.status.ledger.landed === '3' ? true : undefined;
    },
    60,
  );
  const failed = {
    status: 'FAILED',
    checks: [{ name: 'amounts', status: 'FAILED', measured: 1, rows: '3' }],
  };
  expect(await measure()).toMatchObject(failed);
  const shown = await page();
  expect(shown).toMatchObject({
    quality: failed,
    openIncidents: [{ kind: 'quality-failed' }],
  });
  expect(shown.qualityRuns.nodes.map(({ status }) => status)).toContain('PASSED');
});

test('when every reader has moved the old field goes, with a major version', async () => {
  for (const team of ['billing', 'crm', 'risk']) {
    const input = { product, application: `${domain}-${team}-app`, port: team === 'crm' ? 'TABLE' : 'TOPIC' };
    await done('declareRead', 'DeclareReadInput', { ...input, fields: ['customer_id'] });
  }
  const removed = contractOf('2.0.0', 'customer_id').replace(
    'name: customer_id\n        logicalType: string\n        required: true',
    'name: customer_id\n        logicalType: string',
  );
  const published = await publish({ contract: removed });
  expect(published.userErrors).toEqual([]);
  await succeeded(published.operation?.id);
  const { contract } = await inForce('2.0.0');
  expect(contract.properties.map(({ name }) => name)).toEqual(['order_id', 'customer_id', 'amount']);
});
