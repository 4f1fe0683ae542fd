import { randomUUID } from 'node:crypto';
import { expect, inject, test, vi } from 'vitest';
import { silentLogger } from '@headwater/kernel';
import { startPrivatePart, uniqueName } from '@headwater/testkit';
import { Redis } from 'ioredis';
import { createDoorbell } from './doorbell.ts';
import { startSweeper, sweepIntervalMs } from './sweeper.ts';

const logger = silentLogger;
const soon = { timeout: 20_000, interval: 50 };

const openShared = () =>
  createDoorbell({ redisUrl: inject('stack').redisUrl, logger, prefix: uniqueName('bell') });

test('a ring reaches one listener, once', async () => {
  const doorbell = await openShared();
  const heard: string[] = [];
  doorbell.listen('retention', async (id) => void heard.push(`a ${id}`));
  doorbell.listen('retention', async (id) => void heard.push(`b ${id}`));
  const ids = Array.from({ length: 20 }, () => randomUUID());
  for (const id of ids) expect(await doorbell.ring('retention', id)).toBe(true);
  await vi.waitFor(() => expect(heard).toHaveLength(20), soon);
  expect(heard.map((line) => line.slice(2)).sort()).toEqual([...ids].sort());
  await doorbell.close();
});

test('an id that is rung again while it waits is heard once, and later again', async () => {
  const doorbell = await openShared();
  const id = randomUUID();
  for (let n = 0; n < 5; n += 1) await doorbell.ring('retention', id);
  const heard: string[] = [];
  doorbell.listen('retention', async (ringId) => void heard.push(ringId));
  await vi.waitFor(() => expect(heard).toEqual([id]), soon);
  await vi.waitFor(async () => {
    await doorbell.ring('retention', id);
    expect(heard.length).toBeGreaterThan(1);
  }, soon);
  await doorbell.close();
});

test('[I14] rings that were heard, also those that failed, leave no job behind in Redis', async () => {
  const prefix = uniqueName('bell');
  const doorbell = await createDoorbell({ redisUrl: inject('stack').redisUrl, logger, prefix });
  const redis = new Redis(inject('stack').redisUrl);
  let heard = 0;
  doorbell.listen('retention', async () => {
    heard += 1;
    if (heard % 2 === 0) throw new Error('the handler failed');
  });
  const ids = Array.from({ length: 10 }, () => randomUUID());
  for (const id of ids) await doorbell.ring('retention', id);
  await vi.waitFor(() => expect(heard).toBe(10), soon);
  await vi.waitFor(async () => {
    const keys = await redis.keys(`${prefix}:*`);
    expect(keys.filter((key) => ids.some((id) => key.includes(id)))).toEqual([]);
  }, soon);
  redis.disconnect();
  await doorbell.close();
});

test('FLUSHALL loses no work: everything nobody holds is rung again by the next sweep', async () => {
  expect(sweepIntervalMs).toBeLessThan(5_000);
  await using redis = await startPrivatePart('redis');
  const doorbell = await createDoorbell({ redisUrl: redis.url, logger });
  const undone = new Set<string>(Array.from({ length: 50 }, () => randomUUID()));
  for (const id of undone) await doorbell.ring('retention', id);

  const client = new Redis(redis.url);
  await client.flushall();
  expect(await client.dbsize()).toBe(0);

  const answer = async (id: string) => void undone.delete(id);
  doorbell.listen('retention', answer);
  const sweeper = startSweeper({
    doorbell,
    queue: 'retention',
    unheld: (limit) => Promise.resolve([...undone].slice(0, limit)),
    onRing: answer,
    logger,
  });
  await vi.waitFor(() => expect(undone.size).toBe(0), soon);

  // Once more while a listener is already blocked on the emptied Redis.
  await client.flushall();
  const late = randomUUID();
  undone.add(late);
  await vi.waitFor(() => expect(undone.size).toBe(0), soon);
  client.disconnect();
  await sweeper.close();
  await doorbell.close();
});

test('[I7] work whose ring a dead listener still holds is answered by the second sweep', async () => {
  await using redis = await startPrivatePart('redis');
  const doorbell = await createDoorbell({ redisUrl: redis.url, logger });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: taken, resolve: take } = Promise.withResolvers<void>();
  // To Redis, a listener that died while it answered looks like this one.
  doorbell.listen('retention', async () => {
    take();
    await held;
  });
  const id = randomUUID();
  await doorbell.ring('retention', id);
  await taken;
  const answered: string[] = [];
  const sweeper = startSweeper({
    doorbell,
    queue: 'retention',
    unheld: () => Promise.resolve([id]),
    onRing: async (work) => void answered.push(work),
    logger,
    intervalMs: 60_000,
  });
  await sweeper.sweep();
  expect(answered).toEqual([]);
  await sweeper.sweep();
  expect(answered).toEqual([id]);
  release();
  await sweeper.close();
  await doorbell.close();
});

test('without Redis the sweeper answers in its own process, and ringing fails at once instead of waiting', async () => {
  const redis = await startPrivatePart('redis');
  const doorbell = await createDoorbell({ redisUrl: redis.url, logger });
  await redis[Symbol.asyncDispose]();
  expect(await doorbell.ring('retention', randomUUID())).toBe(false);
  await expect(doorbell.ping()).rejects.toMatchObject({ code: 'HW_REDIS_UNREACHABLE' });
  const undone = new Set<string>([randomUUID()]);
  const sweeper = startSweeper({
    doorbell,
    queue: 'retention',
    unheld: () => Promise.resolve([...undone]),
    onRing: async (id) => void undone.delete(id),
    logger,
  });
  await sweeper.sweep();
  expect(undone.size).toBe(0);
  await sweeper.close();
  await doorbell.close();
});

test('a Redis that may evict keys is refused at start, naming REDIS_URL and the setting', async () => {
  await using redis = await startPrivatePart('redis');
  const client = new Redis(redis.url);
  await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
  await expect(createDoorbell({ redisUrl: redis.url, logger })).rejects.toMatchObject({
    code: 'HW_REDIS_EVICTS',
    message: expect.stringMatching(/REDIS_URL.*allkeys-lru/),
    fix: expect.stringMatching(/noeviction/),
  });
  client.disconnect();
});

test('a wrong password is named without being shown', async () => {
  await using redis = await startPrivatePart('redis');
  const client = new Redis(redis.url);
  await client.config('SET', 'requirepass', 'right');
  const url = new URL(redis.url);
  url.password = 'hunter2';
  const problem: unknown = await createDoorbell({ redisUrl: url.href, logger }).catch(
    (error: unknown) => error,
  );
  expect(problem).toMatchObject({
    code: 'HW_REDIS_LOGIN_REFUSED',
    fix: expect.stringMatching(/password in REDIS_URL/),
    canRetry: false,
  });
  expect(String(problem)).not.toContain('hunter2');
  client.disconnect();
});

test.each([
  ['redis://127.0.0.1:1', 'HW_REDIS_UNREACHABLE'],
  ['http://127.0.0.1:6379', 'HW_REDIS_URL'],
  ['not a url', 'HW_REDIS_URL'],
])('%s is refused as %s', async (redisUrl, code) => {
  await expect(createDoorbell({ redisUrl, logger })).rejects.toMatchObject({
    code,
    message: expect.stringContaining('REDIS_URL'),
  });
});
