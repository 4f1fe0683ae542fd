import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import {
  createStagingFixture,
  judgeLedger,
  order,
  type StagedProduct,
  type StagingFixture,
} from '../apps/staging-worker/src/staging-fixture.test-data.ts';
import { judgeLog, openLog, openReader, readColumns } from '../scripts/faults/delta-reader.ts';
import { startApp, type AppProcess } from './app-process.ts';

let fixture: StagingFixture;
const running = new Set<AppProcess>();
beforeAll(async () => {
  fixture = await createStagingFixture(inject('stack'));
});
afterEach(async () => {
  for (const app of running) await app.kill('SIGKILL');
  running.clear();
  await fixture.endTest();
});
afterAll(() => fixture.close());

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 200 });

async function startProcess(name: string): Promise<AppProcess> {
  const stack = inject('stack');
  const app = await startApp('staging-worker', {
    DATABASE_URL: fixture.databaseUrl,
    REDIS_URL: stack.redisUrl,
    KAFKA_BOOTSTRAP_SERVERS: stack.kafkaBootstrapServers,
    SCHEMA_REGISTRY_URL: stack.schemaRegistryUrl,
    HEADWATER_INSECURE: '1',
    HEADWATER_WORKER_NAME: name,
    STAGING_LEASE: '3s',
    STAGING_SWEEP: '500ms',
    STAGING_ENGINE_THREADS: '1',
  });
  running.add(app);
  return app;
}

const kill = async (app: AppProcess): Promise<void> => {
  running.delete(app);
  await app.kill('SIGKILL');
};

/** Produces in small steps until it is stopped; every tenth record is refused. */
function startLoad(product: StagedProduct) {
  let sent = 0;
  let partitions = 6;
  let isStopped = false;
  const done = (async () => {
    while (!isStopped) {
      const records = Array.from({ length: 30 }, (_, index) => ({
        ...((sent + index) % 10 === 9 ? { key: 'bad', value: 'no json' } : order(sent + index)),
        partition: (sent + index) % partitions,
      }));
      await product.produce(records);
      sent += records.length;
    }
  })();
  return {
    sent: () => sent,
    grow: (to: number) => void (partitions = to),
    async stop() {
      isStopped = true;
      await done;
      return sent;
    },
  };
}

/** Coordinates of every row, by a reader that shares no Delta code with the system. */
async function readAll(product: StagedProduct) {
  const database = await openReader();
  const read = async (url: string, columns: readonly string[]) => {
    const log = openLog(fileURLToPath(url));
    const { live, problems } = judgeLog(log);
    const rows = await readColumns(database, log, live, columns);
    return { log, problems, rows: rows.map((row) => row.map(String).join('@')) };
  };
  const primary = await read(product.pipeline.tableUrl, ['_partition', '_offset']);
  const quarantine = await read(product.pipeline.quarantineUrl, ['"partition"', '"offset"']);
  database.close();
  return { primary, quarantine, all: [...primary.rows, ...quarantine.rows] };
}

const lanesOf = async (product: StagedProduct) =>
  (await fixture.postgres.mesh.reads.staging.reports([product.pipeline.pipelineId]))[0]!.lanes;
const partitionsOf = async (product: StagedProduct) =>
  (await lanesOf(product)).map(({ status }) => status?.partitions.map(({ partition }) => partition));

const untilStaged = (product: StagedProduct, count: number) =>
  eventually(async () => expect((await readAll(product)).all.length).toBeGreaterThanOrEqual(count));

test('[S13][S14] lanes that become three and then two under load, a kill and a growing topic lose nothing and land nothing twice', async () => {
  const product = await fixture.product({ partitions: 6, lanes: 1, flushIntervalMs: 200 });
  const load = startLoad(product);
  const first = await startProcess('first');
  await untilStaged(product, 60);

  await product.change({ lanes: 3 });
  await eventually(async () =>
    expect(await partitionsOf(product)).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]),
  );
  await untilStaged(product, load.sent() + 60);

  await product.change({ lanes: 2 });
  await kill(first);
  await startProcess('second');
  await eventually(async () =>
    expect(await partitionsOf(product)).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ]),
  );
  await fixture.admin.createPartitions(product.pipeline.topic, 8);
  load.grow(8);
  await eventually(async () =>
    expect(await partitionsOf(product)).toEqual([
      [0, 2, 4, 6],
      [1, 3, 5, 7],
    ]),
  );
  const sent = await load.stop();
  await untilStaged(product, sent);

  const { primary, quarantine, all } = await readAll(product);
  expect([...primary.problems, ...quarantine.problems]).toEqual([]);
  expect(new Set(all).size).toBe(all.length);
  expect(all).toHaveLength(sent);
  expect(quarantine.rows.length).toBeGreaterThan(0);
  expect(judgeLedger(await (await product.table()).batches())).toEqual([]);
  const commits = primary.log.commits();
  const joint = commits.filter(({ info }) => Array.isArray(info?.['batches']));
  expect(joint.length).toBeGreaterThan(0);
  const epochs = commits.flatMap(({ info }) => (info?.['epoch'] === undefined ? [] : [info]));
  expect(epochs).toMatchObject([
    { epoch: '1', lanes: 3, partitions: 6 },
    { epoch: '2', lanes: 2, partitions: 6 },
    { epoch: '3', lanes: 2, partitions: 8 },
  ]);
});
