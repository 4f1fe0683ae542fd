// How long staging stands still after a kill -9 of the worker under load. See bench/README.md.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createDomainProducer } from '@headwater/adapter-domain-client';
import { runSql, type Stack } from '@headwater/platform-embedded';
import { adEventsContract, createQuery, onboard, startApp, type RunningApp } from './headwater-system.ts';
import { phasesOf, readTakeover, resumptionPhases, summarise, type Resumption } from './resume-phases.ts';
import { withStack } from './staging-table/bench-world.ts';

const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    mode: { type: 'string', default: 'standby' },
    variant: { type: 'string', default: 'release' },
  },
});
const kills = Number(options.kills);
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const topic = 'bench.ad-events';
if (options.mode !== 'standby' && options.mode !== 'restart') {
  say(`--mode is standby or restart, not ${options.mode}.`);
  process.exit(2);
}
/** With `standby` a second worker is there when the first is killed; with `restart` there is only the one started then. */
const workersMin = options.mode === 'standby' ? 2 : 1;

process.stdout.write(`${JSON.stringify(await withStack(run))}\n`);

async function run(stack: Stack, home: string): Promise<object> {
  const controlPlane = await startApp(stack, 'control-plane', { home });
  await onboard(createQuery(controlPlane.url, home), adEventsContract(), { name: topic, partitions: 6 });
  await controlPlane.process.stop();
  const load = startLoad(stack);
  const log = path.join(fileURLToPath(stack.lakeUrl), 'bench', 'ad-events', '_delta_log');
  let started = 0;
  const start = () => startWorker(stack, home, `staging-worker-${++started}`);
  const workers = new Map<string, RunningApp>();
  while (workers.size < workersMin) workers.set(`staging-worker-${started + 1}`, await start());
  await nextBatch(log, -1);
  const resumed: ReturnType<typeof phasesOf>[] = [];
  for (let kill = 1; kill <= kills; kill++) {
    await sleep(200 + Math.random() * 1_000);
    const [owner] = await lease(stack);
    const killed = workers.get(owner)!;
    const killedAtMs = Date.now();
    process.kill(killed.process.pid, 'SIGKILL');
    workers.delete(owner);
    while (!killed.process.hasExited()) await sleep(5);
    const [, leaseEndedAtMs] = await lease(stack);
    const before = lastVersion(log);
    // As whoever supervises processes does: another is started at once.
    const name = `staging-worker-${started + 1}`;
    const starting = start();
    // Whoever waits for it sees the failure; one that comes first is told in its place.
    starting.catch(() => undefined);
    const committedAtMs = await nextBatch(log, before);
    const takeover = readTakeover(home, [...workers.keys(), name], killedAtMs);
    resumed.push(phasesOf({ killedAtMs, leaseEndedAtMs, ...takeover, committedAtMs } satisfies Resumption));
    workers.set(name, await starting);
    const last = resumed.at(-1)!;
    say(`${kill}  ${resumptionPhases.map((phase) => `${phase} ${last[phase].toFixed(2)}`).join('  ')}`);
  }
  await load.stop();
  for (const worker of workers.values()) await worker.process.stop();
  const phases = summarise(resumed);
  const { p50, p99, max } = phases['total']!;
  say(`seconds until the next commit of a batch: p50 ${p50}, p99 ${p99}, max ${max}`);
  return { mode: options.mode, kills, p50, p99, max, phases };
}

function startWorker(stack: Stack, home: string, instance: string): Promise<RunningApp> {
  return startApp(stack, 'staging-worker', {
    home,
    instance,
    variant: options.variant,
    env: { HEADWATER_WORKER_NAME: instance },
  });
}

/** Who holds the lane, and until when in milliseconds since the epoch. */
async function lease(stack: Stack): Promise<readonly [string, number]> {
  const [row] = await runSql(
    stack.databaseUrl,
    `SELECT owner, extract(epoch FROM lease_until) * 1000 FROM lane_lease`,
  );
  return [String(row?.[0]), Number(row?.[1])];
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

/** Waits for the commit of a batch after the version, and answers when it was made; a fence is no progress. */
async function nextBatch(log: string, after: number): Promise<number> {
  for (;;) {
    const batch = versions(log)
      .filter((version) => version > after)
      .toSorted((a, b) => a - b)
      .find((version) => readEntry(log, version).includes('"step":"batch"'));
    if (batch !== undefined) return statSync(entryPath(log, batch)).mtimeMs;
    await sleep(20);
  }
}

function entryPath(log: string, version: number): string {
  return path.join(log, `${String(version).padStart(20, '0')}.json`);
}

function readEntry(log: string, version: number): string {
  return readFileSync(entryPath(log, version), 'utf8');
}
