// How long staging stands still after a kill -9 of the worker under load. See bench/README.md.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createDomainProducer } from '@headwater/adapter-domain-client';
import { startStack, type Stack } from '@headwater/platform-embedded';
import { onboardAdEvents, startApp } from './running-app.ts';

const { values: options } = parseArgs({ options: { kills: { type: 'string', default: '50' } } });
const kills = Number(options.kills);
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const topic = 'bench.ad-events';

const home = mkdtempSync(path.join(tmpdir(), 'headwater-resume-'));
const stack = await startStack({
  home,
  cacheDir: process.env['HEADWATER_CACHE_DIR'] ?? path.join(homedir(), '.cache', 'headwater'),
  env: { PATH: process.env['PATH'], HOME: process.env['HOME'], JAVA_HOME: process.env['JAVA_HOME'] },
  onProgress: () => undefined,
});
try {
  process.stdout.write(`${JSON.stringify(await run(stack))}\n`);
} finally {
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
}

async function run(stack: Stack): Promise<object> {
  const controlPlane = await startApp(stack, 'control-plane', { home });
  await onboardAdEvents(home, controlPlane.url, { name: topic, partitions: 6 });
  await controlPlane.process.stop();
  const load = startLoad(stack);
  const log = path.join(fileURLToPath(stack.lakeUrl), 'bench', 'ad-events', '_delta_log');
  const resumed: number[] = [];
  let worker = await startApp(stack, 'staging-worker', { home });
  await nextBatch(log, -1);
  for (let kill = 1; kill <= kills; kill++) {
    await sleep(200 + Math.random() * 2_000);
    const killedAt = performance.now();
    process.kill(worker.process.pid, 'SIGKILL');
    await becomesExited(worker.process);
    const before = lastVersion(log);
    const starting = startApp(stack, 'staging-worker', { home, instance: `staging-worker-${kill}` });
    await nextBatch(log, before);
    resumed.push((performance.now() - killedAt) / 1000);
    worker = await starting;
    if (kill % 10 === 0) say(`  ${kill} kills, longest ${Math.max(...resumed).toFixed(2)} s`);
  }
  await load.stop();
  await worker.process.stop();
  const sorted = resumed.toSorted((a, b) => a - b);
  const at = (share: number) => Number(sorted[Math.ceil(share * sorted.length) - 1]!.toFixed(2));
  const figures = { kills, p50: at(0.5), p99: at(0.99), max: at(1) };
  say(`seconds until the next commit of a batch: p50 ${figures.p50}, p99 ${figures.p99}, max ${figures.max}`);
  return figures;
}

/** About 1,000 records a second until it is stopped. */
function startLoad(stack: Stack): { stop(): Promise<void> } {
  let isStopped = false;
  const done = (async () => {
    const settings = { bootstrapServers: stack.kafkaBootstrapServers.split(',') };
    const producer = await createDomainProducer({ settings, topic });
    for (let id = 0; !isStopped;) {
      for (let burst = 0; burst < 20; burst++, id++) {
        const event = {
          event_id: `e${id}`,
          timestamp: '2026-01-01T00:00:00.000Z',
          event_type: 'click',
          revenue: id % 100,
        };
        await producer.send({ key: `e${id}`, value: JSON.stringify(event) });
      }
      await sleep(20);
    }
    await producer.close();
  })();
  return {
    async stop() {
      isStopped = true;
      await done;
    },
  };
}

async function becomesExited(app: { hasExited(): boolean }): Promise<void> {
  while (!app.hasExited()) await sleep(5);
}

function versions(log: string): readonly number[] {
  try {
    return readdirSync(log).flatMap((name) =>
      /^\d{20}\.json$/.test(name) ? [Number(name.slice(0, 20))] : [],
    );
  } catch {
    return [];
  }
}

function lastVersion(log: string): number {
  return Math.max(-1, ...versions(log));
}

/** Waits for the commit of a batch after the version; a fence is no progress. */
async function nextBatch(log: string, after: number): Promise<void> {
  for (;;) {
    const newer = versions(log).filter((version) => version > after);
    if (newer.some((version) => isBatch(log, version))) return;
    await sleep(20);
  }
}

function isBatch(log: string, version: number): boolean {
  const entry = readFileSync(path.join(log, `${String(version).padStart(20, '0')}.json`), 'utf8');
  return entry.includes('"step":"batch"');
}
