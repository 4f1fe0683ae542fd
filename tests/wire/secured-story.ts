import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createDomainProducer, type DomainProducer } from '@headwater/adapter-domain-client';
import { createKafkaAdmin, createRecordSource } from '@headwater/adapter-kafka';
import type { KafkaSettings } from '@headwater/platform-config';
import { examineKafka, runSql } from '@headwater/platform-wire';
import { canary, type SecuredStack } from '@headwater/testkit';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runApp, startApp, type AppProcess } from '../app-process.ts';
import { createGraphqlClient, type GraphqlClient } from '../graphql-client.ts';
import { eventually } from '../headwater-process.ts';
import {
  applyRetentionMutation,
  onboardMutation,
  operationSubscription,
  planRetentionMutation,
  statusQuery,
  type Change,
  type Operation,
  type RetentionPlan,
  type Status,
} from '../story-queries.ts';
import { leastRights, type Right } from './least-rights.ts';
import { grant, revoke, setPassword } from './principals.ts';
import type { Variables } from './server-variables.ts';

const domain = `wire-${Date.now().toString(36)}`;
const product = `${domain}/visits`;
const topic = `${domain}.visits`;
const principals = ['control-plane', 'staging-worker', 'retention-worker', 'producer', 'nobody', 'onlooker'];

