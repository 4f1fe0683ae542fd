import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findKafkaLibs, generateAdEvents } from '../ad-event-topic.ts';
import { drainByHand } from '../by-hand-run.ts';
import { compareTables } from '../compare-tables.ts';
import { adEventsContract, createQuery, onboard, setPipeline, startApp } from '../headwater-system.ts';
import { drainWithSpark } from '../spark-rival.ts';
import { drainProduct, toDrained, type Drained, type DrainedProduct } from './drain-product.ts';
import type { BenchWorld, TableRow } from './table-row.ts';

export interface AdsRun {
  readonly records: number;
  readonly headwater: DrainedProduct;
  readonly rivals?: { readonly spark: Drained; readonly byHand: Drained };
}

const PRODUCT = 'bench/ad-events';
const TOPIC = 'bench.ad-events';

/** The ad events through a worker and, when asked, through the rivals on the same topic; delta-rs compares the outputs. */
export async function runAds(
  world: BenchWorld,
  options: {
    readonly records: number;
    readonly engine: string;
    readonly nodeArgs: readonly string[];
    readonly withRivals: boolean;
  },
): Promise<AdsRun> {
  const { stack, home, say } = world;
  const controlPlane = await startApp(stack, 'control-plane', { home });
  const query = createQuery(controlPlane.url, home);
  await onboard(query, adEventsContract(), { name: TOPIC, partitions: 6 });
  await setPipeline(query, PRODUCT, 'pause');
  say(`generating ${options.records.toLocaleString('en')} ad events`);
  const generated = generateAdEvents({
    ...world,
    kafkaLibs: findKafkaLibs(world.cacheDir),
    workDir: home,
    bootstrap: stack.kafkaBootstrapServers,
    topic: TOPIC,
    records: options.records,
  });
  say(`  ${generated.records.toLocaleString('en')} records, ${generated.malformed} malformed`);
  await setPipeline(query, PRODUCT, 'resume');
  const headwater = await drainProduct(world, query, PRODUCT, generated.records, {
    env: { HEADWATER_ENGINE: options.engine },
    nodeArgs: options.nodeArgs,
  });
  const { landed, quarantined } = headwater;
  say(`  landed ${landed.toLocaleString('en')}, quarantined ${quarantined.toLocaleString('en')}`);
  report(world, 'Headwater', headwater);
  await controlPlane.process.stop();
  const { records } = generated;
  return options.withRivals
    ? { records, headwater, rivals: drainWithRivals(world, records) }
    : { records, headwater };
}

function drainWithRivals(world: BenchWorld, records: number): NonNullable<AdsRun['rivals']> {
  const { stack, home, rivalsDir: cache, say } = world;
  const bootstrap = stack.kafkaBootstrapServers;
  say('draining with Spark Structured Streaming');
  const out = path.join(home, 'spark');
  const spark = toDrained(records, drainWithSpark({ ...world, cache, bootstrap, topic: TOPIC, out }));
  report(world, 'Spark', spark);
  say('draining with the pipeline written by hand');
  const byHand = toDrained(
    records,
    drainByHand({ bootstrap, topic: TOPIC, out: path.join(home, 'by-hand') }),
  );
  report(world, 'by hand', byHand);
  const table = path.join(fileURLToPath(stack.lakeUrl), 'bench', 'ad-events');
  const written = ['spark', 'by-hand'].map((name) => ({
    name,
    events: path.join(home, name, 'events'),
    quarantine: path.join(home, name, 'quarantine'),
  }));
  const ours = { name: 'headwater', events: table, quarantine: `${table}__quarantine` };
  say(compareTables(path.join(cache, 'venv', 'bin', 'python'), [ours, ...written]));
  return { spark, byHand };
}

function report({ say }: BenchWorld, name: string, figures: Drained): void {
  say(
    `${name.padEnd(10)} ${figures.rowsPerSecond.toLocaleString('en').padStart(10)} rows/s ${figures.rowsPerCoreSecond.toLocaleString('en').padStart(10)} rows per core-second  ${figures.cpuSeconds} CPU s  ${figures.rssPeakMb} MB`,
  );
}

const RSS_MB_MAX = 500;

export function toRows({ records, headwater, rivals }: AdsRun): readonly TableRow[] {
  const work = `${records.toLocaleString('en')} ad events`;
  const against = (name: string, rival: Drained, goal: number): TableRow => {
    const ratio = headwater.rowsPerCoreSecond / rival.rowsPerCoreSecond;
    return {
      work,
      against: `${name}, rows per core-second`,
      goal: `>= ${goal}x`,
      measured: `${ratio.toFixed(2)}x`,
      isReached: ratio >= goal,
    };
  };
  return [
    ...(rivals === undefined
      ? []
      : [against('Spark', rivals.spark, 12), against('by hand (kafkajs)', rivals.byHand, 7)]),
    {
      work,
      against: 'RSS of one busy lane',
      goal: `<= ${RSS_MB_MAX} MB`,
      measured: `${headwater.rssPeakMb} MB`,
      isReached: headwater.rssPeakMb <= RSS_MB_MAX,
    },
  ];
}
