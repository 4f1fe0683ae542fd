import { createDomainProducer, type DomainRecord } from '@headwater/adapter-domain-client';
import { createKafkaAdmin, type KafkaAdminClient } from '@headwater/adapter-kafka';
import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import { createCheckpointFiles, openDatabase, quoteText, type Database } from '@headwater/adapter-parquet';
import { createPostgres, type Postgres } from '@headwater/adapter-postgres';
import type { CompiledContract } from '@headwater/core-contract';
import { loadSnapshot, readLogEntry, withReadable, type Snapshot, type TableIo } from '@headwater/core-delta';
import {
  armFaults,
  judgeBalance,
  readBatchRecord,
  type BatchRecord,
  type FaultPointName,
  type PipelineSpec,
  type PlantedBug,
} from '@headwater/core-staging';
import { silentLogger, type Logger } from '@headwater/kernel';
import { createMetrics, noTraces, type Traces } from '@headwater/platform-observability';
import { runSql } from '@headwater/platform-embedded';
import {
  column,
  contractOf,
  createTestDatabase,
  keepTable,
  uniqueName,
  type TestStack,
} from '@headwater/testkit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createWorld, type ConnectedWorld } from './create-world.ts';
import { readEnvironment } from './environment.ts';
import { createBatchTelemetry } from './batch-telemetry.ts';
import { createLaneMetrics } from './lane-metrics.ts';
import { storePipeline } from './store-pipeline.test-data.ts';
import { startWorker, type Worker } from './worker.ts';

export const orderContract = contractOf(
  [
    column('id', { kind: 'integer', bits: 64 }, { required: true }),
    column('name', { kind: 'string' }),
    column('amount', { kind: 'decimal', precision: 10, scale: 2 }),
    column('at', { kind: 'timestamp' }),
  ],
  { contractId: 'orders', keyColumns: ['id'] },
);

export const order = (id: number | bigint, over: object = {}): DomainRecord => ({
  key: String(id),
  value: JSON.stringify({
    name: `order ${id}`,
    amount: 1.5,
    at: '2026-11-21T09:00:00.123456Z',
    ...over,
  }).replace('{', `{"id":${id},`),
});

export interface StagedProduct {
  readonly pipeline: PipelineSpec;
  readonly productId: string;
  produce(records: readonly DomainRecord[]): Promise<void>;
  setDesiredState(state: PipelineSpec['desiredState']): Promise<void>;
  change(spec: Partial<Pick<PipelineSpec, 'contract' | 'transformHash' | 'lanes'>>): Promise<void>;
  table(): Promise<ReadTable>;
  quarantine(): Promise<ReadTable>;
}

/** Calls back at each passing of a fault point, with how often it was passed; a throw ends the lane there. */
export function atFaultPoint(
  point: FaultPointName | undefined,
  act: (passed: number) => Promise<void> | void = () => undefined,
  planted: readonly PlantedBug[] = [],
): void {
  let passed = 0;
  armFaults({
    planted: new Set(planted),
    async onPoint(name) {
      if (name === point) await act(++passed);
    },
  });
}

/** Every batch of each lane balances and begins where the one before it ended [S10][I3]. */
export function judgeLedger(batches: readonly BatchRecord[]): string[] {
  const ends = new Map<number, bigint>();
  const problems: string[] = [];
  const next = new Map<number, number>();
  for (const [index, batch] of batches.entries()) {
    const seq = next.get(batch.lane) ?? 0;
    next.set(batch.lane, seq + 1);
    if (batch.batchSeq !== seq) problems.push(`batch ${index} of lane ${batch.lane} has ${batch.batchSeq}`);
    const balance = judgeBalance(batch.entries);
    if (balance.kind !== 'balanced') problems.push(`batch ${index}: ${balance.cause}`);
    for (const { partition, from, to } of batch.entries) {
      const expected = ends.get(partition) ?? from;
      if (expected !== from)
        problems.push(`batch ${index}: partition ${partition} begins at ${from}, not ${expected}`);
      ends.set(partition, to);
    }
  }
  return problems;
}

