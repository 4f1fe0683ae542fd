import { readLogEntry } from '@headwater/core-delta';
import { judgeBalance, readBatchRecord } from '@headwater/core-staging';
import { afterEach, expect, test } from 'vitest';
import { createMemoryBackfill, runOf, type MemoryBackfill } from './memory-backfill.test-data.ts';
import { endless, liveUntil, mortal } from './mortal-store.test-data.ts';
import { runBackfill } from './run-backfill.ts';

let open: MemoryBackfill | undefined;
afterEach(() => open?.close());

const running = () => new AbortController().signal;
/** So small that every answer of the topic is a part. */
const PART_BYTES = 1;

const wanted = [
  ...Array.from({ length: 17 }, (_, index) => ({ partition: 0, offset: index + 2 })),
  ...Array.from({ length: 9 }, (_, offset) => ({ partition: 1, offset })),
];
const keysOf = (refused: boolean) =>
  wanted
    .filter(({ offset }) => (offset % 6 === 5) === refused)
    .map(({ partition, offset }) => `${partition}:${offset}`)
    .sort();

/** The side table holds every record of the ranges once, in one of its two tables, and its ledger balances. */
async function expectWhole(backfill: MemoryBackfill): Promise<void> {
  const side = `${backfill.pipeline.tableUrl}__backfill_0123456789ab`;
  const { rows, store, snapshot } = await backfill.read(side, ['_partition', '_offset']);
  expect(rows).toEqual(keysOf(false));
  expect((await backfill.read(`${side}__quarantine`, ['partition', 'offset'])).rows).toEqual(keysOf(true));
  const ends = new Map([
    [0, 2n],
    [1, 0n],
  ]);
  for (let version = 0n; version <= snapshot!.version; version++) {
    const lane = { pipelineId: backfill.pipeline.pipelineId, lane: 0 };
    const batch = readBatchRecord((await readLogEntry(store, version)) ?? [], lane);
    for (const { partition, from, to } of batch?.entries ?? []) {
      expect(from).toBe(ends.get(partition));
      ends.set(partition, to);
    }
    expect(judgeBalance(batch?.entries ?? []).kind).toBe('balanced');
  }
  expect([...ends.values()]).toEqual([19n, 9n]);
  expect(backfill.told.at(-1)).toMatchObject({ records: 26, landed: keysOf(false).length });
}

test.each([false, true])(
  '[S4][S10] a backfill that dies at any of its writes (after it: %s) is gone on with, and lands each record once',
  async (isAfter) => {
    const life = endless(isAfter);
    open = await createMemoryBackfill(mortal(life));
    await runBackfill(runOf(open, running()), PART_BYTES);
    await expectWhole(open);
    const total = life.writes;
    open.close();
    expect(total).toBeGreaterThan(30);
    let deaths = 0;
    // Each life dies a few writes further on than the one before; small steps meet every write in some life.
    for (const step of [1, 2]) {
      open = await createMemoryBackfill(mortal(life));
      for (let lives = 0; lives < total * 3; lives++) {
        const run = runOf(open, running());
        if ((await liveUntil(life, step + (lives % 7), () => runBackfill(run, PART_BYTES))) === 'done') break;
        deaths++;
      }
      await runBackfill(runOf(open, running()), PART_BYTES);
      await expectWhole(open);
      open.close();
    }
    expect(deaths).toBeGreaterThan(10);
  },
);

test('[S7] two runs of one backfill at the same moment land each record once', async () => {
  open = await createMemoryBackfill((_url, store) => store);
  const runs = [1, 2].map(() => runBackfill(runOf(open!, running()), PART_BYTES));
  await Promise.all(runs);
  await expectWhole(open);
});

test('a run whose work is given to somebody else writes nothing more', async () => {
  const gone = new AbortController();
  open = await createMemoryBackfill((_url, store) => ({
    ...store,
    putFile: async (path, file) => {
      gone.abort();
      return store.putFile(path, file);
    },
  }));
  await expect(runBackfill(runOf(open, gone.signal), PART_BYTES)).rejects.toThrow();
  const side = `${open.pipeline.tableUrl}__backfill_0123456789ab`;
  expect((await open.read(side, ['_partition', '_offset'])).rows).toEqual([]);
});

test('a table that is the side table of something else is left alone', async () => {
  open = await createMemoryBackfill((_url, store) => store);
  const run = runOf(open, running());
  await runBackfill(run, PART_BYTES);
  const other = {
    ...run.plan,
    request: { kind: 'backfill' as const, ranges: [{ partition: 1, from: '0', to: '3' }] },
  };
  await expect(runBackfill({ ...run, plan: other })).rejects.toMatchObject({
    code: 'HW_BACKFILL_TABLE_TAKEN',
  });
  await expectWhole(open);
});
