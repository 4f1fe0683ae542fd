import { setTimeout as sleep } from 'node:timers/promises';
import { runSql, type Stack } from '@headwater/platform-embedded';
import { generateAdEvents, generatorOf } from '../ad-event-topic.ts';
import { clonePipelines } from '../clone-pipelines.ts';
import { adEventsContract, createQuery, onboard, startApp } from '../headwater-system.ts';
import type { BenchWorld, Section } from './table-row.ts';

const GOAL = 1.6;

/** Two busy lanes on two cores against one. */
export const lanes: Section = async (world) => {
  const { ratio } = await measureLanes(world, 500_000);
  return [
    {
      work: '2 busy lanes on 2 cores',
      against: '1 lane, wall throughput',
      goal: `>= ${GOAL}x`,
      measured: `${ratio.toFixed(2)}x`,
      isReached: ratio >= GOAL,
    },
  ];
};

export interface LaneThroughput {
  readonly records: number;
  readonly oneSeconds: number;
  readonly twoSeconds: number;
  readonly ratio: number;
}

/** Drains topics of one partition in one worker process: one at a time, then two at the same time. */
export async function measureLanes(world: BenchWorld, records: number): Promise<LaneThroughput> {
  const { stack, home, say } = world;
  const controlPlane = await startApp(stack, 'control-plane', { home });
  await onboard(createQuery(controlPlane.url, home), adEventsContract(), {
    name: 'bench.ad-events',
    partitions: 1,
  });
  await controlPlane.process.stop();
  await clonePipelines(stack, 4, 'bench.lane');
  await runSql(stack.databaseUrl, `UPDATE staging_pipeline SET desired_state = 'paused'`);
  for (let index = 0; index < 4; index++) {
    generateAdEvents({ ...generatorOf(world), topic: `bench.lane.t${index}`, records });
  }
  const worker = await startApp(stack, 'staging-worker', { home });
  // The first drain warms the threads up and is not counted.
  await drain(stack, ['bench.lane.t0'], records);
  const one = await drain(stack, ['bench.lane.t1'], records);
  const two = await drain(stack, ['bench.lane.t2', 'bench.lane.t3'], records);
  await worker.process.stop();
  const ratio = Number(((2 * one) / two).toFixed(2));
  say(
    `1 lane ${Math.round(records / one)} rows/s, 2 lanes ${Math.round((2 * records) / two)} rows/s: ${ratio}x`,
  );
  return { records, oneSeconds: Number(one.toFixed(2)), twoSeconds: Number(two.toFixed(2)), ratio };
}

/** Seconds until everything in the topics is staged. */
async function drain(stack: Stack, topics: readonly string[], records: number): Promise<number> {
  const names = topics.map((topic) => `'${topic}'`).join();
  const began = performance.now();
  await runSql(
    stack.databaseUrl,
    `UPDATE staging_pipeline SET desired_state = 'running', generation = generation + 1 WHERE topic IN (${names})`,
  );
  for (;;) {
    const [row] = await runSql(
      stack.databaseUrl,
      `SELECT coalesce(sum(t.next_offset), 0) FROM ledger_total t JOIN staging_pipeline p ON p.id = t.pipeline_id
       WHERE p.topic IN (${names})`,
    );
    if (Number(row?.[0]) >= records * topics.length) return (performance.now() - began) / 1000;
    await sleep(50);
  }
}
