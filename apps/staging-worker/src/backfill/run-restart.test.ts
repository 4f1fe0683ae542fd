import type { ObjectStore } from '@headwater/core-delta';
import { nextOffsetsIn, type OperatingPlan } from '@headwater/core-staging';
import { operationalError } from '@headwater/kernel';
import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { createMemoryBackfill, runOf, type MemoryBackfill } from './memory-backfill.test-data.ts';
import { previewRestart } from './preview-restart.ts';
import { runBackfill } from './run-backfill.ts';
import { runRestart } from './run-restart.ts';

let open: MemoryBackfill | undefined;
afterEach(() => open?.close());

const { signal } = new AbortController();
const death = operationalError({ code: 'HW_TEST_DEATH', message: 'gone', fix: '' });

const restartOf = ({ world }: MemoryBackfill, plan: OperatingPlan) => ({
  world,
  planId: randomUUID(),
  plan,
  fence: 1n,
  signal,
});

/** Where the partitions of the pipeline begin, by the log of its table. */
async function startsOf({ read, state }: MemoryBackfill) {
  const { pipelineId, topicId, tableUrl } = state.pipeline;
  const { snapshot } = await read(tableUrl, ['_partition', '_offset']);
  const txns = new Map([...snapshot!.txns.values()].map(({ appId, version }) => [appId, version]));
  return nextOffsetsIn(txns, pipelineId, topicId);
}

test('a restart that dies at any of its writes is gone on with, and begins one table at the planned offsets', async () => {
  const life = { writes: 0, diesAt: Number.POSITIVE_INFINITY };
  const mortal = (_url: string, store: ObjectStore): ObjectStore => ({
    ...store,
    async putIfAbsent(path, bytes) {
      const at = ++life.writes;
      if (at > life.diesAt) throw death;
      const answer = await store.putIfAbsent(path, bytes);
      if (at === life.diesAt) throw death;
      return answer;
    },
  });
  open = await createMemoryBackfill(mortal);
  const plan = await previewRestart(open.world, open.pipeline, { kind: 'restart', from: 'earliest' });
  expect(plan.tables[0]).toBe(`${open.pipeline.tableUrl}__epoch_2`);
  let deaths = 0;
  while (open.state.pipeline.pipelineId === open.pipeline.pipelineId) {
    Object.assign(life, { writes: 0, diesAt: 1 });
    await runRestart(restartOf(open, plan)).catch((error: unknown) => {
      expect(error).toBe(death);
      expect(open!.state.pipeline.tableUrl).toBe(open!.pipeline.tableUrl);
      deaths++;
    });
    expect(deaths).toBeLessThan(20);
  }
  expect(deaths).toBeGreaterThanOrEqual(2);
  life.diesAt = Number.POSITIVE_INFINITY;
  await runRestart(restartOf(open, plan));
  expect(open.state.pipeline.tableUrl).toBe(plan.tables[0]);
  expect(await startsOf(open)).toEqual(new Map([[0, 0n], [1, 0n]])); // prettier-ignore
});

test('of two restarts planned from one state only the first is carried out', async () => {
  open = await createMemoryBackfill((_url, store) => store);
  const request = { kind: 'restart', from: 'earliest' } as const;
  const plans = [
    await previewRestart(open.world, open.pipeline, request),
    await previewRestart(open.world, open.pipeline, request),
  ];
  await runRestart(restartOf(open, plans[0]!));
  await expect(runRestart(restartOf(open, plans[1]!))).rejects.toMatchObject({ code: 'HW_PIPELINE_MISSING' });
  expect(open.state.pipeline.pipelineId).toBe(plans[0]!.world['nextPipelineId']);
});

test('a restart that would skip records, or begin where the topic holds none, is refused', async () => {
  open = await createMemoryBackfill((_url, store) => store);
  const plan = (offsets: Readonly<Record<string, string>>) =>
    previewRestart(open!.world, open!.pipeline, { kind: 'restart', from: { offsets } });
  await expect(plan({ 0: '1' })).rejects.toMatchObject({ code: 'HW_RESTART_SKIPS' });
  await expect(plan({ 0: '21' })).rejects.toMatchObject({ code: 'HW_RESTART_RANGE' });
  await expect(plan({ 2: '0' })).rejects.toMatchObject({ code: 'HW_RESTART_RANGE' });
});

test('a side table is that of its own epoch', async () => {
  open = await createMemoryBackfill((_url, store) => store);
  const backfill = runOf(open, signal);
  await runRestart(
    restartOf(open, await previewRestart(open.world, open.pipeline, { kind: 'restart', from: 'earliest' })),
  );
  await expect(runBackfill(backfill)).rejects.toMatchObject({ code: 'HW_PIPELINE_MISSING' });
});
