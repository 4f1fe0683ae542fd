import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { createPostgres, type Postgres } from '@headwater/adapter-postgres';
import { createDoorbell, startWorkRunner } from '@headwater/adapter-queue';
import type { Job, RunJob } from '@headwater/core-jobs';
import { operationalError, silentLogger, userError } from '@headwater/kernel';
import { runSql } from '@headwater/platform-embedded';
import { createTestDatabase, uniqueName, type TestDatabase } from '@headwater/testkit';

const logger = silentLogger;
const soon = { timeout: 20_000, interval: 20 };
let database: TestDatabase;
let postgres: Postgres;

beforeAll(async () => {
  database = await createTestDatabase(inject('stack').databaseUrl);
  postgres = await createPostgres({
    databaseUrl: database.databaseUrl,
    applicationName: 'test',
    logger,
  });
});
beforeEach(async () => void (await runSql(database.databaseUrl, 'DELETE FROM work_item')));
afterAll(async () => {
  await postgres.close();
  await database.drop();
});

const planJob = (): Job => ({ name: 'plan-retention', payload: { productId: randomUUID() } });
/** Ends when the handler is told to stop, by throwing. */
const untilTold = (signal: AbortSignal) =>
  new Promise<void>((_resolve, reject) => {
    const stop = () => reject(new Error('told to stop'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
const stateOf = async (id: string) => (await postgres.work.status(id))?.state;

const productOf = ({ payload }: Job): string => ('productId' in payload ? payload.productId : '');

async function startRunner(runJob: RunJob, leaseMs = 15_000, prefix = uniqueName('bell')) {
  const doorbell = await createDoorbell({ redisUrl: inject('stack').redisUrl, logger, prefix });
  const runner = startWorkRunner({
    queue: 'retention',
    work: postgres.work,
    doorbell,
    runJob,
    owner: uniqueName('runner'),
    logger,
    leaseMs,
    sweepIntervalMs: 100,
  });
  const stop = async () => {
    await runner.close();
    await doorbell.close();
  };
  return { runner, stop };
}

test('[I7] work that nobody rang for is found by the sweep; two processes do each item once', async () => {
  const done: string[] = [];
  const prefix = uniqueName('bell');
  const runJob: RunJob = async (job) => void done.push(productOf(job));
  const runners = [await startRunner(runJob, 15_000, prefix), await startRunner(runJob, 15_000, prefix)];
  const jobs = Array.from({ length: 20 }, planJob);
  const ids = await Promise.all(jobs.map((job) => postgres.work.add(job)));
  await vi.waitFor(async () => {
    expect(new Set(await Promise.all(ids.map(stateOf)))).toEqual(new Set(['done']));
  }, soon);
  expect(done.sort()).toEqual(jobs.map(productOf).sort());
  for (const { stop } of runners) await stop();
});

test('an outage is tried again until it is over', async () => {
  let tries = 0;
  const { stop } = await startRunner(() => {
    tries += 1;
    return tries < 3
      ? Promise.reject(operationalError({ code: 'HW_DOWN', message: 'down', canRetry: true }))
      : Promise.resolve();
  });
  const id = await postgres.work.add(planJob());
  await vi.waitFor(async () => expect(await stateOf(id)).toBe('done'), soon);
  expect(tries).toBe(3);
  await stop();
});

test('a user error ends the work at once and is kept for whoever asked', async () => {
  const problem = userError({ code: 'HW_NO', message: 'no such product', fix: 'name another' });
  const { stop } = await startRunner(() => Promise.reject(problem));
  const id = await postgres.work.add(planJob());
  await vi.waitFor(async () => expect(await stateOf(id)).toBe('failed'), soon);
  expect(await postgres.work.status(id)).toMatchObject({
    attempt: 1,
    error: { code: 'HW_NO', message: 'no such product', fix: 'name another' },
  });
  await stop();
});

test('[I7] a handler whose lease was taken from it is told to stop, and the work is done by the next holder', async () => {
  let told: AbortSignal | undefined;
  const { stop } = await startRunner(async (_job, { signal }) => {
    told ??= signal;
    if (told === signal) await untilTold(signal);
  }, 2_000);
  const id = await postgres.work.add(planJob());
  await vi.waitFor(() => expect(told).toBeDefined(), soon);
  await runSql(database.databaseUrl, "UPDATE work_item SET lease_until = now() - interval '1 ms'");
  await vi.waitFor(() => expect(told?.aborted).toBe(true), soon);
  await vi.waitFor(async () => expect(await stateOf(id)).toBe('done'), soon);
  expect((await postgres.work.status(id))?.attempt).toBe(2);
  await stop();
});

test('close stops the handlers and gives their work back at once', async () => {
  const { runner, stop } = await startRunner((_job, { signal }) => untilTold(signal));
  const id = await postgres.work.add(planJob());
  await vi.waitFor(() => expect(runner.running()).toBe(1), soon);
  await stop();
  expect(await postgres.work.status(id)).toMatchObject({
    state: 'waiting',
    error: { code: 'HW_JOB_STOPPED' },
  });
  expect(await postgres.work.due('retention', 10)).toEqual([id]);
});
