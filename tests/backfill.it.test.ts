import { column } from '@headwater/testkit';
import { operationalError } from '@headwater/kernel';
import { readLogEntry } from '@headwater/core-delta';
import type { RetentionTarget, TableInventory } from '@headwater/core-retention';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import {
  judgeLedger,
  order,
  orderContract,
  type ReadTable,
  type StagedProduct,
} from '../apps/staging-worker/src/staging-fixture.test-data.ts';
import { runSql } from '@headwater/platform-embedded';
import { observeTables } from '../apps/retention-worker/src/observe-product.ts';
import type { RetentionWorld } from '../apps/retention-worker/src/retention-world.ts';
import { createOperatingWorld, type OperatingWorld } from './operating-world.ts';

let world: OperatingWorld;
beforeAll(async () => {
  world = await createOperatingWorld(inject('stack'));
});
afterEach(() => world.endTest());
afterAll(() => world.close());

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 100 });
const outage = operationalError({ code: 'HW_TEST_DEATH', message: 'gone', fix: '', canRetry: true });

/** A name is demanded by the contract. */
const strict = {
  ...orderContract,
  columns: orderContract.columns.map((each) =>
    each.name === 'name' ? column('name', { kind: 'string' }, { required: true }) : each,
  ),
};
const nameOf = ({ pipeline }: StagedProduct) => pipeline.productName;

interface Shown {
  readonly backfillId: string;
  readonly hash: string;
  readonly tables: readonly string[];
  readonly ranges: readonly { partition: number; from: string; to: string }[];
  readonly details: readonly string[];
}

/** 40 good records and 8 without a name over two partitions, all of them staged. */
async function stagedProduct() {
  const product = await world.staging.product({ contract: strict });
  await product.produce(Array.from({ length: 48 }, (_, id) => order(id, id % 6 === 5 ? { name: null } : {})));
  const worker = await world.staging.startWorker();
  await eventually(async () => expect(await coordinates(await product.table())).toHaveLength(40));
  await eventually(async () => expect(await quarantined(await product.quarantine())).toHaveLength(8));
  const rows = await coordinates(await product.table());
  const refused = await quarantined(await product.quarantine());
  return { product, worker, rows, refused, ends: endsOf([...rows, ...refused]) };
}

const coordinates = async (table: ReadTable) =>
  (await table.select('select _partition as p, _offset as o from rows order by all')).map(keyOf);
const quarantined = async (table: ReadTable) =>
  (await table.select('select "partition" as p, "offset" as o from rows order by all')).map(keyOf);
const keyOf = ({ p, o }: Record<string, unknown>) => `${String(p)}:${String(o)}`;
const endsOf = (keys: readonly string[]) =>
  [0, 1].map((partition) =>
    Math.max(
      0,
      ...keys
        .map((key) => key.split(':').map(Number))
        .filter(([p]) => p === partition)
        .map(([, o]) => o! + 1),
    ),
  );

const show = async (args: readonly string[]) =>
  JSON.parse(await world.headwater([...args, '--dry-run', '-o', 'json'])) as Shown;
const wholeOf = (ends: readonly number[]) =>
  ends.flatMap((end, partition) => ['--partition', String(partition), '--from', '0', '--to', String(end)]);

test('[S10] a backfill is shown first, lands its range once in a table of its own, balances, and repeated lands nothing', async () => {
  const { product, worker, rows, refused, ends } = await stagedProduct();
  await world.carryOut(worker);
  const command = ['pipeline', 'backfill', nameOf(product)];
  await expect(
    world.headwater([...command, '--partition', '0', '--from', '0', '--to', '1000000']),
  ).rejects.toMatchObject({ code: 'HW_BACKFILL_RANGE' });
  const range = ['--partition', '0', '--from', '2', '--to', String(ends[0]! - 1)];
  expect(await world.headwater([...command, ...range, '--dry-run'], 'ko')).toContain('쓰는 테이블');
  const plan = await show([...command, ...range]);
  const inRange = (key: string) => {
    const [p, o] = key.split(':').map(Number);
    return p === 0 && o! >= 2 && o! < ends[0]! - 1;
  };
  expect(plan.details.join('\n')).toContain(
    `holds ${rows.filter(inRange).length} rows and its quarantine ${refused.filter(inRange).length}`,
  );
  const { version } = (await product.table()).snapshot;
  expect(await world.headwater([...command, ...range])).toContain(`backfill ${plan.backfillId} holds`);
  const side = await world.readTable(plan.tables[0]!, product.pipeline.pipelineId);
  expect(await coordinates(side)).toEqual(rows.filter(inRange));
  expect(await quarantined(await world.readTable(plan.tables[1]!, ''))).toEqual(refused.filter(inRange));
  expect(judgeLedger(await side.batches())).toEqual([]);
  expect((await product.table()).snapshot.version).toBe(version);
  await world.headwater([...command, ...range]);
  expect(await coordinates(await world.readTable(plan.tables[0]!, ''))).toEqual(rows.filter(inRange));
  expect(await world.headwater(['pipeline', 'plans', nameOf(product)])).toMatch(
    /backfill +[0-9a-f]{12} +applied/,
  );
});

