import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { connectObjectStore, md5, useS3 } from '@headwater/adapter-object-store';
import { createCheckpointFiles, openDatabase } from '@headwater/adapter-parquet';
import { createPostgres } from '@headwater/adapter-postgres';
import { createDoorbell, startWorkRunner } from '@headwater/adapter-queue';
import { bindHandlers, type WorkItems } from '@headwater/core-jobs';
import { defaultBlastRadius } from '@headwater/core-retention';
import { behindPoint } from '@headwater/core-staging';
import type { Clock, Logger } from '@headwater/kernel';
import {
  toDatabaseUrl,
  toKafkaSettings,
  toS3Settings,
  toRedisSettings,
  toServerSettings,
} from '@headwater/platform-config';
import { checkServers } from '@headwater/platform-wire';
import type { Environment } from './environment.ts';
import { retentionHandlers } from './retention-jobs.ts';
import type { RetentionMetrics, RetentionWorld } from './retention-world.ts';
import { startSchedule } from './schedule.ts';

export interface RunningWorker {
  /** One check per server this process needs. */
  readonly readiness: Readonly<Record<string, () => Promise<void>>>;
  close(): Promise<void>;
}

export interface WorkerTools {
  readonly logger: Logger;
  readonly metrics: RetentionMetrics;
  readonly clock?: Clock;
}

/** Only in a faults build. */
const withWorkPoints = (work: WorkItems): WorkItems => ({
  ...work,
  due: behindPoint('outbox.sweep', (...args) => work.due(...args)),
  claim: behindPoint('outbox.claim', (...args) => work.claim(...args)),
});

const systemClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
/** How long ended work and superseded plans stay to be looked at. */
const keptMs = 7 * 86_400_000;

/** Connects to everything and carries out retention until it is closed. Errors name the variable to look at. */
export async function startWorker(environment: Environment, tools: WorkerTools): Promise<RunningWorker> {
  const { logger, metrics, clock = systemClock } = tools;
  useS3(toS3Settings(environment));
  await checkServers(toServerSettings(environment), { mayBeAway: true });
  const postgres = await createPostgres({
    databaseUrl: toDatabaseUrl(environment),
    applicationName: 'headwater-retention-worker',
    logger,
  });
  const doorbell = await createDoorbell({ ...toRedisSettings(environment), logger });
  const kafka = createKafkaAdmin({
    settings: toKafkaSettings(environment),
    clientId: 'headwater-retention-worker',
  });
  const database = await openDatabase({ threads: 1, memoryMiB: 512 });
  const checkpointFiles = createCheckpointFiles(database);
  const world: RetentionWorld = {
    topics: kafka,
    openTable: async (url) => ({ store: await connectObjectStore(url), checkpointFiles, md5 }),
    store: postgres.retention,
    clock,
    ids: { uuid: () => randomUUID() },
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    logger,
    limits: { ...defaultBlastRadius, recordsMax: BigInt(environment.RETENTION_RECORDS_MAX) },
    metrics,
  };
  const runner = startWorkRunner({
    queue: 'retention',
    ...(__HEADWATER_FAULTS__ && environment.faults !== undefined
      ? { work: withWorkPoints(postgres.work), leaseMs: 1_500, sweepIntervalMs: 300 }
      : { work: postgres.work }),
    doorbell,
    runJob: bindHandlers('retention', retentionHandlers(world)),
    owner: environment.HEADWATER_WORKER_NAME ?? `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
    logger,
    concurrency: environment.RETENTION_CONCURRENCY,
  });
  const schedule = startSchedule({
    store: postgres.retention,
    work: postgres.work,
    ring: (workId) => void doorbell.ring('retention', workId),
    prune: () => postgres.prune(Date.now() - keptMs),
    clock,
    logger,
    intervalMs: environment.RETENTION_SCHEDULE,
  });
  return {
    readiness: {
      postgres: () => postgres.ping(),
      redis: () => doorbell.ping(),
      kafka: async () => void (await kafka.describeCluster()),
    },
    async close() {
      await schedule.close();
      await runner.close();
      await doorbell.close();
      await kafka.close();
      database.close();
      await postgres.close();
    },
  };
}
