import { createKafkaAdmin, type KafkaAdminClient } from '@headwater/adapter-kafka';
import type { Database } from '@headwater/adapter-parquet';
import { createPostgres, type Postgres } from '@headwater/adapter-postgres';
import { silentLogger } from '@headwater/kernel';
import type { KafkaSettings } from '@headwater/platform-config';
import { startStack, type Stack } from '@headwater/platform-embedded';
import {
  createTestHome,
  environmentWithoutParts,
  startS3FaultProxy,
  testCacheDir,
  type S3FaultProxy,
  type S3Server,
  type ThreeBrokers,
} from '@headwater/testkit';
import type { S3Connection } from '@headwater/adapter-object-store';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { openFeeders, type Feeders } from './cell-load.ts';
import { openReader } from './delta-reader.ts';
import { createPool, type ProcessPool } from './process-pool.ts';
import { launch, untilReady, type LaunchOptions, type OrderedProcess } from './processes.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** One warm stack and its workers; cells run on it one after another. Tracks share nothing. */
export interface Track {
  readonly name: string;
  readonly home: string;
  readonly stack: Stack;
  readonly settings: KafkaSettings;
  /** Of a track with three. */
  readonly brokers: ThreeBrokers | undefined;
  /** Between the workers and Postgres. */
  readonly database: TcpProxy;
  readonly postgres: Postgres;
  readonly admin: KafkaAdminClient;
  readonly feeders: Feeders;
  readonly reader: Database;
  /** A small file system of its own to fill, when this machine lets us mount one. */
  readonly smallDisk: string | undefined;
  /** The S3 lake of the track behind its own proxy, when the run has one. */
  readonly s3: TrackLake | undefined;
  /** A worker that waits before its first sweep; another one starts in the background. */
  takeWorker(): Promise<OrderedProcess>;
  /** Gives a worker back that is alive, idle and calm. */
  giveBack(worker: OrderedProcess): void;
  /** Retention workers that wait before they add work; started at the first call. */
  retentionWorkers(): ProcessPool;
  /** Other scenes run without them. */
  endRetentionWorkers(): Promise<void>;
  /** The control plane of the track, started when it does not run. */
  controlPlane(): Promise<OrderedProcess>;
  close(): Promise<void>;
}

/** A bucket that workers reach through a proxy that can fail, and the harness without it. */
export interface TrackLake {
  readonly proxy: S3FaultProxy;
  readonly direct: S3Connection;
  /** `s3://bucket/track`. */
  readonly url: string;
}

/** The lease of workers under test, milliseconds. */
export const LEASE_MS = 1_000;
export interface TrackOptions {
  /** Workers started ahead. */
  readonly spareWorkers?: number;
  readonly s3?: S3Server | undefined;
  /** Three brokers instead of the one of the stack. */
  readonly brokers?: ThreeBrokers | undefined;
  /** Most heap of a worker; undefined leaves it to the runtime. */
  readonly heapMiB?: number | undefined;
  /** Versions between two checkpoints of a table, few so that a cell meets some; undefined is the product's own. */
  readonly checkpointEvery?: number | undefined;
}

