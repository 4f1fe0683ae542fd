// What intents, fences, ledger and quarantine cost of the throughput. See bench/README.md.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runSql, type Stack } from '@headwater/platform-embedded';
import { generateAdEvents, generatorOf } from './ad-event-topic.ts';
import { adEventsContract, createQuery, onboard, startApp, type RunningApp } from './headwater-system.ts';
import { readProcessCost } from './process-cost.ts';
import { withBenchWorld } from './staging-table/bench-world.ts';
import type { BenchWorld } from './staging-table/table-row.ts';

const { values: options } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    engine: { type: 'string', default: 'duckdb' },
  },
});
const rounds = Number(options.rounds);
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const topic = 'bench.ad-events';
const variants = ['release', 'bare'] as const;
type Variant = (typeof variants)[number];

process.stdout.write(`${JSON.stringify(await withBenchWorld(run))}\n`);

interface Drained {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

async function run(world: BenchWorld): Promise<object> {
  const { stack, home } = world;
  const controlPlane = await startApp(stack, 'control-plane', { home });
  await onboard(createQuery(controlPlane.url, home), adEventsContract(), { name: topic, partitions: 6 });
  await controlPlane.process.stop();
  // Every drain is a pipeline of its own on the one topic, into tables of its own; each worker drains one to get warm.
  await clonePerDrain(stack, 2 * 2 * rounds);
  const { records } = generateAdEvents({ ...generatorOf(world), topic, records: Number(options.records) });
  const drains: Record<Variant, Drained[]> = { release: [], bare: [] };
  let next = 0;
  for (let round = 0; round < rounds; round++) {
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      const worker = await startApp(stack, 'staging-worker', {
        home,
        variant,
        instance: `worker-${next}`,
        env: { HEADWATER_ENGINE: options.engine, HEADWATER_BENCH_BARE: '1' },
      });
      await drain(stack, worker, next++, records);
      const drained = await drain(stack, worker, next++, records);
      await worker.process.stop();
      drains[variant].push(drained);
      const { wallSeconds, cpuSeconds } = drained;
      say(
        `${variant.padEnd(8)} ${Math.round(records / wallSeconds)} rows/s  ${Math.round(records / cpuSeconds)} rows per core-second`,
      );
    }
  }
  // Each round is compared in itself, because the machine is not the same from round to round.
  const ratio = (of: (drained: Drained) => number) =>
    median(drains.release.map((full, round) => of(drains.bare[round]!) / of(full)));
  const wall = ratio(({ wallSeconds }) => wallSeconds);
  const cpu = ratio(({ cpuSeconds }) => cpuSeconds);
  say(`with everything on: ${wall} of the bare throughput, ${cpu} of its rows per core-second`);
  return { records, rounds, engine: options.engine, drains, throughputRatio: wall, coreSecondRatio: cpu };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1]!, sorted[Math.floor(middle)]!];
  return Number(((low + high) / 2).toFixed(3));
}

/** Paused copies of the onboarded pipeline, numbered, each with tables of its own. */
async function clonePerDrain(stack: Stack, count: number): Promise<void> {
  await runSql(
    stack.databaseUrl,
    `CREATE TABLE bench_clone AS SELECT n, gen_random_uuid() product_id, gen_random_uuid() pipeline_id
       FROM generate_series(0, ${count - 1}) n;
     INSERT INTO data_product SELECT (jsonb_populate_record(p, jsonb_build_object('id', c.product_id, 'name', 'd' || c.n,
       'qualified_name', 'bench/d' || c.n))).* FROM data_product p, bench_clone c;
     UPDATE staging_pipeline SET desired_state = 'paused';
     INSERT INTO staging_pipeline SELECT (jsonb_populate_record(s, jsonb_build_object('id', c.pipeline_id,
       'data_product_id', c.product_id, 'table_url', s.table_url || '-d' || c.n,
       'quarantine_url', s.quarantine_url || '-d' || c.n,
       'spec', s.spec || jsonb_build_object('productName', 'bench/d' || c.n)))).* FROM staging_pipeline s, bench_clone c;
     INSERT INTO lane_lease (pipeline_id, lane) SELECT pipeline_id, 0 FROM bench_clone`,
  );
}

/** From the resumed pipeline until the positions in the log of its table have reached the end of the topic. */
async function drain(stack: Stack, worker: RunningApp, index: number, records: number): Promise<Drained> {
  const log = path.join(fileURLToPath(stack.lakeUrl), 'bench', `ad-events-d${index}`, '_delta_log');
  const cpuBefore = readProcessCost(worker.process.pid).cpuSeconds;
  const began = performance.now();
  await setState(stack, index, 'running');
  const positions = new Map<string, number>();
  for (let version = 0; total(positions) < records; await sleep(20)) {
    for (; readPositions(log, version, positions); version++);
  }
  const wallSeconds = Number(((performance.now() - began) / 1000).toFixed(2));
  const cpuSeconds = Number((readProcessCost(worker.process.pid).cpuSeconds - cpuBefore).toFixed(2));
  await setState(stack, index, 'retired');
  return { wallSeconds, cpuSeconds };
}

async function setState(stack: Stack, index: number, state: string): Promise<void> {
  await runSql(
    stack.databaseUrl,
    `UPDATE staging_pipeline SET desired_state = '${state}', generation = generation + 1
     WHERE id = (SELECT pipeline_id FROM bench_clone WHERE n = ${index})`,
  );
}

function total(positions: ReadonlyMap<string, number>): number {
  return [...positions.values()].reduce((sum, position) => sum + position, 0);
}

/** Takes the positions of one version; false when it is not there yet. */
function readPositions(log: string, version: number, positions: Map<string, number>): boolean {
  const name = `${String(version).padStart(20, '0')}.json`;
  let entry: string;
  try {
    if (!readdirSync(log).includes(name)) return false;
    entry = readFileSync(path.join(log, name), 'utf8');
  } catch {
    return false;
  }
  for (const [, appId = '', position] of entry.matchAll(/"txn":\{"appId":"([^"]+:\d+)","version":"?(\d+)/g)) {
    if (!appId.includes(':lane:')) positions.set(appId, Number(position));
  }
  return true;
}
