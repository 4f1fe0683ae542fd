import { column } from '@headwater/testkit';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { locateFile, parseLogEntry, type ObjectStore } from '@headwater/core-delta';
import { transformPath } from '@headwater/core-staging';
import { operationalError } from '@headwater/kernel';
import {
  atFaultPoint,
  createStagingFixture,
  judgeLedger,
  order,
  orderContract,
  type RunningWorker,
  type StagedProduct,
  type StagingFixture,
} from './staging-fixture.test-data.ts';

let fixture: StagingFixture;
beforeAll(async () => {
  fixture = await createStagingFixture(inject('stack'));
});
afterEach(() => fixture.endTest());
afterAll(() => fixture.close());

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 100 });
const orders = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => order(from + index));
const countRows = async (product: StagedProduct) =>
  Number((await (await product.table()).select('select count(*) as n from rows'))[0]?.['n'] ?? 0);
const isLogEntry = (path: string) => /^_delta_log\/\d{20}\.json$/.test(path);

/** A worker whose tables lie in stores that the test has wrapped. */
const startWith = (wrap: (store: ObjectStore) => ObjectStore): Promise<RunningWorker> =>
  fixture.startWorker({
    wrap: (world) => ({
      ...world,
      openTable: async (url) => {
        const io = await world.openTable(url);
        return { ...io, store: wrap(io.store) };
      },
    }),
  });

test('[S3] whenever a commit is sent, every file it names is in the store whole, and its intent too', async () => {
  const product = await fixture.product();
  const missing: string[] = [];
  let commits = 0;
  const worker = await startWith((store) => ({
    ...store,
    async putIfAbsent(path, bytes) {
      if (isLogEntry(path)) {
        for (const action of parseLogEntry(bytes, path)) {
          if (!('add' in action)) continue;
          commits++;
          const location = locateFile(action.add.path);
          const file = location.kind === 'relative' ? await store.head(location.path) : undefined;
          if (file?.size !== action.add.size) missing.push(action.add.path);
        }
      }
      return store.putIfAbsent(path, bytes);
    },
  }));
  await product.produce([...orders(0, 50), { value: 'broken' }]);
  await eventually(async () => expect(await countRows(product)).toBe(50));
  await worker.stop();
  expect(commits).toBeGreaterThan(1);
  expect(missing).toEqual([]);
});

test('[S6] answers that are lost, before or after the commit took effect, land nothing twice and lose nothing', async () => {
  const product = await fixture.product({ partitions: 1 });
  let sends = 0;
  const worker = await startWith((store) => ({
    ...store,
    async putIfAbsent(path, bytes) {
      if (!isLogEntry(path)) return store.putIfAbsent(path, bytes);
      sends++;
      if (sends % 3 === 0) return { kind: 'ambiguous', cause: 'a test' };
      const answer = await store.putIfAbsent(path, bytes);
      return sends % 3 === 1 ? { kind: 'ambiguous', cause: 'a test' } : answer;
    },
  }));
  for (let round = 0; round < 8; round++) {
    await product.produce([...orders(round * 10, 10), { value: `broken ${round}` }]);
    await eventually(async () => expect(await countRows(product)).toBe((round + 1) * 10));
  }
  await worker.stop();
  const table = await product.table();
  expect(await table.select('select count(distinct id) as n from rows')).toEqual([{ n: '80' }]);
  expect(judgeLedger(await table.batches())).toEqual([]);
  expect(await (await product.quarantine()).select('select count(*) as n from rows')).toEqual([{ n: '8' }]);
});

test('[S4] when quarantine holds other records of the batch than this attempt refuses, the lane stops and lands none', async () => {
  const kinds = { rule: 'enum' as const, values: ['ok'] };
  const contract = {
    ...orderContract,
    columns: [...orderContract.columns, column('kind', { kind: 'string' }, { rules: [kinds] })],
  };
  const product = await fixture.product({ partitions: 1, contract });
  await product.produce([order(1, { kind: 'ok' }), order(2, { kind: 'bad' }), order(3, { kind: 'ok' })]);
  let hasDied = false;
  atFaultPoint('primary-commit.before', (passed) => {
    if (passed !== 1) return;
    hasDied = true;
    throw new Error('the process died here');
  });
  const first = await fixture.startWorker();
  await eventually(async () => expect(hasDied).toBe(true));
  await first.stop();
  // Another judgement of the same batch: the stored transform is damaged so that the second record is good.
  const { io } = await product.table();
  const { pipelineId, transformHash } = product.pipeline;
  const path = transformPath(pipelineId, transformHash);
  const stored = new TextDecoder().decode(await io.store.get(path));
  await io.store.put(path, new TextEncoder().encode(stored.replace('["ok"]', '["ok","bad"]')));
  await product.change({ transformHash: 'another' });
  const second = await fixture.startWorker();
  await eventually(async () => {
    const open = await fixture.postgres.mesh.reads.incidents.openByPipelineIds([pipelineId]);
    expect(open).toMatchObject([{ kind: 'outputs-disagree', partition: 0, from: 1n, to: 2n }]);
  });
  await second.stop();
  expect(await countRows(product)).toBe(0);
  expect(await (await product.quarantine()).select('select count(*) as n from rows')).toEqual([{ n: '1' }]);
});

test('a full disk is an incident that says so; staging goes on by itself when there is room again', async () => {
  const product = await fixture.product({ partitions: 1 });
  await product.produce(orders(0, 5));
  let isFull = true;
  const worker = await startWith((store) => ({
    ...store,
    putFile: (path, localFile) =>
      isFull
        ? Promise.reject(
            operationalError({
              code: 'HW_STORE_DISK_FULL',
              message: `The disk of ${store.url} is full.`,
              canRetry: true,
            }),
          )
        : store.putFile(path, localFile),
  }));
  await eventually(async () => {
    const open = await fixture.postgres.mesh.reads.incidents.openByPipelineIds([product.pipeline.pipelineId]);
    expect(open).toMatchObject([{ kind: 'disk-full' }]);
  });
  expect(await countRows(product)).toBe(0);
  isFull = false;
  await eventually(async () => expect(await countRows(product)).toBe(5));
  await worker.stop();
  expect(judgeLedger(await (await product.table()).batches())).toEqual([]);
});

test('[S1] a worker that cannot renew stops by itself, and goes on under a higher fence when it can', async () => {
  const product = await fixture.product({ partitions: 1 });
  let isCut = false;
  const cut = <T>(answer: () => Promise<T>): Promise<T> =>
    isCut ? Promise.reject(new Error('connection reset')) : answer();
  const worker = await fixture.startWorker({
    environment: { STAGING_LEASE: '1s' },
    wrap: (world) => ({
      ...world,
      leases: {
        ...world.leases,
        claim: (...args) => cut(() => world.leases.claim(...args)),
        renew: (...args) => cut(() => world.leases.renew(...args)),
        release: (...args) => cut(() => world.leases.release(...args)),
        unleased: (...args) => cut(() => world.leases.unleased(...args)),
      },
    }),
  });
  await product.produce(orders(0, 5));
  await eventually(async () => expect(await countRows(product)).toBe(5));
  isCut = true;
  await eventually(async () => expect(worker.worker.laneCount()).toBe(0));
  const { version } = (await product.table()).snapshot;
  await product.produce(orders(5, 5));
  expect((await product.table()).snapshot.version).toBe(version);
  isCut = false;
  await eventually(async () => expect(await countRows(product)).toBe(10));
  await worker.stop();
  const fences = (await (await product.table()).batches()).map(({ fence }) => fence);
  expect(fences.at(-1)).toBeGreaterThan(fences[0]!);
});
