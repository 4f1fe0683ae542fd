import { toRemoves, type Action } from '@headwater/core-delta';
import { afterEach, expect, test } from 'vitest';
import { commitPlan, refreshTable, type LaneTable } from '../lane/lane-table.ts';
import type { OperatingRun } from '../replay/operating-world.ts';
import { previewReplay } from '../replay/plan-replay.ts';
import { runReplay } from '../replay/run-replay.ts';
import { createMemoryBackfill, type MemoryBackfill } from './memory-backfill.test-data.ts';
import { death, endless, liveUntil, mortal } from './mortal-store.test-data.ts';
import { previewSwap } from './preview-swap.ts';
import {
  apply,
  backfillId,
  carryOut,
  context,
  landBatch,
  lateBatch,
  planSwapOf,
  planUndoOf,
  readBoth,
  stageAndBackfill,
  staged,
  swapped,
  swapRun,
} from './staged-swap.test-data.ts';

let open: MemoryBackfill | undefined;
afterEach(() => open?.close());

const life = endless();

/** Each life dies one write later than the one before; the last one lives. Answers how many died. */
async function dieEverywhere(run: OperatingRun): Promise<number> {
  for (let diesAt = 1; ; diesAt++) {
    if ((await liveUntil(life, diesAt, () => apply(run))) === 'done') return diesAt - 1;
    expect(diesAt).toBeLessThan(60);
  }
}

