import { runSql } from '@headwater/platform-embedded';
import type { FaultOrder } from '@headwater/platform-process';
import type { S3Fault, S3Request } from '@headwater/testkit';
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CellLoad } from './cell-load.ts';
import type { CellProduct } from './cell-product.ts';
import type { FaultKind } from './cell.ts';
import type { OrderedProcess } from './processes.ts';
import { LEASE_MS, type Track } from './track.ts';

/** A cell at the moment its fault fires: the doomed process is dead, stopped, or holds at its point. */
export interface Scene {
  readonly track: Track;
  readonly product: CellProduct;
  readonly load: CellLoad;
  readonly doomed: OrderedProcess;
  /** Waits before its first sweep. */
  readonly heir?: OrderedProcess | undefined;
  readonly random: () => number;
}

export interface Deed {
  /** What the process itself does at the point. */
  readonly action: NonNullable<FaultOrder['action']>;
  readonly clockMs?: (seed: number) => number;
  /** True when another worker must take over. */
  readonly endsProcess: boolean;
  /** `incident`: an operator is told, and nothing is staged past it. `accepted`: or a stated loss is accepted. */
  readonly outcome: 'drained' | 'incident' | 'accepted';
  /** The heir is let go by the deed, not before it. */
  readonly holdsHeir?: boolean;
  /** Does what the point alone cannot; answers what proves it, or undefined when it did not happen. */
  do(scene: Scene): Promise<string | undefined>;
}

/** Holds at the point while the deed is done there and then. */
const whileHeld = (work: (scene: Scene) => Promise<string | undefined>): Deed => ({
  action: 'hold',
  endsProcess: false,
  outcome: 'drained',
  async do(scene) {
    try {
      return await work(scene);
    } finally {
      scene.doomed.release();
    }
  },
});

const killWorker: Deed = {
  action: 'kill',
  endsProcess: true,
  outcome: 'drained',
  async do({ doomed }) {
    const { signal } = await doomed.process.exited;
    return signal === 'SIGKILL' ? `${doomed.name} ended by ${signal}` : undefined;
  },
};

const stopWorker: Deed = {
  action: 'stop',
  endsProcess: true,
  outcome: 'drained',
  async do({ doomed, random }) {
    const state = await stoppedState(doomed.process.pid);
    await sleep(LEASE_MS * (2 + random()));
    process.kill(doomed.process.pid, 'SIGCONT');
    await sleep(700);
    // A worker that finds its lease ended when it wakes has slept, whatever its state was called meanwhile.
    const hasSlept = state === 'T' || doomed.process.logTail().includes('the lease has ended');
    return hasSlept ? `state ${state} for more than 2 leases, then woken` : undefined;
  },
};

/** A process says that it stops before it does: its state once it has, or after a second. */
export async function stoppedState(pid: number): Promise<string | undefined> {
  for (let look = 0; look < 100 && stateOf(pid) !== 'T'; look++) await sleep(10);
  return stateOf(pid);
}

