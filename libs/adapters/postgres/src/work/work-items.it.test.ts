import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import type { Job } from '@headwater/core-jobs';
import { silentLogger } from '@headwater/kernel';
import { createTestDatabase, type TestDatabase } from '@headwater/testkit';
import type { Pool } from 'pg';
import { createConnectionPool } from '../connection-pool.ts';
import { createPostgres, type Postgres } from '../postgres.ts';

let database: TestDatabase;
let postgres: Postgres;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase(inject('stack').databaseUrl);
  postgres = await createPostgres({
    databaseUrl: database.databaseUrl,
    applicationName: 'test',
    logger: silentLogger,
  });
  pool = createConnectionPool({ databaseUrl: database.databaseUrl, applicationName: 'test' });
});
beforeEach(() => pool.query('DELETE FROM work_item'));
afterAll(async () => {
  await pool.end();
  await postgres.close();
  await database.drop();
});

const planJob = (): Job => ({ name: 'plan-retention', payload: { productId: randomUUID() } });
const expire = () =>
  pool.query(`UPDATE work_item SET lease_until = now() - interval '1 ms' WHERE state = 'running'`);
const claim = (owner: string, workId?: string) => postgres.work.claim('retention', owner, 60_000, workId);

test('work with the same dedup id waits or runs once, and can be added again after it ended', async () => {
  const job = planJob();
  const ids = await Promise.all(Array.from({ length: 10 }, () => postgres.work.add(job)));
  expect(new Set(ids).size).toBe(1);
  const work = await claim('a');
  expect(await postgres.work.add(job)).toBe(ids[0]);
  if (work !== undefined) await postgres.work.complete(work, 'a');
  expect(await postgres.work.add(job)).not.toBe(ids[0]);
});

test('a payload that is not of the catalogue is not stored', async () => {
  const job = { name: 'plan-retention', payload: { productId: 'x' } } as Job;
  await expect(postgres.work.add(job)).rejects.toMatchObject({ code: 'HW_JOB_PAYLOAD' });
});

test('[I7] of many owners each item has one, and every item has one', async () => {
  const added = await Promise.all(Array.from({ length: 8 }, () => postgres.work.add(planJob())));
  const claims = await Promise.all(Array.from({ length: 20 }, (_, index) => claim(`w${index}`)));
  const held = claims.flatMap((work) => (work === undefined ? [] : [work.id]));
  expect(held.sort()).toEqual([...added].sort());
});

test('[I7] work whose holder went away is due again under a higher fence, and the old holder can end nothing', async () => {
  await postgres.work.add(planJob());
  const first = await claim('a');
  if (first === undefined) throw new Error('nothing was claimed');
  expect(await postgres.work.due('retention', 10)).toEqual([]);
  await expire();
  expect(await postgres.work.renew(first, 'a', 60_000)).toBe(false);
  expect(await postgres.work.due('retention', 10)).toEqual([first.id]);
  const second = await claim('a');
  expect(second).toMatchObject({ id: first.id, attempt: 2, fence: first.fence + 1n });
  expect(await postgres.work.complete(first, 'a')).toBe(false);
  expect(await postgres.work.fail(first, 'a', { code: 'HW_X', message: 'x' })).toBe(false);
  expect((await postgres.work.status(first.id))?.state).toBe('running');
});

test('failed work waits for its next attempt and keeps the reason', async () => {
  const id = await postgres.work.add(planJob());
  const first = await claim('a');
  if (first === undefined) throw new Error('nothing was claimed');
  await postgres.work.fail(first, 'a', { code: 'HW_X', message: 'down', retryInMs: 60_000 });
  expect(await claim('b')).toBeUndefined();
  expect(await postgres.work.status(id)).toMatchObject({ state: 'waiting', error: { code: 'HW_X' } });
  await pool.query('UPDATE work_item SET due_at = now()');
  expect(await claim('b', id)).toMatchObject({ id, attempt: 2 });
});

test('work that kills its holder each time is given up after its last attempt', async () => {
  const id = await postgres.work.add(planJob());
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    expect(await claim('a')).toMatchObject({ attempt });
    await expire();
  }
  expect(await claim('a')).toBeUndefined();
  expect(await postgres.work.status(id)).toMatchObject({
    state: 'failed',
    error: { code: 'HW_JOB_ABANDONED' },
  });
});

test('work of a job this version does not know is set aside and does not block the rest', async () => {
  const unknown = randomUUID();
  await pool.query(
    `INSERT INTO work_item (id, tenant, job, queue, payload, state, attempts_max, due_at)
     VALUES ($1, 'default', 'from-the-future', 'retention', '{}', 'waiting', 3, now() - interval '1 hour')`,
    [unknown],
  );
  const id = await postgres.work.add(planJob());
  expect(await claim('a')).toMatchObject({ id });
  expect((await postgres.work.status(unknown))?.state).toBe('failed');
});

test('[I14] ended work is removed, work that waits or runs is not', async () => {
  await postgres.work.add(planJob());
  const waits = await postgres.work.add(planJob());
  const work = await claim('a');
  if (work !== undefined) await postgres.work.complete(work, 'a');
  expect(await postgres.work.prune(Date.now() + 60_000)).toBe(1);
  expect(await postgres.work.due('retention', 10)).toEqual([waits]);
});

test('work added in a unit that is rolled back never existed', async () => {
  const stop = postgres.mesh.unit(async (unit) => {
    await unit.work.add(planJob());
    throw new Error('stop');
  });
  await expect(stop).rejects.toThrow('stop');
  expect(await postgres.work.due('retention', 10)).toEqual([]);
  const id = await postgres.mesh.unit((unit) => unit.work.add(planJob()));
  expect(await postgres.work.due('retention', 10)).toEqual([id]);
});
