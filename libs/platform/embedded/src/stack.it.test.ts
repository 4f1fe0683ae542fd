import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, inject, test } from 'vitest';
import {
  createTestHome,
  environmentWithoutParts,
  startPrivatePart,
  startPrivateStack,
  testCacheDir,
} from '@headwater/testkit';
import { createTopic, hasTopic } from './kafka-topic.fixture.ts';
import { canFollowParentDeath } from './parent-death.ts';
import { identifyProcess } from './process-identity.ts';
import { askRedis, runSql } from '@headwater/platform-wire';
import { readStackFile } from './stack-file.ts';
import { resetStack } from './stack-session.ts';
import { startStack } from './stack.ts';
import type { StackEvent } from './events.ts';
import { becomesTrue } from './wait.ts';

const homes: string[] = [];
const supervisors: ChildProcess[] = [];

function newHome(): string {
  const home = createTestHome();
  homes.push(home);
  return home;
}

afterEach(async () => {
  for (const supervisor of supervisors.splice(0)) supervisor.kill('SIGKILL');
  for (const home of homes.splice(0)) {
    await resetStack(home, () => undefined).catch(() => undefined);
    await rm(home, { recursive: true, force: true });
  }
});

/** A supervisor in a process group of its own, as a terminal makes one. Resolves the pids of its four servers. */
async function superviseInChild(
  home: string,
  follows: boolean,
): Promise<{ child: ChildProcess; pids: number[] }> {
  const program = join(import.meta.dirname, 'supervisor.fixture.ts');
  const child = spawn(process.execPath, [program, home, testCacheDir(), String(follows)], {
    env: environmentWithoutParts() as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  supervisors.push(child);
  const pids = await new Promise<number[]>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (line: string) => resolve(JSON.parse(line) as number[]));
    child.once('close', (code) => reject(new Error(`the supervisor ended with ${code}`)));
  });
  return { child, pids };
}

const areAllGone = (pids: readonly number[]): boolean =>
  pids.every((pid) => identifyProcess(pid) === undefined);