export async function openTrack(index: number, options: TrackOptions = {}): Promise<Track> {
  const {
    s3: server,
    brokers,
    ...workers
  } = { spareWorkers: 2, heapMiB: 200, checkpointEvery: 3, ...options };
  const home = createTestHome();
  removeAtExit(home);
  const registry = await emptyRegistry();
  const stack = await startStack({
    home,
    cacheDir: testCacheDir(),
    env: {
      ...environmentWithoutParts(),
      SCHEMA_REGISTRY_URL: registry.url,
      KAFKA_BOOTSTRAP_SERVERS: brokers?.bootstrapServers.join(','),
      // Brokers are killed again and again: what counts is how soon one starts, not how fast it becomes.
      JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1',
    },
    onProgress: () => undefined,
  });
  const settings = { bootstrapServers: stack.kafkaBootstrapServers.split(',') };
  const database = await openDatabaseProxy(stack);
  const [postgres, reader] = await Promise.all([
    createPostgres({
      databaseUrl: stack.databaseUrl,
      applicationName: 'fault-harness',
      logger: silentLogger,
    }),
    openReader(),
  ]);
  const admin = createKafkaAdmin({ settings });
  const smallDisk = mountSmallDisk(path.join(home, 'small-disk'));
  const s3 = server === undefined ? undefined : await openLake(server, index);
  const apps = createApps({
    stack,
    home,
    ...workers,
    common: commonEnvironment(database.url, s3),
  });
  return {
    name: `track ${index}`,
    home,
    stack,
    settings,
    brokers,
    database: database.proxy,
    postgres,
    admin,
    feeders: openFeeders(settings, `faults-${index}`),
    reader,
    smallDisk,
    s3,
    ...apps,
    async close() {
      await apps.close();
      await postgres.close().catch(() => undefined);
      await admin.close().catch(() => undefined);
      reader.close();
      await stack.stop();
      await database.proxy.close();
      await s3?.proxy[Symbol.asyncDispose]();
      s3?.direct.close();
      registry.close();
      if (smallDisk !== undefined) unmount(smallDisk);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const homes = new Set<string>();

/** A run that is interrupted leaves no mounted file system and no folder; servers end with their parent. */
function removeAtExit(home: string): void {
  if (homes.size === 0) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
    process.once('exit', () => {
      for (const each of homes) {
        unmount(path.join(each, 'small-disk'));
        rmSync(each, { recursive: true, force: true });
      }
    });
  }
  homes.add(home);
}

async function openDatabaseProxy({ databaseUrl }: Stack) {
  const url = new URL(databaseUrl);
  const proxy = await openTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return { proxy, url: url.href };
}

const commonEnvironment = (
  databaseUrl: string,
  s3: TrackLake | undefined,
): Readonly<Record<string, string>> => ({
  ...(s3 === undefined
    ? {}
    : {
        LAKE_S3_ENDPOINT: s3.proxy.endpoint,
        LAKE_S3_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: process.env['AWS_ACCESS_KEY_ID'] ?? '',
        AWS_SECRET_ACCESS_KEY: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
      }),
  DATABASE_URL: databaseUrl,
  LOG_LEVEL: 'warn',
});

type Apps = Pick<
  Track,
  'takeWorker' | 'giveBack' | 'retentionWorkers' | 'endRetentionWorkers' | 'controlPlane' | 'close'
>;

/** The processes of a track: workers and retention workers started ahead, the control plane when it is asked for. */
function createApps(options: {
  readonly stack: Stack;
  readonly home: string;
  readonly heapMiB: number | undefined;
  readonly spareWorkers: number;
  readonly checkpointEvery: number | undefined;
  readonly common: Readonly<Record<string, string>>;
}): Apps {
  const { stack, home, heapMiB, spareWorkers, checkpointEvery, common } = options;
  const checkpoints =
    checkpointEvery === undefined ? {} : { HEADWATER_FAULT_CHECKPOINT_EVERY: String(checkpointEvery) };
  let started = 0;
  const run = (
    app: LaunchOptions['app'],
    firstOrder: LaunchOptions['firstOrder'],
    environment: Readonly<Record<string, string>>,
  ): Promise<OrderedProcess> =>
    launch({
      stack,
      home,
      name: `${app}-${++started}`,
      app,
      heapMiB,
      environment: { ...common, ...environment },
      firstOrder,
    });
  const workers = createPool({
    size: spareWorkers,
    waiting: beforeWork,
    launch: () => run('staging-worker', beforeWork, { ...workerEnvironment, ...checkpoints }),
  });
  let retention: ProcessPool | undefined;
  let api: OrderedProcess | undefined;
  return {
    takeWorker: () => workers.take(),
    giveBack: (worker) => workers.giveBack(worker),
    retentionWorkers: () =>
      (retention ??= createPool({
        size: 2,
        waiting: frozen,
        launch: () => run('retention-worker', frozen, { RETENTION_SCHEDULE: '300ms' }),
      })),
    async endRetentionWorkers() {
      await retention?.close();
      retention = undefined;
    },
    async controlPlane() {
      if (api === undefined || api.process.hasExited())
        api = await run('control-plane', {}, { HEADWATER_HOME: home });
      await untilReady(api);
      return api;
    },
    async close() {
      await Promise.all([workers.close(), retention?.close(), api?.process.kill().catch(() => undefined)]);
    },
  };
}

/** Takes neither a lane nor an operator's verb. */
const beforeWork = { at: ['sweep.before', 'outbox.sweep', 'outbox.claim'], action: 'hold' } as const;
/** Neither adds nor takes work before the cell says so. */
const frozen = { at: '*', nth: 1, action: 'hold' } as const;

const workerEnvironment = {
  STAGING_LEASE: `${LEASE_MS}ms`,
  STAGING_SWEEP: '150ms',
  STAGING_ENGINE_THREADS: '1',
  STAGING_DUCKDB_MEMORY: '256MiB',
};

async function openLake(server: S3Server, index: number): Promise<TrackLake> {
  const proxy = await startS3FaultProxy(server.endpoint);
  return { proxy, direct: server.connect(), url: `s3://${server.bucket}/track-${index}-${process.pid}` };
}

const SMALL_DISK_MIB = 48;

/** A file system in memory, for cells that fill their disk. Undefined when mounting is not allowed. */
function mountSmallDisk(folder: string): string | undefined {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK_MIB}m`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
    return folder;
  } catch {
    return undefined;
  }
}

function unmount(folder: string): void {
  try {
    execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
  } catch {
    // It goes with this machine.
  }
}

/** The cells' values carry no schema ids, so a registry that knows none stands in for the real one. */
async function emptyRegistry(): Promise<{ readonly url: string; close(): void }> {
  const server: Server = createServer((request, response) => {
    const answer = request.url?.startsWith('/subjects') === true ? [] : {};
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