/** The state letter of /proc/<pid>/stat, or of ps where there is no /proc. */
export function stateOf(pid: number): string | undefined {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

const outOfMemory: Deed = {
  action: 'exhaust-memory',
  endsProcess: true,
  outcome: 'drained',
  async do({ doomed }) {
    const { signal, code } = await doomed.process.exited;
    return signal === 'SIGABRT' || code === 134
      ? 'the heap was exhausted and the runtime aborted'
      : undefined;
  },
};

const FULL_MS = 1_200;

/** Fills the small file system to its last byte, lets the worker run into it, and makes room again. */
const diskFull: Deed = {
  action: 'hold',
  endsProcess: false,
  outcome: 'drained',
  async do({ track, doomed }) {
    const ballast = path.join(track.smallDisk ?? '', 'ballast');
    const file = openSync(ballast, 'w');
    let proof: string | undefined;
    try {
      const block = Buffer.alloc(1 << 16);
      for (let size = block.length; size >= 1;) {
        try {
          if (writeSync(file, block, 0, size) < size) size = Math.floor(size / 2);
        } catch (error) {
          proof = (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'ENOSPC for every writer' : undefined;
          size = Math.floor(size / 2);
        }
      }
      doomed.release();
      await sleep(FULL_MS);
    } finally {
      closeSync(file);
      rmSync(ballast, { force: true });
    }
    return proof;
  },
};

const redisKill: Deed = {
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

const redisFlush = onRedis(async (redis) => {
  await redis.set('fault-harness:canary', '1');
  await redis.flushall();
  return (await redis.get('fault-harness:canary')) === null ? 'the canary key is gone' : undefined;
});

const redisRefuses = onRedis(async (redis, { doomed }) => {
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

const redisSlow = onRedis(async (redis, { doomed }) => {
  await redis.call('CLIENT', 'PAUSE', '1500', 'ALL');
  doomed.release();
  const startedMs = performance.now();
  await redis.ping();
  const tookMs = performance.now() - startedMs;
  return tookMs > 500 ? `a ping took ${Math.round(tookMs)} ms` : undefined;
});

const postgresRestart: Deed = {
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
const connectionReset: Deed = {
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

const brokerKill: Deed = {
  ...whileHeld(() => Promise.resolve(undefined)),
  async do({ track, doomed }) {
    const { kafka } = track.stack;
    const before = kafka.pid();
    await kafka.kill();
    doomed.release();
    await kafka.start();
    return before !== kafka.pid() ? `broker ${before} ended, ${kafka.pid()} serves` : undefined;
  },
};

const topicRecreated: Deed = {
  ...whileHeld(async ({ track, product, load }) => {
    await load.end();
    const { topic, topicId } = product.pipeline;
    await track.admin.deleteTopic(topic);
    await track.admin.createTopic({ name: topic, partitions: 2, replicationFactor: 1, configs: {} });
    const [again] = await track.admin.describeTopics([topic]);
    const other = track.feeders.feedTopic(topic, {
      partitions: 2,
      recordsPerHelping: 200,
      withTransactions: false,
      padding: 0,
      random: () => 0.5,
    });
    await other.feed();
    await other.close();
    return again?.topicId !== topicId ? `topic id ${topicId} became ${again?.topicId}` : undefined;
  }),
  outcome: 'incident',
};

const offsetsExpired: Deed = {
  ...whileHeld(async ({ track, product, load }) => {
    await load.feed();
    const { topic } = product.pipeline;
    const ends = await track.admin.offsetsAt(topic, { kind: 'latest' });
    const starts = await track.admin.deleteRecords(topic, ends);
    return [...starts].some(([, start]) => start > 0n)
      ? `the topic begins at ${[...starts].map(([p, start]) => `${p}:${start}`).join()}`
      : undefined;
  }),
  outcome: 'accepted',
};

const clockJump: Deed = {
  action: 'pass',
  clockMs: (seed) => (seed % 2 === 0 ? -1 : 1) * 3_600_000,
  endsProcess: false,
  outcome: 'drained',
  async do({ doomed }) {
    // Long enough for the lease to be renewed by the new time.
    await sleep(LEASE_MS / 2);
    return doomed.lines().at(-1);
  },
};

/** Faults of the store for the next requests that fit, until enough of them took place or the time is over. */
const atStore = (plan: {
  readonly faults: readonly S3Fault[];
  readonly fits: (request: S3Request) => boolean;
  readonly times: number;
}): Deed => ({
  ...whileHeld(() => Promise.resolve(undefined)),
  async do({ track, doomed, random }) {
    const proxy = track.s3?.proxy;
    if (proxy === undefined) {
      doomed.release();
      return undefined;
    }
    const before = proxy.inject;
    const done: S3Fault[] = [];
    proxy.inject = (request) => {
      if (!plan.fits(request) || done.length >= plan.times) return undefined;
      const fault = plan.faults[Math.floor(random() * plan.faults.length)]!;
      done.push(fault);
      return fault;
    };
    doomed.release();
    const endMs = performance.now() + STORE_FAULTS_WITHIN_MS;
    while (done.length < plan.times && performance.now() < endMs) await sleep(20);
    await sleep(50);
    proxy.inject = before;
    return done.length > 0 ? `the store answered ${done.join(', ')}` : undefined;
  },
});

const STORE_FAULTS_WITHIN_MS = 3_000;
const isCommit = ({ method, key }: S3Request): boolean =>
  method === 'PUT' && /_delta_log\/\d{20}\.json$/.test(key);
const isPut = ({ method }: S3Request): boolean => method === 'PUT';

/** Kills the broker that leads a partition, so that another one has to, and starts it again. Broker 1 is the controller. */
const brokerOtherLeader: Deed = {
  ...whileHeld(() => Promise.resolve(undefined)),
  async do({ track, product, doomed }) {
    const { topic } = product.pipeline;
    const leaders = await leadersOf(track, topic);
    const leader = [...leaders.values()].find((nodeId) => nodeId > 1);
    const broker = track.brokers?.brokers.find(({ nodeId }) => nodeId === leader);
    if (broker === undefined) {
      doomed.release();
      return undefined;
    }
    await broker.kill();
    doomed.release();
    let after = leaders;
    const endMs = performance.now() + LEADERS_WITHIN_MS;
    while (
      [...after.values()].some((nodeId) => nodeId === leader || nodeId < 0) &&
      performance.now() < endMs
    ) {
      await sleep(100);
      after = await leadersOf(track, topic).catch(() => after);
    }
    await broker.start();
    const words = (of: ReadonlyMap<number, number>) => [...of].map(([p, nodeId]) => `${p}:${nodeId}`).join();
    return [...after.values()].includes(leader!)
      ? undefined
      : `leaders ${words(leaders)} became ${words(after)}`;
  },
};

const LEADERS_WITHIN_MS = 15_000;

async function leadersOf({ settings }: Track, topic: string): Promise<ReadonlyMap<number, number>> {
  const kafka = new kafkajs.Kafka({
    brokers: [...settings.bootstrapServers],
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin({ retry: { retries: 3 } });
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return new Map(topics[0]?.partitions.map(({ partitionId, leader }) => [partitionId, leader]));
  } finally {
    await admin.disconnect();
  }
}

/** Kills the control plane of the track with -9; the next cell that needs one starts it again. */
const killApi: Deed = {
  ...whileHeld(() => Promise.resolve(undefined)),
  async do({ track, doomed }) {
    const api = await track.controlPlane();
    await api.process.kill();
    const { signal } = await api.process.exited;
    doomed.release();
    return signal === 'SIGKILL' ? `${api.name} ended by ${signal}` : undefined;
  },
};

/** What each kind does; undefined for kinds another scene carries out. */
export const deeds: Readonly<Partial<Record<FaultKind, Deed>>> = {
  'kill-worker': killWorker,
  'kill-api': killApi,
  'stop-worker': stopWorker,
  'out-of-memory': outOfMemory,
  'disk-full': diskFull,
  'redis-kill': redisKill,
  'redis-flush': redisFlush,
  'redis-refuses-writes': redisRefuses,
  'redis-slow': redisSlow,
  'postgres-restart': postgresRestart,
  'connection-reset': connectionReset,
  'broker-kill': brokerKill,
  'broker-other-leader': brokerOtherLeader,
  'topic-recreated': topicRecreated,
  'offsets-expired': offsetsExpired,
  'clock-jump': clockJump,
  's3-500-burst': atStore({
    faults: ['answer-500', 'answer-503', 'answer-500-after-effect', 'answer-503-after-effect'],
    fits: () => true,
    times: 6,
  }),
  's3-success-then-timeout': atStore({
    faults: ['timeout-after-effect', 'reset-after-effect'],
    fits: isCommit,
    times: 1,
  }),
  's3-reset-mid-body': atStore({ faults: ['reset-mid-body'], fits: isPut, times: 3 }),
  's3-conflict-storm': atStore({ faults: ['answer-412', 'answer-409'], fits: isCommit, times: 4 }),
};

/** Accepts the loss of every open gap, as an operator does. */
export async function acceptLosses({ stack }: Track, pipelineId: string): Promise<number> {
  const rows = await runSql(
    stack.databaseUrl,
    `UPDATE incident SET status = 'loss-accepted', accepted_reason = 'fault harness', accepted_by = 'harness', accepted_at = now()
     WHERE pipeline_id = '${pipelineId}' AND status = 'open' AND from_offset IS NOT NULL RETURNING id`,
  ).catch(() => []);
  return rows.length;
}

export async function openIncidents({ stack }: Track, pipelineId: string): Promise<readonly string[]> {
  const rows = await runSql(
    stack.databaseUrl,
    `SELECT kind FROM incident WHERE pipeline_id = '${pipelineId}' AND status = 'open'`,
  ).catch(() => []);
  return rows.map(([kind]) => kind ?? '');
}