test('a second start uses the same ports and finds the data of the first in every server', async () => {
  const home = newHome();
  const first = await startPrivateStack({ home });
  await runSql(first.databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await askRedis(first.redisUrl, [['SET', 'kept', '42']]);
  await createTopic(first.kafkaBootstrapServers, 'kept');
  await registerSubject(first.schemaRegistryUrl, 'kept-value');
  const { environment } = first;
  await first.stopKeepingData();

  const second = await startPrivateStack({ home });
  expect(second.environment).toEqual(environment);
  expect(await runSql(second.databaseUrl, 'SELECT answer FROM kept')).toEqual([['42']]);
  expect(await askRedis(second.redisUrl, [['GET', 'kept']])).toEqual(['42']);
  expect(await hasTopic(second.kafkaBootstrapServers, 'kept')).toBe(true);
  expect(await (await fetch(`${second.schemaRegistryUrl}/subjects`)).json()).toEqual(['kept-value']);
  await second.stop();
});

// The embedded registry takes a JSON text for JSON Schema only when it says so itself.
const registrySchema = '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}';

async function registerSubject(registryUrl: string, subject: string): Promise<void> {
  const response = await fetch(`${registryUrl}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schemaType: 'JSON', schema: registrySchema }),
  });
  expect(response.status).toBe(200);
}

test('servers that outlive a killed supervisor are ended by the next start, which serves their data', async () => {
  const home = newHome();
  const { child, pids } = await superviseInChild(home, false);
  child.kill('SIGKILL');
  await becomesTrue(() => child.signalCode !== null, 10_000);
  expect(pids.some((pid) => identifyProcess(pid) === undefined)).toBe(false);

  const events: StackEvent[] = [];
  const stack = await startPrivateStack({ home, onProgress: (event) => events.push(event) });
  const ended = events.flatMap((event) => (event.kind === 'orphan.ended' ? [event.name] : []));
  expect(ended.sort()).toEqual(['kafka', 'postgres', 'redis', 'registry']);
  expect(areAllGone(pids)).toBe(true);
  expect(await runSql(stack.databaseUrl, 'SELECT 1')).toEqual([['1']]);
  await stack.stop();
});

test.runIf(canFollowParentDeath())('servers end by themselves when their supervisor is killed', async () => {
  const { child, pids } = await superviseInChild(newHome(), true);
  child.kill('SIGKILL');
  expect(await becomesTrue(() => areAllGone(pids), 40_000, 100)).toBe(true);
});

test('Ctrl-C in the terminal leaves no process and an empty record', async () => {
  const home = newHome();
  const { child, pids } = await superviseInChild(home, true);
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await becomesTrue(() => child.exitCode !== null, 60_000);
  expect(child.exitCode).toBe(0);
  expect(areAllGone(pids)).toBe(true);
  expect(readStackFile(home)).toMatchObject({ processes: [], addresses: {} });
});

test('a second supervisor of the same state folder is refused and names the first', async () => {
  const home = newHome();
  await using part = await startPrivatePart('redis', { home });
  await expect(startPrivatePart('redis', { home })).rejects.toMatchObject({
    code: 'HW_STACK_ALREADY_RUNNING',
    message: expect.stringContaining(String(process.pid)),
  });
  expect(await askRedis(part.url, [['PING']])).toEqual(['PONG']);
});

test('a remembered port that another program took is replaced and the change is told', async () => {
  const home = newHome();
  const first = await startPrivatePart('redis', { home });
  const taken = Number(new URL(first.url).port);
  await first.close();
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(taken, '127.0.0.1', resolve));
  const events: StackEvent[] = [];
  await using second = await startPrivatePart('redis', { home, onProgress: (event) => events.push(event) });
  expect(events).toContainEqual(expect.objectContaining({ kind: 'port.changed', previous: taken }));
  expect(await askRedis(second.url, [['PING']])).toEqual(['PONG']);
  await new Promise((resolve) => blocker.close(resolve));
});

test('a killed broker keeps its topics and serves them after start', async () => {
  await using kafka = await startPrivatePart('kafka');
  await createTopic(kafka.url, 'survivor');
  await kafka.kill();
  expect(kafka.pid()).toBeUndefined();
  await kafka.start();
  expect(await hasTopic(kafka.url, 'survivor')).toBe(true);
});

test('a killed Postgres keeps what was committed and serves it after start', async () => {
  await using postgres = await startPrivatePart('postgres');
  await runSql(postgres.url, 'CREATE TABLE survivor AS SELECT 1 AS id');
  await postgres.kill();
  await postgres.start();
  expect(await runSql(postgres.url, 'SELECT id FROM survivor')).toEqual([['1']]);
});

test('a server that ends by itself is reported with the end of its log', async () => {
  const events: StackEvent[] = [];
  await using redis = await startPrivatePart('redis', { onProgress: (event) => events.push(event) });
  process.kill(redis.pid() ?? 0, 'SIGTERM');
  const isReported = await becomesTrue(() => events.some(({ kind }) => kind === 'part.exited'), 10_000);
  expect(isReported).toBe(true);
  expect(events.find(({ kind }) => kind === 'part.exited')).toMatchObject({
    part: 'redis',
    logTail: expect.stringContaining('SIGTERM'),
  });
});

test.each([
  ['DATABASE_URL', 'postgresql://me:secret@127.0.0.1:1/headwater'],
  ['REDIS_URL', 'redis://:secret@127.0.0.1:1'],
  ['KAFKA_BOOTSTRAP_SERVERS', '127.0.0.1:1'],
  ['SCHEMA_REGISTRY_URL', 'http://me:secret@127.0.0.1:1/apis/ccompat/v7'],
  ['LAKE_URL', 'file:///dev/null/lake'],
])(
  'an unreachable %s is an error that names it, tells no password and leaves no process',
  async (name, value) => {
    const home = newHome();
    const env = { ...environmentWithoutParts(), ...everyPart(), [name]: value };
    const failure = await startStack({
      home,
      cacheDir: testCacheDir(),
      env,
      onProgress: () => undefined,
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      kind: 'operational',
      code: expect.stringMatching(/^HW_[A-Z]+_UNREACHABLE$/),
      path: name,
      message: expect.stringContaining(name),
      fix: expect.stringContaining(name),
    });
    expect(String(failure)).not.toContain('secret');
    expect(readStackFile(home).processes).toEqual([]);
  },
);

function everyPart(): Record<string, string> {
  const { databaseUrl, redisUrl, kafkaBootstrapServers, schemaRegistryUrl } = inject('stack');
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers,
    SCHEMA_REGISTRY_URL: schemaRegistryUrl,
  };
}

test('configured servers are used as they are and nothing is started', async () => {
  const home = newHome();
  const env = { ...environmentWithoutParts(), ...everyPart() };
  const stack = await startStack({ home, cacheDir: testCacheDir(), env, onProgress: () => undefined });
  expect(stack.environment).toMatchObject(everyPart());
  expect(readStackFile(home).processes).toEqual([]);
  await stack.stop();
  expect(await askRedis(stack.redisUrl, [['PING']])).toEqual(['PONG']);
});

test.each([
  ['DATABASE_URL', (url: string) => url.replace(/:[^:@/]+@/, ':wrong@')],
  ['REDIS_URL', (url: string) => url.replace('redis://', 'redis://nobody:wrong@')],
  ['SCHEMA_REGISTRY_URL', (url: string) => `${url}/elsewhere`],
])('a %s that the server refuses is an error that names it', async (name, spoil) => {
  const env = { ...environmentWithoutParts(), ...everyPart(), [name]: spoil(everyPart()[name] ?? '') };
  const start = startStack({ home: newHome(), cacheDir: testCacheDir(), env, onProgress: () => undefined });
  await expect(start).rejects.toMatchObject({
    kind: 'operational',
    code: expect.stringMatching(/^HW_(DATABASE_LOGIN_REFUSED|REDIS_LOGIN_REFUSED|REGISTRY_OTHER_PROTOCOL)$/),
    path: name,
  });
});

test('a configured Redis that may evict keys is refused', async () => {
  await using redis = await startPrivatePart('redis');
  await askRedis(redis.url, [['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru']]);
  const env = { ...environmentWithoutParts(), ...everyPart(), REDIS_URL: redis.url };
  const start = startStack({ home: newHome(), cacheDir: testCacheDir(), env, onProgress: () => undefined });
  await expect(start).rejects.toMatchObject({
    code: 'HW_REDIS_EVICTS',
    path: 'REDIS_URL',
    fix: expect.stringContaining('noeviction'),
  });
});

test('reset deletes all state, nothing that is not ours, and is refused while a supervisor runs', async () => {
  const home = newHome();
  const redis = await startPrivatePart('redis', { home });
  await expect(resetStack(home, () => undefined)).rejects.toMatchObject({ code: 'HW_STACK_ALREADY_RUNNING' });
  await redis.close();
  await writeFile(join(home, 'not-ours.txt'), 'kept');
  await resetStack(home, () => undefined);
  expect(await readdir(home)).toEqual(['not-ours.txt']);
});