test('[S4] a backfill that dies after its quarantine commit and again after its rows is gone on with, and lands nothing twice', async () => {
  const { product, worker, rows, refused, ends } = await stagedProduct();
  const deaths: string[] = [];
  await world.carryOut(worker, (operating) => ({
    ...operating,
    operating: {
      ...operating.operating,
      recordProgress: async (planId, progress) => {
        if (progress.records > 0 && deaths.length === 1) {
          deaths.push('after the rows');
          throw outage;
        }
        await operating.operating.recordProgress(planId, progress);
      },
    },
    lanes: {
      ...operating.lanes,
      openTable: async (url) => {
        const io = await operating.lanes.openTable(url);
        const putFile: typeof io.store.putFile = async (path, file) => {
          if (/__backfill_\w{12}$/.test(url) && deaths.length === 0) {
            deaths.push('after quarantine');
            throw outage;
          }
          return io.store.putFile(path, file);
        };
        return { ...io, store: { ...io.store, putFile } };
      },
    },
  }));
  const plan = await show(['pipeline', 'backfill', nameOf(product), ...wholeOf(ends)]);
  await world.headwater(['pipeline', 'backfill', nameOf(product), ...wholeOf(ends)]);
  expect(deaths).toEqual(['after quarantine', 'after the rows']);
  const side = await world.readTable(plan.tables[0]!, product.pipeline.pipelineId);
  expect(await coordinates(side)).toEqual(rows);
  expect(await quarantined(await world.readTable(plan.tables[1]!, ''))).toEqual(refused);
  expect(judgeLedger(await side.batches())).toEqual([]);
  expect(await readLogEntry(side.io.store, side.snapshot.version)).toBeDefined();
});

test('a restart begins a table of its own, leaves the one before as it was, skips nothing and repeats nothing', async () => {
  const { product, worker, rows, ends } = await stagedProduct();
  await world.carryOut(worker);
  const command = ['pipeline', 'restart', nameOf(product)];
  await product.produce([order(900)]);
  await eventually(async () =>
    expect(await coordinates(await product.table())).toHaveLength(rows.length + 1),
  );
  await expect(world.headwater([...command, '--from-offset', '0=1000000'])).rejects.toMatchObject({
    code: 'HW_RESTART_RANGE',
  });
  const plan = await show([...command, '--from-offset', `0=${ends[0]! - 1}`]);
  const kept = await coordinates(await product.table());
  const { version } = (await product.table()).snapshot;
  expect(plan.tables[0]).toBe(`${product.pipeline.tableUrl}__epoch_2`);
  expect(await world.headwater([...command, '--from-offset', `0=${ends[0]! - 1}`])).toContain('__epoch_2');
  const [pipeline] = await world.services.database.reads.pipelines.byProductIds([product.productId]);
  expect(pipeline?.spec.pipelineId).not.toBe(product.pipeline.pipelineId);
  const expected = kept.filter((key) => {
    const [p, o] = key.split(':').map(Number);
    return p === 1 || o! >= ends[0]! - 1;
  });
  await product.produce([order(901)]);
  const read = () => world.readTable(plan.tables[0]!, pipeline!.spec.pipelineId);
  await eventually(async () => expect(await coordinates(await read())).toHaveLength(expected.length + 1));
  expect((await coordinates(await read())).filter((key) => kept.includes(key))).toEqual(expected);
  expect(judgeLedger(await (await read()).batches())).toEqual([]);
  expect(await coordinates(await product.table())).toEqual(kept);
  expect((await product.table()).snapshot.version - version).toBeLessThanOrEqual(1n);
  await world.staging.retire(pipeline!.spec.pipelineId);
});

/** Every column of every row, in order, so that nothing about a row can change unseen. */
const wholeRows = async (table: ReadTable) => {
  const isPrimary = table.snapshot.schema.fields.some(({ name }) => name === '_offset');
  const place = isPrimary ? '_partition as p, _offset as o' : '"partition" as p, "offset" as o';
  const rows = await table.select(`select ${place}, * from rows order by 1, 2`);
  return rows.map((row) => ({ key: keyOf(row), row: JSON.stringify(row) }));
};

/** What Postgres says of the pipeline: rows and quarantined records of its ledger, and those of its causes. */
async function accountOf({ pipeline }: StagedProduct) {
  const one = async (sql: string) => (await runSql(world.staging.databaseUrl, sql))[0]?.map(Number);
  const where = `WHERE pipeline_id = '${pipeline.pipelineId}'`;
  return [
    await one(
      `SELECT sum(landed), sum(quarantined), sum(next_offset - first_offset) FROM ledger_total ${where}`,
    ),
    await one(`SELECT coalesce(sum(records), 0) FROM quarantine_group ${where}`),
  ];
}

