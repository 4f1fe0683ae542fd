import type { QueueName } from '@headwater/core-jobs';
import type { Logger } from '@headwater/kernel';
import { Queue, Worker } from 'bullmq';
import {
  checkRedis,
  judgeRedisProblem,
  openRedis,
  patientOptions,
  promptOptions,
  type RedisAddress,
} from './redis-connection.ts';

/**
 * Rings, and nothing else: a ring carries an identifier, the work itself is in Postgres. A lost ring costs a moment,
 * because sweepers ring again whatever nobody holds; a doubled ring costs a claim that finds nothing.
 */
export interface Doorbell {
  /** Wakes one listener. False when Redis is away; never throws, never waits long. */
  ring(queue: QueueName, id: string): Promise<boolean>;
  /** Calls back once per ring, `concurrency` at a time. Errors of the callback are logged and the ring is gone. */
  listen(queue: QueueName, onRing: (id: string) => Promise<void>, concurrency?: number): Listener;
  /** Throws `HW_REDIS_UNREACHABLE` when Redis does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Listener {
  close(): Promise<void>;
}

export interface DoorbellOptions extends RedisAddress {
  readonly logger: Logger;
  /** Separates installations that share a Redis. */
  readonly prefix?: string;
}

/** Throws `HW_REDIS_UNREACHABLE` or `HW_REDIS_EVICTS`, both naming REDIS_URL. */
export async function createDoorbell(options: DoorbellOptions): Promise<Doorbell> {
  const { logger, redisUrl, prefix = 'headwater' } = options;
  await checkRedis(options);
  const redis = openRedis(options, promptOptions);
  await redis.connect();
  const queues = new Map<QueueName, Queue>();
  const listeners = new Set<Listener>();
  const queueOf = (name: QueueName): Queue => {
    const known = queues.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(name, {
      connection: redis,
      prefix,
      skipVersionCheck: true,
      skipWaitingForReady: true,
    });
    queue.on('error', () => undefined);
    queues.set(name, queue);
    return queue;
  };
  return {
    async ring(queue, id) {
      try {
        // The same id waits once; nothing stays in Redis after a ring was heard.
        const options = { jobId: id, removeOnComplete: true, removeOnFail: true };
        if (redis.status !== 'ready') throw new Error(`Redis is ${redis.status}`);
        await within(ringMsMax, queueOf(queue).add('ring', { id }, options));
        return true;
      } catch (error) {
        logger.warn({ queue, id, problem: String(error) }, 'doorbell not heard; the sweeper rings again');
        return false;
      }
    },
    listen(queue, onRing, concurrency = 4) {
      const listener = startListener({ ...options, queue, prefix, concurrency }, onRing);
      listeners.add(listener);
      return listener;
    },
    async ping() {
      await redis.ping().catch((error: unknown) => {
        throw judgeRedisProblem(error, redisUrl);
      });
    },
    async close() {
      await Promise.all([...listeners].map((listener) => listener.close()));
      redis.disconnect();
      await within(closeMsMax, Promise.allSettled([...queues.values()].map((queue) => queue.close()))).catch(
        () => undefined,
      );
    },
  };
}

interface ListenerOptions extends RedisAddress {
  readonly queue: QueueName;
  readonly prefix: string;
  readonly concurrency: number;
  readonly logger: Logger;
}

const ringMsMax = 3_000;
const closeMsMax = 5_000;

/** Fails when the work takes longer: BullMQ waits without a bound for a Redis that is away. */
async function within<T>(msMax: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer from Redis in ${msMax} ms`)), msMax);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

function startListener(options: ListenerOptions, onRing: (id: string) => Promise<void>): Listener {
  const { queue, prefix, concurrency, logger } = options;
  const connection = openRedis(options, patientOptions);
  const worker = new Worker<{ readonly id: string }>(
    queue,
    async ({ data }) => {
      await onRing(data.id).catch((error: unknown) =>
        logger.error({ queue, id: data.id, problem: String(error) }, 'ring could not be answered'),
      );
    },
    {
      connection,
      prefix,
      concurrency,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      // A ring whose listener died is not rung again by Redis: the sweeper does.
      maxStalledCount: 0,
      // How long a lost FLUSHALL or restart can go unnoticed by a blocked listener, in seconds.
      drainDelay: 2,
      runRetryDelay: 500,
    },
  );
  worker.on('error', () => undefined);
  return {
    async close() {
      await within(closeMsMax, worker.close()).catch(() => undefined);
      connection.disconnect();
    },
  };
}
