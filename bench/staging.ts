// Drains a topic of ad events through a staging worker with everything on. See bench/README.md.
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startStack, type Stack, type SupervisedProcess } from '@headwater/platform-embedded';
import { findBenchDir, findKafkaLibs, generateAdEvents } from './ad-event-topic.ts';
import { drainByHand } from './by-hand-run.ts';
import { compareTables } from './compare-tables.ts';
import { summariseCpuProfile } from './cpu-profile.ts';
import { readProcessCost, readThreadCosts } from './process-cost.ts';
import { drainWithSpark, type RivalResult } from './spark-rival.ts';

const root = path.resolve(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    records: { type: 'string', default: '5000000' },
    rivals: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    engine: { type: 'string', default: 'auto' },
    help: { type: 'boolean', default: false },
  },
});
const say = (text: string): void => void process.stderr.write(`${text}\n`);
if (options.help) {
  say(readFileSync(path.join(import.meta.dirname, 'README.md'), 'utf8'));
  process.exit(0);
}

const cacheDir = process.env['HEADWATER_CACHE_DIR'] ?? path.join(homedir(), '.cache', 'headwater');
const benchDir = findBenchDir(process.env, root);
if (benchDir === undefined) {
  say(
    'The record generator is not on this machine (HEADWATER_BENCH_DIR, default ../shared/bench): nothing to drain.',
  );
  process.exit(1);
}
const home = mkdtempSync(path.join(tmpdir(), 'headwater-bench-'));
const profileDir = path.join(home, 'profile');
const records = Number(options.records);

const product = 'bench/ad-events';
const topic = 'bench.ad-events';

const stack = await startStack({
  home,
  cacheDir,
  env: { PATH: process.env['PATH'], HOME: process.env['HOME'], JAVA_HOME: process.env['JAVA_HOME'] },
  onProgress: () => undefined,
});
try {
  const summary = await run(stack, benchDir);
  process.stdout.write(`${JSON.stringify(summary)}\n`);
} finally {
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
}

async function run(stack: Stack, benchDir: string): Promise<object> {
  const controlPlane = await startApp(stack, 'control-plane');
  await onboard(controlPlane.url);
  const kafkaPid = stack.kafka.pid();
  if (kafkaPid === undefined) throw new Error('the broker does not run');
  const javaHome = path.dirname(path.dirname(readlinkSync(`/proc/${kafkaPid}/exe`)));
  say(`generating ${records.toLocaleString('en')} ad events`);
  const generated = generateAdEvents({
    benchDir,
    javaHome,
    kafkaLibs: findKafkaLibs(cacheDir),
    workDir: home,
    bootstrap: stack.kafkaBootstrapServers,
    topic,
    records,
  });
  say(
    `  ${generated.records.toLocaleString('en')} records in ${generated.seconds} s, ${generated.malformed} malformed`,
  );
  const ours = await drain(stack, controlPlane.url, generated.records);
  report('Headwater', ours);
  await controlPlane.process.stop();
  if (!options.rivals) return { records, ...ours };
  say('draining with Spark Structured Streaming');
  const spark = drainWithSpark({
    benchDir,
    cache: path.join(homedir(), '.cache', 'headwater-bench'),
    javaHome,
    bootstrap: stack.kafkaBootstrapServers,
    topic,
    out: path.join(home, 'spark'),
  });
  const sparkRows = toDrained(generated.records, spark);
  report('Spark', sparkRows);
  say('draining with the pipeline written by hand');
  const byHand = toDrained(
    generated.records,
    drainByHand({ bootstrap: stack.kafkaBootstrapServers, topic, out: path.join(home, 'by-hand') }),
  );
  report('by hand', byHand);
  const table = path.join(fileURLToPath(stack.lakeUrl), 'bench', 'ad-events');
  const python = path.join(homedir(), '.cache', 'headwater-bench', 'venv', 'bin', 'python');
  const written = ['spark', 'by-hand'].map((name) => ({
    name,
    events: path.join(home, name, 'events'),
    quarantine: path.join(home, name, 'quarantine'),
  }));
  say(
    compareTables(python, [
      { name: 'headwater', events: table, quarantine: `${table}__quarantine` },
      ...written,
    ]),
  );
  const ratio = (rival: Drained): number =>
    Number((ours.rowsPerCoreSecond / rival.rowsPerCoreSecond).toFixed(2));
  say(`ratio      ${ratio(sparkRows)}x Spark, ${ratio(byHand)}x by hand (rows per core-second)`);
  return {
    vsSpark: ratio(sparkRows),
    vsByHand: ratio(byHand),
    rowsPerCoreSecond: ours.rowsPerCoreSecond,
    rssMb: ours.rssPeakMb,
    records,
    headwater: ours,
    spark: sparkRows,
    byHand,
  };
}

function toDrained(rows: number, { wallSeconds, cpuSeconds, rssPeakMb }: RivalResult): Drained {
  return {
    rows,
    wallSeconds,
    cpuSeconds,
    rssPeakMb,
    rowsPerSecond: Math.round(rows / wallSeconds),
    rowsPerCoreSecond: Math.round(rows / cpuSeconds),
  };
}

interface Drained {
  readonly rows: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly rssPeakMb: number;
  readonly rowsPerSecond: number;
  readonly rowsPerCoreSecond: number;
}

