// Drains the same ad events onto local disk and into a bucket, in turns. See bench/README.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startStack, type Stack } from '@headwater/platform-embedded';
import { s3ServerMissing, startS3Server, type S3Server } from '@headwater/testkit';
import { readlinkSync } from 'node:fs';
import { findBenchDir, findKafkaLibs, generateAdEvents } from './ad-event-topic.ts';
import { createQuery, onboardAdEvents, setPipeline, startApp, type Query } from './headwater-system.ts';
import { readProcessCost } from './process-cost.ts';

const { values: options } = parseArgs({
  options: { records: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '2' } },
});
const records = Number(options.records);
const rounds = Number(options.rounds);
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const stop = (text: string): never => {
  say(text);
  process.exit(1);
};
const benchDir =
  findBenchDir(process.env, path.resolve(import.meta.dirname, '..')) ??
  stop('The record generator is not on this machine (HEADWATER_BENCH_DIR): nothing to drain.');
const missing = s3ServerMissing();
if (missing !== undefined) stop(`The bench needs the S3 server of the tests: ${missing}.`);

const cacheDir = process.env['HEADWATER_CACHE_DIR'] ?? path.join(homedir(), '.cache', 'headwater');
const home = mkdtempSync(path.join(tmpdir(), 'headwater-bench-'));
const stack = await startStack({
  home,
  cacheDir,
  env: { PATH: process.env['PATH'], HOME: process.env['HOME'], JAVA_HOME: process.env['JAVA_HOME'] },
  onProgress: () => undefined,
});
const server = await startS3Server();
try {
  process.stdout.write(`${JSON.stringify(await run())}\n`);
} finally {
  await server[Symbol.asyncDispose]();
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
}

type Lake = 'disk' | 's3';

interface Drained {
  readonly lake: Lake;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly serverCpuSeconds: number;
  /** Seconds all batches spent in each phase; phases of one batch, and two batches, overlap. */
  readonly phases: Readonly<Record<string, number>>;
}

async function run(): Promise<object> {
  const lakes: readonly Lake[] = ['disk', 's3'];
  const names = Array.from({ length: rounds }, (_, round) =>
    lakes.map((lake) => `${lake}-${round + 1}`),
  ).flat();
  for (const lake of lakes) {
    const controlPlane = await startApp(stack, {
      name: 'control-plane',
      home,
      env: environmentOf(lake, server, stack),
    });
    const query = createQuery(controlPlane.url, home);
    for (const name of names.filter((each) => each.startsWith(lake))) {
      const { topic } = await onboardAdEvents(query, name);
      say(`${records.toLocaleString('en')} ad events into ${topic}`);
      fillTopic(topic);
    }
    await controlPlane.process.stop();
  }
  const controlPlane = await startApp(stack, {
    name: 'control-plane',
    home,
    env: environmentOf('s3', server, stack),
  });
  const query = createQuery(controlPlane.url, home);
  const drains: Drained[] = [];
  for (const name of names) {
    const drained = await drain(query, name);
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

function environmentOf(lake: Lake, { endpoint, bucket }: S3Server, { lakeUrl }: Stack) {
  return {
    LAKE_URL: lake === 'disk' ? lakeUrl : `s3://${bucket}/lake`,
    LAKE_S3_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: process.env['AWS_ACCESS_KEY_ID'] ?? '',
    AWS_SECRET_ACCESS_KEY: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
  };
}

function fillTopic(topic: string): void {
  const kafkaPid = stack.kafka.pid();
  if (kafkaPid === undefined) throw new Error('the broker does not run');
  generateAdEvents({
    benchDir,
    javaHome: path.dirname(path.dirname(readlinkSync(`/proc/${kafkaPid}/exe`))),
    kafkaLibs: findKafkaLibs(cacheDir),
    workDir: home,
    bootstrap: stack.kafkaBootstrapServers,
    topic,
    records,
  });
}

/** Wall clock from the resumed pipeline to the last offset in the ledger, by a worker that runs already. */
async function drain(query: Query, name: string): Promise<Drained> {
  const lake = name.startsWith('disk') ? 'disk' : 's3';
  const worker = await startApp(stack, {
    name: 'staging-worker',
    home,
    env: environmentOf(lake, server, stack),
  });
  const before = { cpu: readProcessCost(worker.process.pid).cpuSeconds, server: server.cpuSeconds() ?? 0 };
  const began = performance.now();
  await setPipeline(query, name, 'resume');
  for (let offsets = 0; offsets < records; await sleep(50)) {
    const { pipelineStatus } = await query<{ pipelineStatus: { ledger: { offsets: string } } }>(
      `{ pipelineStatus(product: "bench/${name}") { ledger { offsets } } }`,
    );
    offsets = Number(pipelineStatus.ledger.offsets);
  }
  const wallSeconds = Number(((performance.now() - began) / 1000).toFixed(2));
  const { cpuSeconds } = readProcessCost(worker.process.pid);
  const phases = await phaseSeconds(worker.url);
  await setPipeline(query, name, 'pause');
  await worker.process.stop();
  return {
    lake,
    wallSeconds,
    cpuSeconds: Number((cpuSeconds - before.cpu).toFixed(2)),
    serverCpuSeconds: Number(((server.cpuSeconds() ?? 0) - before.server).toFixed(2)),
    phases,
  };
}

async function phaseSeconds(workerUrl: string): Promise<Readonly<Record<string, number>>> {
  const metrics = await (await fetch(`${workerUrl}/metrics`)).text();
  const sums = metrics.matchAll(/^\S*staging_batch_phase_seconds_sum\{[^}]*phase="([^"]+)"[^}]*\} (\S+)$/gm);
  return Object.fromEntries([...sums].map(([, phase = '', sum]) => [phase, Number(Number(sum).toFixed(2))]));
}