/** The whole way over the secured stack, each app as a principal of its own with the least rights. */
export function describeSecuredStory(secured: () => SecuredStack, variables: () => Variables): void {
  const passwords = new Map(principals.map((name) => [name, canary()]));
  const outputs: (() => string)[] = [];
  const answers: string[] = [];
  const apps = new Map<string, AppProcess>();
  let folder: string;
  let admin: KafkaSettings;
  let client: GraphqlClient;

  const passwordFile = (principal: string): string => path.join(folder, 'secrets', principal);
  const settingsOf = (principal: string): KafkaSettings => ({
    ...admin,
    sasl: { mechanism: 'SCRAM-SHA-512', username: principal, password: passwords.get(principal) ?? '' },
  });
  const asAdministrator = async (work: (cluster: kafkajs.Admin) => Promise<void>): Promise<void> => {
    const { kafka, authority } = secured();
    const cluster = new kafkajs.Kafka({
      brokers: [kafka.bootstrapServers],
      ssl: { ca: authority.cert },
      sasl: { mechanism: 'scram-sha-256', ...kafka.admin },
      logLevel: kafkajs.logLevel.NOTHING,
    }).admin();
    await cluster.connect();
    await work(cluster);
    await cluster.disconnect();
  };
  const secretFile = (name: string, value: string): string => {
    const file = path.join(folder, 'secrets', name);
    writeFileSync(file, `${value}\n`, { mode: 0o600 });
    return file;
  };
  /** Every secret from a file, none in the environment of the process. */
  const environmentOf = (principal: string): Variables => {
    const {
      KAFKA_SASL_PASSWORD: _password,
      DATABASE_URL,
      REDIS_URL,
      SCHEMA_REGISTRY_PASSWORD,
      ...open
    } = variables();
    return {
      ...open,
      KAFKA_SASL_USERNAME: principal,
      KAFKA_SASL_PASSWORD_FILE: passwordFile(principal),
      DATABASE_URL_FILE: secretFile('database', DATABASE_URL ?? ''),
      REDIS_URL_FILE: secretFile('redis', REDIS_URL ?? ''),
      SCHEMA_REGISTRY_PASSWORD_FILE: secretFile('registry', SCHEMA_REGISTRY_PASSWORD ?? ''),
      HEADWATER_HOME: path.join(folder, 'home'),
      LAKE_URL: pathToFileURL(path.join(folder, 'lake')).href,
      LOG_LEVEL: 'debug',
    };
  };
  const start = async (
    app: 'control-plane' | 'staging-worker' | 'retention-worker',
    more: Variables = {},
  ) => {
    const started = await startApp(app, { ...environmentOf(app), ...more });
    apps.set(app, started);
    outputs.push(started.output);
    return started;
  };
  /** Sessions with SCRAM-SHA-256 do not expire: kafkajs renews only those that last longer than ten seconds. */
  const newProducer = (): Promise<DomainProducer> => {
    const { sasl, ...settings } = settingsOf('producer');
    if (sasl === undefined) throw new Error('a producer logs in');
    return createDomainProducer({
      settings: { ...settings, sasl: { ...sasl, mechanism: 'SCRAM-SHA-256' } },
      topic,
    });
  };
  const visit = (id: number): string =>
    JSON.stringify({ visit_id: `v-${id}`, at: new Date(Date.UTC(2026, 4, 1) + id).toISOString(), pages: id });
  const statusNow = async (): Promise<Status> => {
    const answer = await client.run<{ pipelineStatus: Status | null }>(statusQuery, { product });
    answers.push(JSON.stringify(answer));
    if (answer.pipelineStatus === null) throw new Error('no pipeline');
    return answer.pipelineStatus;
  };
  const landed = (records: number): Promise<Status> =>
    eventually(
      `${records} records landed`,
      async () => {
        const status = await statusNow();
        return Number(status.ledger.landed) >= records ? status : undefined;
      },
      60,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${outputs.map((output) => output()).join('\n')}`);
    });
  const finish = async (operationId: string): Promise<Operation | undefined> => {
    let last: Operation | undefined;
    for await (const event of client.subscribe<{ operationChanged: Operation }>(operationSubscription, {
      id: operationId,
    }))
      last = event.operationChanged;
    answers.push(JSON.stringify(last));
    return last;
  };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'headwater-wire-'));
    mkdirSync(path.join(folder, 'secrets'), { mode: 0o700 });
    const { kafka, authority } = secured();
    admin = {
      bootstrapServers: [kafka.bootstrapServers],
      tls: { ca: authority.cert },
      sasl: { mechanism: 'SCRAM-SHA-512', ...kafka.admin },
    };
    for (const [principal, password] of passwords) {
      await setPassword(admin, principal, password);
      secretFile(principal, password);
    }
    await asAdministrator(async (cluster) => {
      for (const [principal, rights] of Object.entries(leastRights(`${domain}.`)))
        await grant(cluster, principal, rights);
      await grant(cluster, 'onlooker', [['topic', `${domain}.`, 'DESCRIBE', 'DESCRIBE_CONFIGS']]);
    });
  });

  afterAll(async () => {
    for (const app of ['retention-worker', 'staging-worker', 'control-plane'])
      await apps.get(app)?.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  test('servers that refuse the login end the process with every fix at once, before anything is written', async () => {
    const wrong = canary();
    const {
      KAFKA_SASL_PASSWORD_FILE: _kafka,
      SCHEMA_REGISTRY_PASSWORD_FILE: _registry,
      ...env
    } = environmentOf('control-plane');
    const ended = await runApp('control-plane', {
      ...env,
      KAFKA_SASL_PASSWORD: wrong,
      SCHEMA_REGISTRY_PASSWORD: wrong,
      HEADWATER_INSECURE: '1',
    });
    expect(ended.code).toBe(1);
    for (const told of [
      'HW_SERVERS_UNUSABLE',
      'HW_KAFKA_LOGIN_REFUSED',
      'HW_REGISTRY_LOGIN_REFUSED',
      'KAFKA_SASL_PASSWORD',
      'SCHEMA_REGISTRY_PASSWORD',
    ])
      expect(ended.output).toContain(told);
    for (const secret of [...secured().canaries, ...passwords.values(), wrong])
      expect(ended.output).not.toContain(secret);
    const databaseUrl = new URL(secured().superDatabaseUrl);
    databaseUrl.pathname = '/app';
    const tables = await runSql(
      databaseUrl.href,
      "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    );
    expect(tables).toEqual([['0']]);
  });

  test('a product is onboarded, its records land, and retention removes what is due', async () => {
    // One broker: the policies of a shared installation would ask for three replicas.
    const controlPlane = await start('control-plane', { HEADWATER_INSECURE: '1' });
    await start('staging-worker');
    await start('retention-worker', { RETENTION_SCHEDULE: '1h' });
    const token = readFileSync(path.join(folder, 'home/token'), 'utf8').trim();
    client = createGraphqlClient(controlPlane.url, token);
    const input = {
      domain,
      name: 'visits',
      owner: `${domain}-team`,
      samples: [1, 2, 3, 4, 5].map(visit),
      retention: { period: 'P1D' },
      topic: { partitions: 1 },
    };
    const { onboardDataProduct } = await client.run<{ onboardDataProduct: Change }>(onboardMutation, {
      input,
    });
    answers.push(JSON.stringify(onboardDataProduct));
    expect(onboardDataProduct.userErrors).toEqual([]);
    expect(await finish(onboardDataProduct.operation?.id ?? '')).toMatchObject({
      status: 'SUCCEEDED',
      error: null,
    });

    const producer = await newProducer();
    const oldMs = Date.now() - 2 * 86_400_000;
    for (const id of [1, 2, 3]) await producer.send({ value: visit(id), timestampMs: oldMs });
    await producer.flush();
    for (const id of [4, 5]) await producer.send({ value: visit(id) });
    await producer.close();
    expect((await landed(5)).ledger).toMatchObject({ offsets: '5', landed: '5', isBalanced: true });

    const { planRetention } = await client.run<{ planRetention: { retentionPlan: RetentionPlan } }>(
      planRetentionMutation,
      { input: { product } },
    );
    expect(planRetention.retentionPlan.actions).toContainEqual(
      expect.objectContaining({ action: 'delete-records', target: topic, records: '3' }),
    );
    const { applyRetention } = await client.run<{ applyRetention: Pick<Change, 'operation' | 'userErrors'> }>(
      applyRetentionMutation,
      { input: { product, planHash: planRetention.retentionPlan.hash } },
    );
    expect(applyRetention.userErrors).toEqual([]);
    expect(await finish(applyRetention.operation?.id ?? '')).toMatchObject({
      status: 'SUCCEEDED',
      error: null,
    });
    const observer = createKafkaAdmin({ settings: admin });
    expect(await observer.offsetsAt(topic, { kind: 'earliest' })).toEqual(new Map([[0, 3n]]));
    await observer.close();
  });

  test('a password that is rotated while records flow, and sessions that expire, lose and double nothing', async () => {
    const old = settingsOf('staging-worker');
    const producer = await newProducer();
    const sendWave = async (wave: number): Promise<void> => {
      for (let id = 0; id < 50; id++) await producer.send({ value: visit(1_000 + wave * 50 + id) });
      await producer.flush();
    };
    let wave = 0;
    for (; wave < 4; wave++) await sendWave(wave);
    const rotated = canary();
    await setPassword(admin, 'staging-worker', rotated);
    // The file follows the cluster with a delay, as it does when a secret is mounted.
    for (; wave < 8; wave++) {
      await sendWave(wave);
      await sleep(250);
    }
    passwords.set('staging-worker', rotated);
    secretFile('staging-worker', rotated);
    expect(await examineKafka(old)).toMatchObject({ error: { code: 'HW_KAFKA_LOGIN_REFUSED' } });
    // Every session that was opened with the old password ends within six seconds.
    for (; wave < 32; wave++) {
      await sendWave(wave);
      await sleep(300);
    }
    const closedMs = performance.now();
    await producer.close();
    const status = await landed(5 + wave * 50);
    process.stderr.write(
      `[wire] all landed ${Math.round(performance.now() - closedMs)} ms after the last record\n`,
    );
    expect(status.ledger).toEqual({
      offsets: String(5 + wave * 50),
      landed: String(5 + wave * 50),
      quarantined: '0',
      isBalanced: true,
    });
    // The status reads the table a moment later than the ledger.
    const { table } = await eventually(
      'the table has every row',
      async () => {
        const now = await statusNow();
        return BigInt(now.table.rows) >= BigInt(status.ledger.landed) ? now : undefined;
      },
      20,
    );
    expect(table.rows).toBe(status.ledger.landed);
  });

  test('a lane that may no longer read its topic tells so with a fix, and goes on when it may again', async () => {
    const before = Number((await statusNow()).ledger.landed);
    // READ includes DESCRIBE: with that right left, the fetch itself is refused.
    const reading: readonly Right[] = [['topic', `${domain}.`, 'READ']];
    const describing: readonly Right[] = [['topic', `${domain}.`, 'DESCRIBE']];
    await asAdministrator(async (cluster) => {
      await grant(cluster, 'staging-worker', describing);
      await revoke(cluster, 'staging-worker', reading);
    });
    const producer = await newProducer();
    for (let id = 0; id < 20; id++) await producer.send({ value: visit(900_000 + id) });
    await producer.close();
    const refused = await eventually(
      'the lane tells that it may not read',
      async () => (await statusNow()).lanes.find(({ error }) => error !== null)?.error ?? undefined,
      30,
    );
    expect(refused).toMatchObject({
      code: 'HW_KAFKA_NOT_AUTHORISED',
      message: expect.stringContaining(`read topic ${topic} (TOPIC_AUTHORIZATION_FAILED)`),
      fix: expect.stringContaining('KAFKA_SASL_USERNAME'),
    });
    await asAdministrator(async (cluster) => {
      await grant(cluster, 'staging-worker', reading);
      await revoke(cluster, 'staging-worker', describing);
    });
    const { ledger } = await landed(before + 20);
    expect(ledger).toMatchObject({ landed: String(before + 20), isBalanced: true });
    await eventually(
      'the lane has nothing to tell any more',
      async () => (await statusNow()).lanes.every(({ error }) => error === null) || undefined,
      30,
    );
  });

  describe('a principal without a right is told which one', () => {
    const refusal = async (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => 'nothing was refused',
        (error: unknown) => error,
      );

    test('to describe a topic', async () => {
      const nobody = createKafkaAdmin({ settings: settingsOf('nobody') });
      const error = await refusal(nobody.describeTopics([topic]));
      await nobody.close();
      expect(error).toMatchObject({
        code: 'HW_KAFKA_NOT_AUTHORISED',
        message: expect.stringMatching(/describe.*TOPIC_AUTHORIZATION_FAILED/s),
        fix: expect.stringContaining('KAFKA_SASL_USERNAME'),
      });
    });

    test('to commit offsets of a group', async () => {
      const onlooker = createRecordSource({ settings: settingsOf('onlooker') });
      const error = await refusal(onlooker.commitOffsets('headwater.test', topic, new Map([[0, 1n]])));
      await onlooker.close();
      expect(error).toMatchObject({
        code: 'HW_KAFKA_NOT_AUTHORISED',
        message: expect.stringMatching(/group.*GROUP_AUTHORIZATION_FAILED/s),
      });
    });

    test('to make a topic', async () => {
      const onlooker = createKafkaAdmin({ settings: settingsOf('onlooker') });
      const wish = { name: `${domain}.other`, partitions: 1, replicationFactor: 1, configs: {} };
      const error = await refusal(onlooker.createTopic(wish));
      await onlooker.close();
      expect(error).toMatchObject({ code: 'HW_KAFKA_NOT_AUTHORISED' });
    });
  });

  test('no password, token or key is in a log, a metric or an answer', async () => {
    const pages = await Promise.all(
      [...apps.values()].flatMap(({ url }) =>
        ['/metrics', '/readyz'].map(async (page) => (await fetch(`${url}${page}`)).text()),
      ),
    );
    const asked = await client.answer(
      '{ installation { version insecure kafkaBootstrapServers schemaRegistryUrl lakeUrl } nothing }',
    );
    const known = await client.answer(
      '{ installation { version insecure kafkaBootstrapServers schemaRegistryUrl lakeUrl } }',
    );
    expect(known.data).toMatchObject({ installation: { schemaRegistryUrl: secured().registry.url } });
    const told = [...outputs.map((output) => output()), ...pages, ...answers, JSON.stringify([asked, known])];
    for (const secret of [...secured().canaries, ...passwords.values()])
      expect(told.filter((text) => text.includes(secret))).toEqual([]);
    expect(told.join('\n')).not.toContain('PRIVATE KEY');
  });
}
