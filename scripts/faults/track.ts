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
} from '@headwater/testkit';
import type { S3Connection } from '@headwater/adapter-object-store';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { openFeeders, type Feeders } from './cell-load.ts';
import { openReader } from './delta-reader.ts';
import type { FaultOrder } from '@headwater/platform-process';
import { launch, untilReady, type OrderedProcess } from './processes.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** One warm stack and its workers; cells run on it one after another. Tracks share nothing. */
export interface Track {
  readonly name: string;
  readonly home: string;
  readonly stack: Stack;
  readonly settings: KafkaSettings;
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
  /** Starts a process of another app on this stack. */
  launchApp(
    app: 'retention-worker' | 'control-plane',
    firstOrder: Omit<FaultOrder, 'serial'>,
    environment?: Readonly<Record<string, string>>,
  ): Promise<OrderedProcess>;
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
const waiting = { at: 'sweep.before', nth: 1, action: 'hold' } as const;

export interface TrackOptions {
  /** Workers started ahead. */
  readonly spareWorkers?: number;
  readonly s3?: S3Server | undefined;
  /** Most heap of a worker; undefined leaves it to the runtime. */
  readonly heapMiB?: number | undefined;
}

export async function openTrack(index: number, options: TrackOptions = {}): Promise<Track> {
  const { spareWorkers, s3: server, heapMiB } = { spareWorkers: SPARE_WORKERS, heapMiB: 200, ...options };
  const home = createTestHome();
  const registry = await emptyRegistry();
  const stack = await startStack({
    home,
    cacheDir: testCacheDir(),
    env: { ...environmentWithoutParts(), SCHEMA_REGISTRY_URL: registry.url },
    onProgress: () => undefined,
  });
  const settings = { bootstrapServers: stack.kafkaBootstrapServers.split(',') };
  const databaseUrl = new URL(stack.databaseUrl);
  const database = await openTcpProxy({ host: databaseUrl.hostname, port: Number(databaseUrl.port) });
  databaseUrl.hostname = '127.0.0.1';
  databaseUrl.port = String(database.port);
  const feeders = openFeeders(settings, `faults-${index}`);
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
  const common = {
    ...(s3 === undefined
      ? {}
      : {
          LAKE_S3_ENDPOINT: s3.proxy.endpoint,
          LAKE_S3_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: process.env['AWS_ACCESS_KEY_ID'] ?? '',
          AWS_SECRET_ACCESS_KEY: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
        }),
    DATABASE_URL: databaseUrl.href,
    LOG_LEVEL: 'warn',
  };
  const launchApp: Track['launchApp'] = (app, firstOrder, environment = {}) =>
    launch({
      stack,
      home,
      name: `${app}-${++started}`,
      app,
      environment: { ...common, ...environment },
      firstOrder,
    });
  let started = 0;
  let api: OrderedProcess | undefined;
  const launchWorker = (): Promise<OrderedProcess> =>
    launch({
      stack,
      home,
      name: `worker-${++started}`,
      app: 'staging-worker',
      heapMiB,
      environment: {
        ...common,
        STAGING_LEASE: `${LEASE_MS}ms`,
        STAGING_SWEEP: '150ms',
        STAGING_ENGINE_THREADS: '1',
        STAGING_DUCKDB_MEMORY: '256MiB',
        HEADWATER_FAULT_CHECKPOINT_EVERY: '3',
      },
      firstOrder: waiting,
    });
  const spare: Promise<OrderedProcess>[] = [];
  const workers: OrderedProcess[] = [];
  const stockUp = (): void => {
    while (spare.length < spareWorkers) {
      const next = launchWorker();
      next.catch(() => undefined);
      spare.push(next);
    }
  };
  stockUp();
  return {
    name: `track ${index}`,
    home,
    stack,
    settings,
    database,
    postgres,
    admin,
    feeders,
    reader,
    smallDisk,
    s3,
    launchApp,
    async controlPlane() {
      if (api === undefined || api.process.hasExited())
        api = await launchApp('control-plane', {}, { HEADWATER_HOME: home });
      await untilReady(api);
      return api;
    },
    async takeWorker() {
      const worker = await (spare.shift() ?? launchWorker());
      stockUp();
      workers.push(worker);
      await untilReady(worker);
      return worker;
    },
    giveBack(worker) {
      worker.plant([]);
      worker.order(waiting);
      spare.unshift(Promise.resolve(worker));
    },
    async close() {
      for (const each of await Promise.allSettled(spare))
        if (each.status === 'fulfilled') workers.push(each.value);
      await api?.process.kill();
      await Promise.all(workers.map((worker) => worker.process.kill().catch(() => undefined)));
      await postgres.close().catch(() => undefined);
      await admin.close().catch(() => undefined);
      reader.close();
      await stack.stop();
      await database.close();
      await s3?.proxy[Symbol.asyncDispose]();
      s3?.direct.close();
      registry.close();
      if (smallDisk !== undefined) unmount(smallDisk);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function openLake(server: S3Server, index: number): Promise<TrackLake> {
  const proxy = await startS3FaultProxy(server.endpoint);
  return { proxy, direct: server.connect(), url: `s3://${server.bucket}/track-${index}-${process.pid}` };
}

const SPARE_WORKERS = 2;
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
