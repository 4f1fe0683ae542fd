import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runSql } from '@headwater/platform-embedded';
import { generatorOf, sendLiveAdEvents } from '../ad-event-topic.ts';
import {
  adEventsContract,
  createQuery,
  onboard,
  readPhaseSeconds,
  startApp,
  type RunningApp,
} from '../headwater-system.ts';
import { readProcessCost } from '../process-cost.ts';
import { installRivals } from '../spark-rival.ts';
import type { BenchWorld, Section, TableRow } from './table-row.ts';

const PER_SECOND = 10_000;
const WARM_UP_SECONDS = 10;
const SECONDS = 40;

interface Case {
  readonly name: string;
  readonly flushInterval: string;
  readonly goalMs: number;
}
const cases: readonly Case[] = [
  { name: 'flush-1000', flushInterval: 'PT1S', goalMs: 1_200 },
  { name: 'flush-500', flushInterval: 'PT0.5S', goalMs: 700 },
];

/** Milliseconds from the producer's send. */
interface Ages {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

interface Seen {
  readonly rows: number;
  readonly versions: number;
  /** Until delta-rs, in a process of its own, had the version with the row. */
  readonly seen: Ages;
  /** Until the version was in the log. */
  readonly onDisk: Ages;
}

/** A steady live load through a warm worker; delta-rs looks every 50 ms and tells how old each row was when it came. */
export const freshness: Section = async (world) => {
  const { stack, home } = world;
  const python = installRivals({ ...world, cache: world.rivalsDir });
  const controlPlane = await startApp(stack, 'control-plane', { home });
  const query = createQuery(controlPlane.url, home);
  for (const { name, flushInterval } of cases) {
    await onboard(query, adEventsContract(name), { name: `bench.${name}`, partitions: 6 }, { flushInterval });
  }
  await controlPlane.process.stop();
  const worker = await startApp(stack, 'staging-worker', { home });
  const rows = [];
  for (const each of cases) rows.push(await measure(world, worker, python, each));
  await worker.process.stop();
  return rows;
};

async function measure(world: BenchWorld, worker: RunningApp, python: string, each: Case): Promise<TableRow> {
  const { stack, say } = world;
  const flushSeconds = Number(each.flushInterval.slice(2, -1));
  const topic = `bench.${each.name}`;
  say(
    `${PER_SECOND.toLocaleString('en')} records/s for ${WARM_UP_SECONDS + SECONDS} s, flush interval ${flushSeconds} s`,
  );
  const reader = startReader(python, path.join(fileURLToPath(stack.lakeUrl), 'bench', each.name));
  const sent = sendLiveAdEvents(generatorOf(world), {
    topic,
    perSecond: PER_SECOND,
    seconds: WARM_UP_SECONDS + SECONDS,
  });
  await sleep(WARM_UP_SECONDS * 1_000);
  const before = {
    cpu: readProcessCost(worker.process.pid).cpuSeconds,
    phases: await readPhaseSeconds(worker.url),
  };
  await sleep((SECONDS - 5) * 1_000);
  const cpuSeconds = readProcessCost(worker.process.pid).cpuSeconds - before.cpu;
  const phases = await readPhaseSeconds(worker.url);
  await sent;
  const landed = await untilStaged(world, topic, PER_SECOND * (WARM_UP_SECONDS + SECONDS));
  const { rows, versions, seen, onDisk } = await reader.end();
  if (rows !== landed) throw new Error(`delta-rs read ${rows} rows of ${topic}, the ledger says ${landed}`);
  const microseconds = ((cpuSeconds / (PER_SECOND * (SECONDS - 5))) * 1e6).toFixed(1);
  say(
    `  seen ${describe(seen)}; in the log ${describe(onDisk)}; ${versions} versions, ${microseconds} us of CPU per record`,
  );
  const batches = (SECONDS - 5) / flushSeconds;
  const perBatch = Object.entries(phases).map(
    ([phase, seconds]) =>
      `${phase} ${Math.round(((seconds - (before.phases[phase] ?? 0)) / batches) * 1_000)}`,
  );
  say(`  ms of a batch, about: ${perBatch.join('  ')}`);
  return {
    work: `freshness at ${PER_SECOND.toLocaleString('en')} records/s, flush ${flushSeconds} s`,
    against: 'p99 until delta-rs sees the row',
    goal: `<= ${each.goalMs / 1000} s`,
    measured: `${(seen.p99 / 1000).toFixed(2)} s`,
    isReached: seen.p99 <= each.goalMs,
  };
}

const describe = ({ p50, p95, p99, max }: Ages): string => `p50 ${p50} p95 ${p95} p99 ${p99} max ${max} ms`;

function startReader(python: string, table: string): { end(): Promise<Seen> } {
  const script = path.join(import.meta.dirname, 'freshness_reader.py');
  const reader = spawn(python, [script, table, String(WARM_UP_SECONDS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  reader.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = once(reader, 'close');
  return {
    async end() {
      // A look after the last commit.
      await sleep(500);
      reader.stdin.end();
      const [code] = (await ended) as [number | null];
      if (code !== 0) throw new Error(`the reader of ${table} ended with ${String(code)}`);
      return JSON.parse(output) as Seen;
    },
  };
}

/** Waits until the ledger accounts for every record; answers how many landed. */
async function untilStaged({ stack }: BenchWorld, topic: string, records: number): Promise<number> {
  for (let waited = 0; waited < 600; waited++) {
    const [row] = await runSql(
      stack.databaseUrl,
      `SELECT sum(t.next_offset), sum(t.landed) FROM ledger_total t JOIN staging_pipeline p ON p.id = t.pipeline_id
       WHERE p.topic = '${topic}'`,
    );
    if (Number(row?.[0]) >= records) return Number(row?.[1]);
    await sleep(100);
  }
  throw new Error(`${topic} is not staged after a minute`);
}
