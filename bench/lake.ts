// Drains the same ad events onto local disk and into a bucket, in turns. See bench/README.md.
import { parseArgs } from 'node:util';
import type { Stack } from '@headwater/platform-embedded';
import { s3ServerMissing, startS3Server, type S3Server } from '@headwater/testkit';
import { generateAdEvents, generatorOf } from './ad-event-topic.ts';
import {
  adEventsContract,
  createQuery,
  onboard,
  readPhaseSeconds,
  setPipeline,
  startApp,
  type Query,
  type RunningApp,
} from './headwater-system.ts';
import { costOf, untilLedgerHolds, type DrainCost } from './drain.ts';
import { withBenchWorld } from './staging-table/bench-world.ts';
import type { BenchWorld } from './staging-table/table-row.ts';

const { values: options } = parseArgs({
  options: { records: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '2' } },
});
const records = Number(options.records);
const rounds = Number(options.rounds);
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const missing = s3ServerMissing();
if (missing !== undefined) {
  say(`The bench needs the S3 server of the tests: ${missing}.`);
  process.exit(1);
}
const server = await startS3Server();
try {
  process.stdout.write(`${JSON.stringify(await withBenchWorld(run))}\n`);
} finally {
  await server[Symbol.asyncDispose]();
}

type Lake = 'disk' | 's3';

interface Drained extends DrainCost {
  readonly lake: Lake;
  readonly serverCpuSeconds: number;
  /** Seconds all batches spent in each phase; phases of one batch, and two batches, overlap. */
  readonly phases: Readonly<Record<string, number>>;
}

async function run(world: BenchWorld): Promise<object> {
  const lakes: readonly Lake[] = ['disk', 's3'];
  const names = Array.from({ length: rounds }, (_, round) =>
    lakes.map((lake) => `${lake}-${round + 1}`),
  ).flat();
  for (const lake of lakes) {
    const controlPlane = await start(world, 'control-plane', lake);
    const query = createQuery(controlPlane.url, world.home);
    for (const name of names.filter((each) => each.startsWith(lake))) await fill(world, query, name);
    await controlPlane.process.stop();
  }
  const controlPlane = await start(world, 'control-plane', 's3');
  const query = createQuery(controlPlane.url, world.home);
  const drains: Drained[] = [];
  for (const name of names) {
    const drained = await drain(world, query, name);
    drains.push(drained);
    say(
      `         ${Object.entries(drained.phases)
        .map(([phase, seconds]) => `${phase} ${seconds}`)
        .join('  ')}`,
    );
    say(
      `${name.padEnd(8)} ${Math.round(records / drained.wallSeconds).toLocaleString('en')} rows/s  ${drained.cpuSeconds} CPU s  S3 server ${drained.serverCpuSeconds} CPU s`,
    );
  }
  await controlPlane.process.stop();
  const secondsOf = (lake: Lake) =>
    drains.filter((each) => each.lake === lake).reduce((sum, each) => sum + each.wallSeconds, 0);
  const ratio = Number((secondsOf('disk') / secondsOf('s3')).toFixed(2));
  say(`ratio    ${ratio} of the throughput of local disk`);
  return { records, rounds, drains, s3VsDisk: ratio };
}

function start({ stack, home }: BenchWorld, name: string, lake: Lake): Promise<RunningApp> {
  return startApp(stack, name, { home, env: environmentOf(lake, server, stack) });
}

function environmentOf(lake: Lake, { endpoint, bucket }: S3Server, { lakeUrl }: Stack) {
  return {
    LAKE_URL: lake === 'disk' ? lakeUrl : `s3://${bucket}/lake`,
    LAKE_S3_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: process.env['AWS_ACCESS_KEY_ID'] ?? '',
    AWS_SECRET_ACCESS_KEY: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
  };
}

/** A product with a paused pipeline and a full topic. */
async function fill(world: BenchWorld, query: Query, name: string): Promise<void> {
  const topic = `bench.${name}`;
  await onboard(query, adEventsContract(name), { name: topic, partitions: 6 });
  await setPipeline(query, `bench/${name}`, 'pause');
  say(`${records.toLocaleString('en')} ad events into ${topic}`);
  generateAdEvents({ ...generatorOf(world), topic, records });
}

/** Wall clock from the resumed pipeline to the last offset in the ledger, by a worker that runs already. */
async function drain(world: BenchWorld, query: Query, name: string): Promise<Drained> {
  const lake = name.startsWith('disk') ? 'disk' : 's3';
  const worker = await start(world, 'staging-worker', lake);
  const serverBefore = server.cpuSeconds() ?? 0;
  const cost = await costOf(worker, async () => {
    await setPipeline(query, `bench/${name}`, 'resume');
    await untilLedgerHolds(query, `bench/${name}`, records);
  });
  const phases = await readPhaseSeconds(worker.url);
  await setPipeline(query, `bench/${name}`, 'pause');
  await worker.process.stop();
  return {
    lake,
    ...cost,
    serverCpuSeconds: Number(((server.cpuSeconds() ?? 0) - serverBefore).toFixed(2)),
    phases,
  };
}
