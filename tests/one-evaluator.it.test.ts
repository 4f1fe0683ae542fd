import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { createTestDatabase, uniqueName, type TestDatabase } from '@headwater/testkit';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startApp, type AppProcess } from './app-process.ts';
import { createGraphqlClient, type GraphqlClient } from './graphql-client.ts';
import { eventually } from './headwater-process.ts';
import { onboardMutation, statusQuery, type Change, type Status } from './story-queries.ts';

/** One contract and the same records: what is counted at proposal, at staging and on the table is the same. */
const RECORDS = 100_000;
const domain = uniqueName('quality')
  .toLowerCase()
  .replaceAll(/[^a-z0-9]+/g, '-');
const product = `${domain}/orders`;
const topic = `${domain}.orders`;
const stack = inject('stack');

const contract = `apiVersion: v3.1.0
kind: DataContract
id: ${topic}
name: orders
version: 1.0.0
status: active
domain: ${domain}
dataProduct: orders
team: { name: ${domain} }
schema:
  - name: orders
    quality:
      - metric: rowCount
        mustBeGreaterThan: 0
    properties:
      - name: order_id
        logicalType: string
        required: true
        quality:
          - metric: duplicateValues
            mustBeLessThan: 1000
      - name: amount
        logicalType: integer
        logicalTypeOptions: { minimum: 0, maximum: 999 }
      - name: status
        logicalType: string
        quality:
          - metric: invalidValues
            arguments: { validValues: [placed, paid, sent] }
            mustBe: 0
          - metric: nullValues
            mustBeLessThan: 5
            unit: percent
          - metric: missingValues
            arguments: { missingValues: [placed] }
            mustBeLessThan: 90
            unit: percent
      - name: note
        logicalType: string
        logicalTypeOptions: { pattern: '^[a-z ]*$' }
        quality:
          - metric: invalidValues
            name: short notes
            arguments: { pattern: '^.{0,6}$' }
            mustBeLessThan: 10
            unit: percent
`;

/** Records of which every seventh or so breaks a rule, always the same ones. */
const record = (index: number): string => {
  const values: Record<string, unknown> = {
    order_id: `o-${index % 99_500}`,
    amount: index % 1_003,
    status: ['placed', 'paid', 'sent', null][index % 101 === 0 ? 3 : index % 3],
    note: index % 53 === 0 ? 'seven letters' : 'ok',
  };
  if (index % 211 === 0) values['status'] = 'lost';
  if (index % 307 === 0) delete values['order_id'];
  if (index % 401 === 0) values['amount'] = '12';
  if (index % 503 === 0) values['note'] = 'Upper';
  return index % 997 === 0 ? '{"broken"' : JSON.stringify(values);
};

let folder: string;
let database: TestDatabase;
let controlPlane: AppProcess;
let worker: AppProcess;
let client: GraphqlClient;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'headwater-quality-'));
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
  worker = await startApp('staging-worker', env);
  client = createGraphqlClient(
    controlPlane.url,
    readFileSync(path.join(folder, 'home/token'), 'utf8').trim(),
  );
});

afterAll(async () => {
  await worker?.kill('SIGTERM');
  await controlPlane?.kill('SIGTERM');
  const admin = createKafkaAdmin({ settings: { bootstrapServers: stack.kafkaBootstrapServers.split(',') } });
  for (const name of await admin.listTopicNames()) if (name.startsWith(domain)) await admin.deleteTopic(name);
  await admin.close();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function produceAll(): Promise<void> {
  const producer = new Kafka({
    brokers: stack.kafkaBootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
  }).producer();
  await producer.connect();
  for (let from = 0; from < RECORDS; from += 5_000) {
    const messages = Array.from({ length: 5_000 }, (_, i) => ({ value: record(from + i) }));
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
}

interface Report {
  readonly records: number;
  readonly accepted: number;
  readonly refused: readonly { readonly reason: string; readonly path: string; readonly records: number }[];
  readonly checks: readonly object[];
}

async function contractTest(...subject: readonly string[]): Promise<Report> {
  const cli = path.join(import.meta.dirname, '../dist/release/cli.mjs');
  const file = path.join(folder, 'orders.odcs.yaml');
  const child = spawn(process.execPath, [cli, 'contract', 'test', file, ...subject, '-o', 'json']);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  await new Promise((resolve) => child.once('close', resolve));
  if (output === '') throw new Error(errors);
  return JSON.parse(output) as Report;
}

const byCause = (groups: readonly { reason: string; path: string; records: number | string }[]) =>
  Object.fromEntries(groups.map(({ reason, path: at, records }) => [`${reason} ${at}`, Number(records)]));

test('the same contract and 100,000 records give the same counts at proposal, at staging and on the table', async () => {
  writeFileSync(path.join(folder, 'orders.odcs.yaml'), contract);
  const sample = path.join(folder, 'orders.jsonl');
  writeFileSync(sample, Array.from({ length: RECORDS }, (_, index) => record(index)).join('\n'));
  const proposal = await contractTest('--sample', sample);

  const { onboardDataProduct } = await client.run<{ onboardDataProduct: Change }>(onboardMutation, {
    input: { contract },
  });
  expect(onboardDataProduct.userErrors).toEqual([]);
  await eventually(
    'the product is there',
    async () => {
      const { dataProduct } = await client.run<{ dataProduct: { status: string } | null }>(
        'query ($name: String!) { dataProduct(name: $name) { status } }',
        { name: product },
      );
      return dataProduct?.status === 'ACTIVE' ? true : undefined;
    },
    60,
  );
  await produceAll();
  const staged = await eventually(
    'every record is accounted for',
    async () => {
      const { pipelineStatus } = await client.run<{ pipelineStatus: Status | null }>(statusQuery, {
        product,
      });
      return BigInt(pipelineStatus?.ledger.offsets ?? 0) >= BigInt(RECORDS) ? pipelineStatus! : undefined;
    },
    90,
  );
  const table = await contractTest('--table', path.join(folder, 'lake', domain, 'orders'));

  const refused = byCause(proposal.refused);
  expect(Object.keys(refused)).toHaveLength(6);
  expect(byCause(staged.quarantineGroups)).toEqual(refused);
  expect(byCause(table.refused)).toEqual(refused);
  expect([Number(staged.ledger.landed), table.accepted]).toEqual([proposal.accepted, proposal.accepted]);
  expect(proposal.checks).toHaveLength(6);
  expect(table.checks).toEqual(proposal.checks);
});