/** Wall and CPU from the start of the worker process, so that its own start-up is part of the price. */
async function drain(stack: Stack, url: string, expected: number): Promise<Drained> {
  await query(
    url,
    `mutation { resumePipeline(input: { product: "${product}" }) { userErrors { message } } }`,
  );
  const began = performance.now();
  const profile = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [];
  const worker = await startApp(stack, 'staging-worker', profile);
  let last = { landed: 0, quarantined: 0, offsets: 0 };
  while (last.offsets < expected) {
    await sleep(100);
    const { pipelineStatus } = await query<{ pipelineStatus: { ledger: Record<string, string> } }>(
      url,
      `{ pipelineStatus(product: "${product}") { ledger { offsets landed quarantined } } }`,
    );
    last = {
      landed: Number(pipelineStatus.ledger['landed']),
      quarantined: Number(pipelineStatus.ledger['quarantined']),
      offsets: Number(pipelineStatus.ledger['offsets']),
    };
  }
  const wallSeconds = (performance.now() - began) / 1000;
  const { cpuSeconds, rssPeakMb } = readProcessCost(worker.process.pid);
  if (options.profile) {
    say('  CPU seconds by thread:');
    for (const { name, seconds } of readThreadCosts(worker.process.pid)) {
      say(`    ${seconds.toFixed(2).padStart(7)}  ${name}`);
    }
  }
  await worker.process.stop();
  if (options.profile) printProfile();
  say(`  landed ${last.landed.toLocaleString('en')}, quarantined ${last.quarantined.toLocaleString('en')}`);
  return {
    rows: last.offsets,
    wallSeconds: Number(wallSeconds.toFixed(2)),
    cpuSeconds,
    rssPeakMb,
    rowsPerSecond: Math.round(last.offsets / wallSeconds),
    rowsPerCoreSecond: Math.round(last.offsets / cpuSeconds),
  };
}

function printProfile(): void {
  for (const file of readdirSync(profileDir)) {
    say('  where the main thread spent its time, seconds of self time:');
    for (const { name, seconds } of summariseCpuProfile(path.join(profileDir, file), 25)) {
      say(`    ${seconds.toFixed(2).padStart(7)}  ${name}`);
    }
  }
}

function report(name: string, figures: Drained): void {
  say(
    `${name.padEnd(10)} ${figures.rowsPerSecond.toLocaleString('en').padStart(10)} rows/s ${figures.rowsPerCoreSecond.toLocaleString('en').padStart(10)} rows per core-second  ${figures.cpuSeconds} CPU s  ${figures.rssPeakMb} MB`,
  );
}

async function startApp(
  stack: Stack,
  name: string,
  nodeArgs: readonly string[] = [],
): Promise<{ url: string; process: SupervisedProcess }> {
  const port = await stack.choosePort(name);
  const started = await stack.run({
    name,
    command: process.execPath,
    args: [...nodeArgs, path.join(root, 'dist', 'release', `${name}.mjs`)],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...stack.environment,
      HEADWATER_HOME: home,
      HEADWATER_INSECURE: '1',
      HEADWATER_ENGINE: options.engine,
      HEADWATER_HTTP_HOST: '127.0.0.1',
      HEADWATER_HTTP_PORT: String(port),
    },
    stopSignal: 'SIGTERM',
    stopDeadlineMs: 20_000,
  });
  const url = `http://127.0.0.1:${port}`;
  for (let waited = 0; waited < 300; waited++) {
    if (started.hasExited()) throw new Error(`${name} ended:\n${started.logTail()}`);
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return { url, process: started };
    await sleep(100);
  }
  throw new Error(`${name} is not ready:\n${started.logTail()}`);
}

async function onboard(url: string): Promise<void> {
  const contract = readFileSync(path.join(import.meta.dirname, 'ad-events.odcs.yaml'), 'utf8');
  const { onboardDataProduct } = await query<{
    onboardDataProduct: { operation: { id: string } | null; userErrors: { code: string; message: string }[] };
  }>(
    url,
    `mutation ($input: OnboardDataProductInput!) { onboardDataProduct(input: $input) { operation { id } userErrors { code message } } }`,
    { input: { contract, topic: { name: topic, partitions: 6, replicationFactor: 1 } } },
  );
  if (onboardDataProduct.operation === null) throw new Error(JSON.stringify(onboardDataProduct.userErrors));
  for (let waited = 0; waited < 300; waited++) {
    const { operation } = await query<{ operation: { status: string; error: unknown } }>(
      url,
      `{ operation(id: "${onboardDataProduct.operation.id}") { status error { message } } }`,
    );
    if (operation.status === 'SUCCEEDED') break;
    if (operation.status === 'FAILED') throw new Error(JSON.stringify(operation));
    await sleep(100);
  }
  await query(
    url,
    `mutation { pausePipeline(input: { product: "${product}", reason: "fill the topic first" }) { userErrors { message } } }`,
  );
}

async function query<T>(url: string, text: string, variables: object = {}): Promise<T> {
  const token = readFileSync(path.join(home, 'token'), 'utf8').trim();
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: text, variables }),
  });
  const { data, errors } = (await answer.json()) as { data: T; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}