/** Live files with what the log says of them. */
async function filesOf(backfill: MemoryBackfill) {
  const { primary, quarantine } = await readBoth(backfill);
  return [primary, quarantine].map(({ snapshot }) =>
    [...snapshot!.files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  );
}

/** Finished intents stay for good, so they must not be a copy of what rows hold. */
async function expectNoStatistics(backfill: MemoryBackfill): Promise<void> {
  const { store } = (await readBoth(backfill)).primary;
  let intents = 0;
  for await (const { path } of store.list(`_headwater/swaps/${backfillId}/`)) {
    expect(new TextDecoder().decode(await store.get(path))).not.toContain('minValues');
    intents++;
  }
  expect(intents).toBe(2);
}

/** What Postgres would have added to the class `quarantined`. */
const netQuarantined = ({ mirrored }: MemoryBackfill): bigint =>
  [...mirrored.values()].reduce(
    (sum, { toClass, offsets }) => sum + (toClass === 'quarantined' ? offsets : -offsets),
    0n,
  );

test.each([false, true])(
  '[S15][S10] a swap and its undo that die at any of their writes (after it: %s) are finished, and every record stands once',
  async (isAfter) => {
    life.isAfter = isAfter;
    open = await createMemoryBackfill(mortal(life));
    await stageAndBackfill(open);
    expect(await readBoth(open)).toMatchObject(staged);
    const original = await filesOf(open);
    const plan = await planSwapOf(open);
    expect(plan.details[0]).toBe(
      `Of partition 0 [2, 19) 13 rows and 4 quarantined records give way to 14 rows and 3 quarantined records of backfill ${backfillId}.`,
    );
    expect(await dieEverywhere(swapRun(open, plan))).toBeGreaterThan(6);
    expect(await readBoth(open)).toMatchObject(swapped);
    expect(netQuarantined(open)).toBe(BigInt(swapped.refused.length - staged.refused.length));
    expect(open.told.at(-1)).toMatchObject({ records: 26, landed: 22, refused: 4 });
    const before = (await readBoth(open)).primary.snapshot!.version;
    expect(await dieEverywhere(swapRun(open, await planUndoOf(open)))).toBeGreaterThanOrEqual(2);
    const restored = await readBoth(open);
    expect(restored).toMatchObject(staged);
    expect(restored.primary.snapshot!.version).toBe(before + 1n);
    expect(await filesOf(open)).toEqual(original);
    await expectNoStatistics(open);
    expect(netQuarantined(open)).toBe(0n);
    await expect(planUndoOf(open)).rejects.toMatchObject({ code: 'HW_SWAP_NOTHING' });
    await carryOut(open, await planSwapOf(open));
    expect(await readBoth(open)).toMatchObject(swapped);
  },
);

test('[S15] a swap that died between its two commits is finished by whatever is asked for next', async () => {
  const isQuarantine = (url: string) => url.endsWith('/b__quarantine');
  const away = { quarantine: false };
  open = await createMemoryBackfill((url, store) => ({
    ...store,
    putIfAbsent: (path, bytes) =>
      away.quarantine && isQuarantine(url) ? Promise.reject(death) : store.putIfAbsent(path, bytes),
  }));
  await stageAndBackfill(open);
  const run = swapRun(open, await planSwapOf(open));
  away.quarantine = true;
  await expect(apply(run)).rejects.toBe(death);
  expect(await readBoth(open)).toMatchObject({ rows: swapped.rows, refused: staged.refused });
  away.quarantine = false;
  await planUndoOf(open);
  expect(await readBoth(open)).toMatchObject(swapped);
});

test('[S15][S10] a replay that meets a half done swap finishes it first, and lands no record twice', async () => {
  const away = { quarantine: false };
  open = await createMemoryBackfill((url, store) => ({
    ...store,
    putIfAbsent: (path, bytes) =>
      away.quarantine && url.endsWith('/b__quarantine')
        ? Promise.reject(death)
        : store.putIfAbsent(path, bytes),
  }));
  await stageAndBackfill(open);
  const { world, pipeline } = open;
  const run = swapRun(open, await planSwapOf(open));
  const replay = await previewReplay(world, pipeline, {});
  away.quarantine = true;
  await expect(apply(run)).rejects.toBe(death);
  away.quarantine = false;
  await runReplay(swapRun(open, replay), {}, undefined);
  // Of what was refused before, one record lies outside of the ranges and is accepted by the contract in force.
  expect(await readBoth(open)).toMatchObject({
    rows: [...swapped.rows, '0:1'].sort(),
    refused: swapped.refused.filter((key) => key !== '0:1'),
  });
  await carryOut(open, await planUndoOf(open));
  expect(await readBoth(open)).toMatchObject({
    rows: [...staged.rows, '0:1'].sort(),
    refused: staged.refused.filter((key) => key !== '0:1'),
  });
});

test('[S15] what a lane lands while a swap is on its way stays, and does not stop it', async () => {
  const meanwhile = { act: () => Promise.resolve() };
  open = await createMemoryBackfill((_url, store) => ({
    ...store,
    async putIfAbsent(path, bytes) {
      if (/_delta_log/.test(path)) {
        const { act } = meanwhile;
        meanwhile.act = () => Promise.resolve();
        await act();
      }
      return store.putIfAbsent(path, bytes);
    },
  }));
  const tables = await stageAndBackfill(open);
  const run = swapRun(open, await planSwapOf(open));
  meanwhile.act = () => landBatch(open!, tables, lateBatch(open!));
  await apply(run);
  const { rows, refused } = await readBoth(open);
  expect(rows).toEqual([...swapped.rows, '0:19'].sort());
  expect(refused).toEqual(swapped.refused);
  await refreshTable(tables.primary);
  expect([...tables.primary.snapshot.txns.values()]).toContainEqual(
    expect.objectContaining({ appId: `headwater:${open.pipeline.pipelineId}:topic-id:0`, version: 20n }),
  );
});

test('[S15] two runs of one swap at the same moment are one; of two swaps planned on one table the first is carried out', async () => {
  open = await createMemoryBackfill((_url, store) => store);
  const { primary } = await stageAndBackfill(open);
  const [run, rival] = [swapRun(open, await planSwapOf(open)), swapRun(open, await planSwapOf(open))];
  const { version } = primary.snapshot;
  await Promise.all([apply(run), apply(run)]);
  expect(await readBoth(open)).toMatchObject(swapped);
  await refreshTable(primary);
  expect(primary.snapshot.version).toBe(version + 1n);
  await expect(apply(rival)).rejects.toMatchObject({ code: 'HW_OPERATING_WORLD_MOVED' });
  const undo = swapRun(open, await planUndoOf(open));
  await Promise.all([apply(undo), apply(undo)]);
  expect(await readBoth(open)).toMatchObject(staged);
});

/** Takes the files out of the table that hold the coordinates, as retention does. */
async function deleteFile({ world }: MemoryBackfill, table: LaneTable, which: number): Promise<void> {
  await refreshTable(table);
  const add = [...table.snapshot.files.values()][which]!;
  const actions: readonly Action[] = toRemoves([add], world.lanes.clock.nowMs());
  const commitInfo = { operation: 'DELETE', isBlindAppend: false };
  await commitPlan(world.lanes, table, { actions, commitInfo, readAppIds: new Set() });
}

test('[S15] rows that were deleted do not come back: the swap is refused, before and after it was shown', async () => {
  open = await createMemoryBackfill((_url, store) => store);
  const { primary, quarantine } = await stageAndBackfill(open);
  const plan = await planSwapOf(open);
  await deleteFile(open, primary, 2);
  const left = await readBoth(open);
  await expect(carryOut(open, plan)).rejects.toMatchObject({ code: 'HW_SWAP_ROWS_DELETED' });
  await expect(planSwapOf(open)).rejects.toMatchObject({ code: 'HW_SWAP_ROWS_DELETED' });
  await deleteFile(open, quarantine, 0);
  await expect(planSwapOf(open)).rejects.toMatchObject({ code: 'HW_SWAP_ROWS_DELETED' });
  expect((await readBoth(open)).rows).toEqual(left.rows);
});

test('[S15] a deletion that meets the moment of the commit wins, and the swap is refused', async () => {
  const meanwhile = { act: () => Promise.resolve() };
  open = await createMemoryBackfill((_url, store) => ({
    ...store,
    async putIfAbsent(path, bytes) {
      const answer = await store.putIfAbsent(path, bytes);
      if (path.startsWith('_headwater/swaps/')) await meanwhile.act();
      return answer;
    },
  }));
  const { primary } = await stageAndBackfill(open);
  const plan = await planSwapOf(open);
  meanwhile.act = () => deleteFile(open!, primary, 2);
  await expect(carryOut(open, plan)).rejects.toMatchObject({ code: 'HW_OPERATING_WORLD_MOVED' });
  const { rows, refused } = await readBoth(open);
  expect(rows.filter((key) => !staged.rows.includes(key))).toEqual([]);
  expect(refused).toEqual(staged.refused);
});

test('[S15] records deleted from quarantine between the two commits stay deleted', async () => {
  const meanwhile = { act: () => Promise.resolve() };
  open = await createMemoryBackfill((url, store) => ({
    ...store,
    async putIfAbsent(path, bytes) {
      const answer = await store.putIfAbsent(path, bytes);
      if (url.endsWith('/b') && path.startsWith('_delta_log/')) await meanwhile.act();
      return answer;
    },
  }));
  const { quarantine } = await stageAndBackfill(open);
  const run = swapRun(open, await planSwapOf(open));
  meanwhile.act = async () => {
    meanwhile.act = () => Promise.resolve();
    await refreshTable(quarantine);
    for (let left = quarantine.snapshot.files.size; left > 0; left--) await deleteFile(open!, quarantine, 0);
  };
  await apply(run);
  // Refused by both contracts: deleted. Refused by the one in force only: they came out of the table.
  const { rows, refused } = await readBoth(open);
  expect(refused).toEqual(swapped.refused.filter((key) => staged.rows.includes(key)));
  expect(refused).toEqual(['0:11']);
  expect(rows).toEqual(swapped.rows);
  await expect(planUndoOf(open)).rejects.toMatchObject({ code: 'HW_SWAP_UNDO_CHANGED' });
});

test('[S15] an undo is refused when the range was changed since, and when removed files may be vacuumed', async () => {
  open = await createMemoryBackfill((_url, store) => store);
  const { primary } = await stageAndBackfill(open);
  await expect(planUndoOf(open)).rejects.toMatchObject({ code: 'HW_SWAP_NOTHING' });
  await carryOut(open, await planSwapOf(open));
  const { clock } = open.world.lanes;
  const inAWeek = { ...clock, nowMs: () => clock.nowMs() + 7 * 86_400_000 - 60_000 };
  const late = { ...open, world: { ...open.world, lanes: { ...open.world.lanes, clock: inAWeek } } };
  await expect(planUndoOf(late)).rejects.toMatchObject({ code: 'HW_SWAP_UNDO_EXPIRED' });
  const plan = await planUndoOf(open);
  await refreshTable(primary);
  await deleteFile(open, primary, primary.snapshot.files.size - 1);
  await expect(carryOut(open, plan)).rejects.toMatchObject({ code: 'HW_SWAP_UNDO_CHANGED' });
});

test('a swap names a whole side table of the contract in force', async () => {
  open = await createMemoryBackfill((_url, store) => store);
  const { world, pipeline } = open;
  await expect(
    previewSwap(world, pipeline, { kind: 'swap', backfillId: 'ffffffffffff' }, context),
  ).rejects.toMatchObject({ code: 'HW_SWAP_SIDE_TABLE' });
  await stageAndBackfill(open);
  const changed = { ...pipeline, transformHash: 'another' };
  await expect(previewSwap(world, changed, { kind: 'swap', backfillId }, context)).rejects.toMatchObject({
    code: 'HW_SWAP_OUTDATED',
  });
});