/** A table as somebody else would read it. */
export interface ReadTable {
  readonly io: TableIo;
  readonly snapshot: Snapshot;
  /** Rows of a SELECT over the table's live files, which are called `rows`. */
  select(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** Of all lanes, in order of versions and lanes. */
  batches(): Promise<readonly (BatchRecord & { readonly tableVersion: bigint })[]>;
}

export interface StagingFixture {
  readonly postgres: Postgres;
  readonly admin: KafkaAdminClient;
  readonly lakeUrl: string;
  readonly databaseUrl: string;
  product(over?: {
    readonly partitions?: number;
    readonly contract?: CompiledContract;
    readonly configs?: Readonly<Record<string, string>>;
    readonly flushIntervalMs?: number;
    readonly lanes?: number;
    /** Instead of one replica per partition. */
    readonly createTopic?: (name: string) => Promise<unknown>;
  }): Promise<StagedProduct>;
  /** A table as somebody else would read it; its batches are those of the pipeline. */
  readTable(url: string, pipelineId: string): Promise<ReadTable>;
  /** Retires a pipeline that is no longer the one its product was made with. */
  retire(pipelineId: string): Promise<void>;
  /** Stops workers a failed test left behind and retires its products, so that later workers leave them alone. */
  endTest(): Promise<void>;
  /** Lets every lease end as time would. */
  expireLeases(): Promise<void>;
  /** A worker in this process, with short waits, on the real servers. */
  startWorker(over?: WorkerOverrides): Promise<RunningWorker>;
  close(): Promise<void>;
}

export interface WorkerOverrides {
  readonly environment?: Readonly<Record<string, string>>;
  readonly wrap?: (world: ConnectedWorld['world']) => ConnectedWorld['world'];
  readonly logger?: Logger;
  readonly traces?: Traces;
}

export interface RunningWorker {
  readonly world: ConnectedWorld['world'];
  readonly operating: ConnectedWorld['operating'];
  readonly worker: Worker;
  stop(): Promise<void>;
}

export async function createStagingFixture(
  stack: TestStack,
  /** Tables in a bucket instead of a folder, and the variables that say how to reach it. */
  bucket?: { readonly lakeUrl: string; readonly environment: Readonly<Record<string, string>> },
): Promise<StagingFixture> {
  const database = await createTestDatabase(stack.databaseUrl);
  const postgres = await createPostgres({
    databaseUrl: database.databaseUrl,
    applicationName: 'test',
    logger: silentLogger,
  });
  const settings = { bootstrapServers: stack.kafkaBootstrapServers.split(',') };
  const admin = createKafkaAdmin({ settings });
  const lake = mkdtempSync(join(tmpdir(), 'headwater-lake-'));
  const reader = await openDatabase({ threads: 2, memoryMiB: 512 });
  const topics: string[] = [];
  const tables: string[] = [];
  const products: (() => Promise<void>)[] = [];
  const running = new Set<() => Promise<void>>();
  const readTable = (url: string, lane: string) => openReadTable(reader, url, lane);
  return {
    postgres,
    admin,
    lakeUrl: bucket?.lakeUrl ?? pathToFileURL(lake).href,
    databaseUrl: database.databaseUrl,
    readTable,
    retire: (pipelineId) => changePipeline(postgres, pipelineId, { desiredState: 'retired' }),
    async product(over = {}) {
      const [domain, name] = [uniqueName('sales'), 'orders'];
      const topic = `${domain}.${name}`;
      const created = await (over.createTopic?.(topic) ??
        admin.createTopic({
          name: topic,
          partitions: over.partitions ?? 2,
          replicationFactor: 1,
          configs: over.configs ?? {},
        }));
      topics.push(topic);
      const tableUrl = `${bucket?.lakeUrl ?? pathToFileURL(lake).href}/${domain}/${name}`;
      if (bucket === undefined) {
        tables.push(join(lake, domain, name), join(lake, domain, `${name}__quarantine`));
      }
      const { productId, pipeline } = await storePipeline(postgres, {
        domain,
        name,
        topic,
        topicId: topicIdOf(created) ?? (await admin.describeTopics([topic]))[0]!.topicId,
        tableUrl,
        contract: over.contract ?? orderContract,
        flushIntervalMs: over.flushIntervalMs ?? 100,
      });
      const lanes = over.lanes ?? Number(process.env['HEADWATER_TEST_LANES'] ?? 1);
      const update = (change: Partial<PipelineSpec>) => changePipeline(postgres, pipeline.pipelineId, change);
      if (lanes > 1) await update({ lanes });
      products.push(() => update({ desiredState: 'retired' }));
      return {
        pipeline,
        productId,
        async produce(records) {
          const producer = await createDomainProducer({ settings, topic });
          for (const record of records) await producer.send(record);
          await producer.close();
        },
        setDesiredState: (desiredState) => update({ desiredState }),
        change: update,
        table: () => readTable(pipeline.tableUrl, pipeline.pipelineId),
        quarantine: () => readTable(pipeline.quarantineUrl, pipeline.pipelineId),
      };
    },
    async endTest() {
      atFaultPoint(undefined);
      for (const stop of running) await stop();
      for (const retire of products.splice(0)) await retire();
    },
    expireLeases: async () =>
      void (await runSql(
        database.databaseUrl,
        "UPDATE lane_lease SET lease_until = now() - interval '1 ms' WHERE lease_until IS NOT NULL",
      )),
    async startWorker(over = {}) {
      const environment = readEnvironment({
        DATABASE_URL: database.databaseUrl,
        REDIS_URL: stack.redisUrl,
        KAFKA_BOOTSTRAP_SERVERS: stack.kafkaBootstrapServers,
        HEADWATER_INSECURE: '1',
        ...bucket?.environment,
        ...over.environment,
      });
      const metrics = createMetrics({ app: 'test' });
      const connected = await createWorld(environment, {
        logger: over.logger ?? silentLogger,
        metrics: createLaneMetrics(metrics),
        telemetry: createBatchTelemetry(metrics, over.traces ?? noTraces),
        laneCount: () => 1,
        engineThread: new URL('./engine/engine-thread.ts', import.meta.url),
      });
      const brisk = {
        ...connected.world,
        settings: { ...connected.world.settings, controlEveryMs: 100, topicEveryMs: 300, statusEveryMs: 100 },
      };
      const world = over.wrap?.(brisk) ?? brisk;
      const worker = startWorker({ world, sweepEveryMs: 100, lanesMax: 100 });
      const stop = async () => {
        if (!running.delete(stop)) return;
        await worker.stop();
        await connected.close();
      };
      running.add(stop);
      return { world, operating: connected.operating, worker, stop };
    },
    async close() {
      for (const topic of topics) await admin.deleteTopic(topic).catch(() => undefined);
      for (const table of tables) keepTable(table, 'staging');
      await admin.close();
      reader.close();
      await postgres.close();
      await database.drop();
      rmSync(lake, { recursive: true, force: true });
    },
  };
}

/** A pipeline that is not there any more, because it was restarted, is left alone. */
async function changePipeline(
  postgres: Postgres,
  pipelineId: string,
  change: Partial<PipelineSpec>,
): Promise<void> {
  const spec = await postgres.staging.pipeline(pipelineId);
  if (spec === undefined) return;
  await postgres.mesh.unit(async (unit) => {
    await unit.pipelines.update(pipelineId, spec.generation, change);
    await unit.audit.append({ actor: 'test', event: 'test.changed', subject: 'test', facts: {} });
  });
}

/** Lanes that are looked for in a log. */
const LANES_MAX = 4;

const topicIdOf = (created: unknown): string | undefined =>
  typeof created === 'object' && created !== null && 'topicId' in created
    ? String(created.topicId)
    : undefined;

async function openReadTable(database: Database, url: string, pipelineId: string): Promise<ReadTable> {
  const store = await connectObjectStore(url, 'read');
  const io = { store, checkpointFiles: createCheckpointFiles(database), md5 };
  const snapshot = await loadSnapshot(io);
  if (snapshot === undefined) throw new Error(`there is no table at ${url}`);
  const paths = [...snapshot.files.entries()].map(([path]) => path);
  return {
    io,
    snapshot,
    async select(sql) {
      if (paths.length === 0) return [];
      return withReadable(store, paths, (files) => {
        const source = `read_parquet([${files.map(quoteText).join()}], union_by_name = true)`;
        return database.use(async (connection) => {
          const result = await connection.runAndReadAll(`with rows as (from ${source}) ${sql}`);
          return result.getRowObjectsJson();
        });
      });
    },
    async batches() {
      const batches: (BatchRecord & { readonly tableVersion: bigint })[] = [];
      for (let version = 0n; version <= snapshot.version; version++) {
        const actions = (await readLogEntry(store, version)) ?? [];
        for (let lane = 0; lane < LANES_MAX; lane++) {
          const batch = readBatchRecord(actions, { pipelineId, lane });
          if (batch !== undefined) batches.push({ ...batch, tableVersion: version });
        }
      }
      return batches;
    },
  };
}
