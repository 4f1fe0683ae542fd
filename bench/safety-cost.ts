// What intents, fences, ledger and quarantine cost of the throughput. See bench/README.md.
import { parseArgs } from 'node:util';
import { generateAdEvents, generatorOf } from './ad-event-topic.ts';
import type { DrainCost } from './drain.ts';
import { copyPipeline, drainCopy, median } from './drain-copies.ts';
import { adEventsContract, createQuery, onboard, startApp } from './headwater-system.ts';
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

async function run(world: BenchWorld): Promise<object> {
  const { stack, home } = world;
  const controlPlane = await startApp(stack, 'control-plane', { home });
  await onboard(createQuery(controlPlane.url, home), adEventsContract(), { name: topic, partitions: 6 });
  await controlPlane.process.stop();
  // Every drain is a pipeline of its own on the one topic, into tables of its own; each worker drains one to get warm.
  const copies = await copyPipeline(stack, 'bench/ad-events', 2 * 2 * rounds);
  const { records } = generateAdEvents({ ...generatorOf(world), topic, records: Number(options.records) });
  const drains: Record<Variant, DrainCost[]> = { release: [], bare: [] };
  let next = 0;
  for (let round = 0; round < rounds; round++) {
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      const worker = await startApp(stack, 'staging-worker', {
        home,
        variant,
        instance: `worker-${next}`,
        env: { HEADWATER_ENGINE: options.engine, HEADWATER_BENCH_BARE: '1' },
      });
      await drainCopy(stack, worker, copies[next++]!, records);
      const drained = await drainCopy(stack, worker, copies[next++]!, records);
      await worker.process.stop();
      drains[variant].push(drained);
      const { wallSeconds, cpuSeconds } = drained;
      say(
        `${variant.padEnd(8)} ${Math.round(records / wallSeconds)} rows/s  ${Math.round(records / cpuSeconds)} rows per core-second`,
      );
    }
  }
  // Each round is compared in itself, because the machine is not the same from round to round.
  const ratio = (of: (drained: DrainCost) => number) =>
    median(drains.release.map((full, round) => of(drains.bare[round]!) / of(full)));
  const wall = ratio(({ wallSeconds }) => wallSeconds);
  const cpu = ratio(({ cpuSeconds }) => cpuSeconds);
  say(`with everything on: ${wall} of the bare throughput, ${cpu} of its rows per core-second`);
  return { records, rounds, engine: options.engine, drains, throughputRatio: wall, coreSecondRatio: cpu };
}
