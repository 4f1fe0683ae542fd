import { createRecordSource } from '@headwater/adapter-kafka';
import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import { connectObjectStore, md5, useS3 } from '@headwater/adapter-object-store';
import {
  chooseEngine,
  createCheckpointFiles,
  openDatabase,
  readCoordinates,
} from '@headwater/adapter-parquet';
import { createPostgres, type Postgres } from '@headwater/adapter-postgres';
import type { Logger } from '@headwater/kernel';
import { createByteBudget, leaseTiming, type RecordSetEngine } from '@headwater/core-staging';
import { toDatabaseUrl, toKafkaSettings, toS3Settings } from '@headwater/platform-config';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSwapRows } from './backfill/swap-rows.ts';
import { createTableRanges } from './backfill/table-ranges.ts';
import { createThreadedEngine } from './engine/threaded-engine.ts';
import type { Environment } from './environment.ts';
import type { BatchTelemetry } from './batch-telemetry.ts';
import type { LaneMetrics } from './lane-metrics.ts';
import type { LaneSettings, LaneWorld } from './lane/lane-world.ts';
import type { OperatingWorld } from './replay/operating-world.ts';
import { createReplayRows } from './replay/replay-rows.ts';

export interface ConnectedWorld {
  readonly world: LaneWorld;
  readonly postgres: Postgres;
  readonly operating: OperatingWorld;
  close(): Promise<void>;
}

export interface WorldTools {
  readonly logger: Logger;
  readonly metrics: LaneMetrics;
  readonly telemetry: BatchTelemetry;
  readonly laneCount: () => number;
  readonly engineThread: URL;
}

/**
 * Connects everything lanes need. `laneCount` shares the process's byte budget among them [S11]; `engineThread` is the
 * entry of an engine thread.
 */
export async function createWorld(environment: Environment, tools: WorldTools): Promise<ConnectedWorld> {
  const { logger, metrics, telemetry, laneCount } = tools;
  useS3(toS3Settings(environment));
  const postgres = await createPostgres({
    databaseUrl: toDatabaseUrl(environment),
    applicationName: 'headwater-staging-worker',
    logger,
  });
  const source = createRecordSource({ settings: toKafkaSettings(environment) });
  const threadsMax = environment.STAGING_ENGINE_THREADS ?? availableParallelism();
  // Every engine thread has a database of its own, and the main thread one for checkpoints.
  const memoryMiB = Math.ceil(environment.STAGING_DUCKDB_MEMORY / (1 << 20) / (threadsMax + 1));
  const spillFolder = mkdtempSync(join(tmpdir(), 'headwater-spill-'));
  const database = await openDatabase({ threads: 1, memoryMiB, spillFolder });
  const engine = startEngine(environment, tools, { threadsMax, memoryMiB, spillFolder });
  const checkpointFiles = createCheckpointFiles(database);
  const world: LaneWorld = {
    source,
    codecs: recordBatchCodecs,
    engine,
    leases: postgres.laneLeases,
    roster: postgres.workerRoster,
    budget: createByteBudget(
      {
        processBytes: environment.STAGING_PROCESS_BYTES_MAX,
        laneBytes: environment.STAGING_LANE_BYTES_MAX,
        floorBytes: LANE_BYTES_FLOOR,
      },
      laneCount,
    ),
    store: postgres.staging,
    openTable: async (url) => ({ store: await connectObjectStore(url), checkpointFiles, md5 }),
    readCoordinates: (names, batchId) => readCoordinates(database, names, batchId),
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    ids: { uuid: () => randomUUID() },
    logger,
    metrics,
    telemetry,
    settings: laneSettings(environment),
  };
  const operating: OperatingWorld = {
    lanes: world,
    operating: postgres.operating,
    rows: createReplayRows(database),
    ranges: createTableRanges(database),
    swaps: createSwapRows(database),
    openSource: () =>
      createRecordSource({ settings: toKafkaSettings(environment), clientId: 'headwater-backfill' }),
    engine,
    crc32c: recordBatchCodecs.crc32c,
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
  };
  return {
    world,
    postgres,
    operating,
    async close() {
      await source.close();
      await engine.close();
      database.close();
      rmSync(spillFolder, { recursive: true, force: true });
      await postgres.close();
    },
  };
}

/** The engine with a thread that loads already. */
function startEngine(
  { HEADWATER_ENGINE: choice }: Environment,
  { logger, metrics, engineThread }: WorldTools,
  limits: { readonly threadsMax: number; readonly memoryMiB: number; readonly spillFolder: string },
): RecordSetEngine {
  const { threadsMax, memoryMiB, spillFolder } = limits;
  const engine = createThreadedEngine({
    name: choice === 'duckdb' ? 'duckdb' : 'kernel',
    chosen: (pipeline) => chooseEngine(choice, pipeline),
    entry: engineThread,
    data: { choice, memoryMiB, spillFolder },
    threadsMax,
    idleMs: ENGINE_IDLE_MS,
    logger,
    onThreads: (threads) => metrics.engineThreads(threads),
  });
  engine.warm();
  return engine;
}

const laneSettings = (environment: Environment): LaneSettings => ({
  owner: environment.HEADWATER_WORKER_NAME ?? `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
  lease: timingOf(environment.STAGING_LEASE),
  controlEveryMs: 1_000,
  topicEveryMs: 5_000,
  statusEveryMs: 1_000,
  checkpointInterval: 20,
});

/** What a lane may always hold: 500 lanes leave three quarters of the default budget to lanes that are busy. */
const LANE_BYTES_FLOOR = 256 << 10;
/** Engine threads stay so long after their last batch: a lane that trickles does not start one per batch. */
const ENGINE_IDLE_MS = 30_000;

/** Renewal and margin keep their share of the lease, whatever its length. */
const timingOf = (ttlMs: number) => ({
  ttlMs,
  renewEveryMs: (ttlMs * leaseTiming.renewEveryMs) / leaseTiming.ttlMs,
  marginMs: (ttlMs * leaseTiming.marginMs) / leaseTiming.ttlMs,
});