test('[S15][S10] a swap puts the side table in the place of its ranges beside a live lane, survives a death between its commits, and is undone', async () => {
  const product = await world.staging.product();
  const orders = Array.from({ length: 48 }, (_, id) => order(id, id % 6 === 5 ? { name: null } : {}));
  await product.produce(orders);
  const worker = await world.staging.startWorker();
  await eventually(async () => expect(await coordinates(await product.table())).toHaveLength(48));
  const ends = endsOf(await coordinates(await product.table()));
  await product.change({ contract: strict, transformHash: 'strict' });
  const { pipelineId, topicId, tableUrl, quarantineUrl } = product.pipeline;
  const pipelines = [{ pipelineId, topicId, tableUrl, lanes: 1 }];
  const target = { tableUrl, quarantineUrl, pipelines } as unknown as RetentionTarget;
  const retention = ({ lanes }: typeof worker.operating) =>
    ({ openTable: lanes.openTable }) as RetentionWorld;
  const leases: TableInventory[] = [];
  const deaths: string[] = [];
  await world.carryOut(worker, (operating) => ({
    ...operating,
    lanes: {
      ...operating.lanes,
      openTable: async (url) => {
        const io = await operating.lanes.openTable(url);
        const putIfAbsent: typeof io.store.putIfAbsent = async (path, bytes) => {
          const isSwap = new TextDecoder().decode(bytes).includes('"swap"');
          if (url === product.pipeline.quarantineUrl && isSwap && deaths.length === 0) {
            deaths.push('between the commits');
            leases.push(...(await observeTables(retention(operating), target)));
            throw outage;
          }
          return io.store.putIfAbsent(path, bytes);
        };
        return { ...io, store: { ...io.store, putIfAbsent } };
      },
    },
  }));
  const command = ['pipeline', 'backfill'];
  const range = ['--partition', '0', '--from', '2', '--to', String(ends[0]! - 1)];
  const both = [...range, '--partition', '1', '--from', '0', '--to', String(ends[1])];
  const { backfillId, tables } = await show([...command, nameOf(product), ...both]);
  await expect(world.headwater([...command, 'swap', nameOf(product), backfillId])).rejects.toMatchObject({
    code: 'HW_SWAP_SIDE_TABLE',
  });
  await world.headwater([...command, nameOf(product), ...both]);
  const before = await wholeRows(await product.table());
  const [accounted] = await accountOf(product);
  expect(accounted).toEqual([48, 0, 48]);

  const swap = [...command, 'swap', nameOf(product), backfillId];
  const shown = await world.headwater([...swap, '--dry-run'], 'ko');
  expect(shown).toContain('계획:');
  expect(await wholeRows(await product.table())).toEqual(before);
  await product.produce([order(900)]);
  expect(await world.headwater(swap)).toContain(`backfill ${backfillId} is in the table with`);
  expect(deaths).toEqual(['between the commits']);
  // Files that wait for the second commit are older than what retention may take.
  expect(leases.map(({ oldestOpenIntentMs }) => oldestOpenIntentMs)).toEqual([
    expect.any(Number),
    expect.any(Number),
  ]);
  await eventually(async () => expect((await accountOf(product))[0]?.[2]).toBe(49));
  const isIn = ({ key }: { key: string }) => {
    const [p, o] = key.split(':').map(Number);
    return p === 1 ? o! < ends[1]! : o! >= 2 && o! < ends[0]! - 1;
  };
  const swapped = await wholeRows(await product.table());
  const [side, sideRefused] = [await world.readTable(tables[0]!, ''), await world.readTable(tables[1]!, '')];
  expect(swapped.filter(isIn)).toEqual(await wholeRows(side));
  const late = swapped.filter((each) => !isIn(each) && !before.some(({ key }) => key === each.key));
  expect(late).toHaveLength(1);
  expect(swapped.filter((each) => !isIn(each) && !late.includes(each))).toEqual(
    before.filter((each) => !isIn(each)),
  );
  const refused = await wholeRows(await product.quarantine());
  expect(refused).toEqual(await wholeRows(sideRefused));
  expect(refused.length).toBeGreaterThan(4);
  expect(judgeLedger(await (await product.table()).batches())).toEqual([]);
  expect(await accountOf(product)).toEqual([[swapped.length, refused.length, 49], [refused.length]]);

  const undo = [...command, 'undo', nameOf(product), backfillId];
  expect(await world.headwater(undo)).toContain('as they were before its swap');
  await product.produce([order(901)]);
  await eventually(async () => expect((await accountOf(product))[0]?.[2]).toBe(50));
  const restored = await wholeRows(await product.table());
  expect(restored.filter(({ key }) => before.some((each) => each.key === key))).toEqual(before);
  expect(restored).toHaveLength(50);
  expect(await wholeRows(await product.quarantine())).toEqual([]);
  expect(await accountOf(product)).toEqual([[50, 0, 50], [0]]);
  await expect(world.headwater(undo)).rejects.toMatchObject({ code: 'HW_SWAP_NOTHING' });
  const { items } = await world.services.database.reads.audit.list({ direction: 'forward', limit: 50 }, {});
  expect(items.map(({ item }) => item.event)).toEqual(
    expect.arrayContaining(
      ['swap-plan-requested', 'swap-approved', 'swap-applied', 'undo-swap-applied'].map(
        (each) => `pipeline.${each}`,
      ),
    ),
  );
});
