import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { whileHeld, type Deed, type Scene } from './deed.ts';

export const redisKill: Deed = {
  ...whileHeld(() => Promise.resolve(undefined)),
  async do({ track, doomed }) {
    const { redis } = track.stack;
    const before = redis.pid();
    await redis.kill();
    doomed.release();
    await sleep(500);
    await redis.start();
    return before !== redis.pid() ? `redis ${before} ended, ${redis.pid()} serves` : undefined;
  },
};

const onRedis = (work: (redis: Redis, scene: Scene) => Promise<string | undefined>): Deed =>
  whileHeld(async (scene) => {
    const redis = new Redis(scene.track.stack.redisUrl, { maxRetriesPerRequest: 2 });
    redis.on('error', () => undefined);
    try {
      return await work(redis, scene);
    } finally {
      redis.disconnect();
    }
  });

export const redisFlush = onRedis(async (redis) => {
  await redis.set('fault-harness:canary', '1');
  await redis.flushall();
  return (await redis.get('fault-harness:canary')) === null ? 'the canary key is gone' : undefined;
});

export const redisRefuses = onRedis(async (redis, { doomed }) => {
  await redis.config('SET', 'min-replicas-to-write', '1');
  try {
    const refused = await redis.set('fault-harness:canary', '1').catch((error: unknown) => String(error));
    doomed.release();
    await sleep(800);
    return String(refused).includes('NOREPLICAS') ? 'NOREPLICAS for every write' : undefined;
  } finally {
    await redis.config('SET', 'min-replicas-to-write', '0');
  }
});

export const redisSlow = onRedis(async (redis, { doomed }) => {
  await redis.call('CLIENT', 'PAUSE', '1500', 'ALL');
  doomed.release();
  const startedMs = performance.now();
  await redis.ping();
  const tookMs = performance.now() - startedMs;
  return tookMs > 500 ? `a ping took ${Math.round(tookMs)} ms` : undefined;
});

export const postgresRestart: Deed = {
  ...whileHeld(() => Promise.resolve(undefined)),
  async do({ track, doomed }) {
    const { postgres } = track.stack;
    const before = postgres.pid();
    await postgres.stop();
    doomed.release();
    await sleep(300);
    await postgres.start();
    return before !== postgres.pid() ? `postgres ${before} ended, ${postgres.pid()} serves` : undefined;
  },
};

/** Breaks the next transaction of the worker at its COMMIT, before it or with its answer; then whatever is open. */
export const connectionReset: Deed = {
  ...whileHeld(() => Promise.resolve(undefined)),
  async do({ track, doomed, random }) {
    const before = track.database.broken();
    track.database.resetAt('COMMIT', random() < 0.5 ? 'request' : 'answer');
    doomed.release();
    const endMs = performance.now() + 1_500;
    while (track.database.broken() === before && performance.now() < endMs) await sleep(20);
    const atCommit = track.database.broken() > before;
    if (!atCommit) track.database.resetAll();
    const broken = track.database.broken() - before;
    return broken > 0 ? `${broken} connections broken${atCommit ? ' at COMMIT' : ' at once'}` : undefined;
  },
};
