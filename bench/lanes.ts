// Two busy lanes against one, in one worker process. See bench/README.md.
import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runSql, startStack, type Stack } from '@headwater/platform-embedded';
import { findBenchDir, findKafkaLibs, generateAdEvents } from './ad-event-topic.ts';
import { clonePipelines } from './clone-pipelines.ts';
import { onboardAdEvents, startApp } from './running-app.ts';

const { values: options } = parseArgs({ options: { records: { type: 'string', default: '500000' } } });
const records = Number(options.records);
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const root = path.resolve(import.meta.dirname, '..');
const cacheDir = process.env['HEADWATER_CACHE_DIR'] ?? path.join(homedir(), '.cache', 'headwater');
const benchDir = findBenchDir(process.env, root);
if (benchDir === undefined) {
  say('The record generator is not on this machine (HEADWATER_BENCH_DIR, default ../shared/bench).');
  process.exit(1);
}

const home = mkdtempSync(path.join(tmpdir(), 'headwater-lanes-'));
const stack = await startStack({
  home,
  cacheDir,
  env: { PATH: process.env['PATH'], HOME: process.env['HOME'], JAVA_HOME: process.env['JAVA_HOME'] },
  onProgress: () => undefined,
});
try {
  process.stdout.write(`${JSON.stringify(await run(stack, benchDir))}\n`);
} finally {
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
}

async function run(stack: Stack, benchDir: string): Promise<object> {
  const controlPlane = await startApp(stack, 'control-plane', { home });
  await onboardAdEvents(home, controlPlane.url, { name: 'bench.ad-events', partitions: 1 });
  await controlPlane.process.stop();
  await clonePipelines(stack, 4, 'bench.lane');
  await runSql(stack.databaseUrl, `UPDATE staging_pipeline SET desired_state = 'paused'`);
  const javaHome = path.dirname(path.dirname(readlinkSync(`/proc/${stack.kafka.pid()!}/exe`)));
  for (let index = 0; index < 4; index++) {
    generateAdEvents({
      benchDir,
      javaHome,
      kafkaLibs: findKafkaLibs(cacheDir),
      workDir: home,
      bootstrap: stack.kafkaBootstrapServers,
      topic: `bench.lane.t${index}`,
      records,
    });
  }
  const worker = await startApp(stack, 'staging-worker', { home });
  // The first drain warms the threads up and is not counted.
  await drain(stack, ['bench.lane.t0']);
  const one = await drain(stack, ['bench.lane.t1']);
  const two = await drain(stack, ['bench.lane.t2', 'bench.lane.t3']);
  await worker.process.stop();
  const ratio = Number(((2 * one) / two).toFixed(2));
  say(
    `1 lane ${Math.round(records / one)} rows/s, 2 lanes ${Math.round((2 * records) / two)} rows/s: ${ratio}x`,
  );
  return { records, oneSeconds: Number(one.toFixed(2)), twoSeconds: Number(two.toFixed(2)), ratio };
}

/** Seconds until everything in the topics is staged. */
async function drain(stack: Stack, topics: readonly string[]): Promise<number> {
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
