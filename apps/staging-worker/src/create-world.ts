import { createRecordSource, recordBatchCodecs } from '@headwater/adapter-kafka';
import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import {
  createCheckpointFiles,
  createDuckDbEngine,
  openDatabase,
  readCoordinates,
} from '@headwater/adapter-parquet';
import { createPostgres, type Postgres } from '@headwater/adapter-postgres';
import type { Logger } from '@headwater/kernel';
import { leaseTiming } from '@headwater/core-staging';
import { toKafkaSettings } from '@headwater/platform-config';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './environment.ts';
import type { LaneMetrics } from './lane-metrics.ts';
import type { LaneWorld } from './lane/lane-world.ts';

export interface ConnectedWorld {
  readonly world: LaneWorld;
  readonly postgres: Postgres;
  close(): Promise<void>;
}

/** Connects everything lanes need. `laneCount` shares the process's byte budget among them [S11]. */
export async function createWorld(
  environment: Environment,
  tools: { readonly logger: Logger; readonly metrics: LaneMetrics; readonly laneCount: () => number },
): Promise<ConnectedWorld> {
  const { logger, metrics, laneCount } = tools;
  const postgres = await createPostgres({
    databaseUrl: environment.DATABASE_URL,
    applicationName: 'headwater-staging-worker',
    logger,
  });
  const source = createRecordSource({ settings: toKafkaSettings(environment) });
  const memoryMiB = Math.ceil(environment.STAGING_DUCKDB_MEMORY / (1 << 20));
  const spillFolder = mkdtempSync(join(tmpdir(), 'headwater-spill-'));
  // One thread: a COPY runs on the thread that waits for it, beside the one that judges.
  const database = await openDatabase({ threads: 1, memoryMiB, spillFolder });
  const engine = createDuckDbEngine({ database, codecs: recordBatchCodecs });
  const checkpointFiles = createCheckpointFiles(database);
  const world: LaneWorld = {
    source,
    engine,
    leases: postgres.laneLeases,
    store: postgres.staging,
    openTable: async (url) => ({ store: await connectObjectStore(url), checkpointFiles, md5 }),
    readCoordinates: (names, batchId) => readCoordinates(database, names, batchId),
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    ids: { uuid: () => randomUUID() },
    logger,
    metrics,
    settings: {
      owner: environment.HEADWATER_WORKER_NAME ?? `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
      lease: timingOf(environment.STAGING_LEASE),
      laneBytesMax: () =>
        Math.min(
          environment.STAGING_LANE_BYTES_MAX,
          Math.max(LANE_BYTES_MIN, environment.STAGING_PROCESS_BYTES_MAX / Math.max(1, laneCount())),
        ),
      controlEveryMs: 1_000,
      topicEveryMs: 5_000,
      statusEveryMs: 1_000,
      checkpointInterval: 20,
    },
  };
  return {
    world,
    postgres,
    async close() {
      await source.close();
      await engine.close();
      rmSync(spillFolder, { recursive: true, force: true });
      await postgres.close();
    },
  };
}

const LANE_BYTES_MIN = 1 << 20;

/** Renewal and margin keep their share of the lease, whatever its length. */
const timingOf = (ttlMs: number) => ({
  ttlMs,
  renewEveryMs: (ttlMs * leaseTiming.renewEveryMs) / leaseTiming.ttlMs,
  marginMs: (ttlMs * leaseTiming.marginMs) / leaseTiming.ttlMs,
});
