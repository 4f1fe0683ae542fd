import { readToEnd } from '@headwater/adapter-domain-client';
import { runSql } from '@headwater/platform-embedded';
import kafkajs from 'kafkajs';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { judgeLedger } from './cell-oracle.ts';
import { createProduct, type CellProduct } from './cell-product.ts';
import type { Scene } from './deed.ts';
import { deeds } from './deeds.ts';
import { untilStopped, wake } from './process-state.ts';
import { judgeLog, query } from './delta-reader.ts';
import type { OrderedProcess } from './processes.ts';
import { createRandom } from './schedule.ts';
import { openTrack, type Track } from './track.ts';
import { waitUntil } from './workers.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

export interface SoakOptions {
  readonly durationMs: number;
  /** Records per second. */
  readonly rate: number;
  readonly seed: number;
}

const PARTITIONS = 6;
const DISTURB_EVERY_MS = 5_000;
const DRAINS_WITHIN_MS = 180_000;

const method =
  'Method: one worker lives through the whole run and is measured (VmRSS every second); it is stopped beyond its lease, and ' +
  'every server is killed, flushed, restarted or cut off under it. The other worker is killed with -9 again and again; ' +
  'between the two the lane changes hands. Flat: the mean of the last quarter lies within 10 % of the mean of the second.';

/** Runs under load with a disturbance every 5 s; 0 when nothing is lost or doubled and the memory stays flat. */
export async function runSoak(options: SoakOptions): Promise<number> {
  say(method);
  const track = await openTrack(1, { spareWorkers: 1, heapMiB: undefined, checkpointEvery: undefined });
  try {
    const lake = { kind: 'folder', folder: path.join(track.home, 'cells') } as const;
    const product = await createProduct(track, lake, { partitions: PARTITIONS, flushIntervalMs: 1_000 });
    const measured = await track.takeWorker();
    measured.order({});
    const load = startSoakLoad(track, product, options);
    const memory = sampleMemory(measured.process.pid);
    const disturbed = await disturb(track, product, measured, options);
    memory.stop();
    await load.stop();
    const drained = await drain(track, product);
    return await conclude(track, product, { options, load, memory, disturbed, drained });
  } finally {
    await track.close();
  }
}

interface Load {
  readonly sent: () => number;
  stop(): Promise<void>;
}

/** Good records with one refused in a hundred; a broker that is away is caught up with. */
function startSoakLoad(
  { settings }: Track,
  { pipeline }: CellProduct,
  { rate, durationMs }: SoakOptions,
): Load {
  const kafka = new kafkajs.Kafka({
    clientId: 'soak',
    brokers: [...settings.bootstrapServers],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 40 },
  });
  let isOver = false;
  let sent = 0;
  const run = async (): Promise<void> => {
    let producer = await connected(kafka);
    const startedMs = performance.now();
    while (!isOver) {
      const elapsedMs = Math.min(performance.now() - startedMs, durationMs);
      const owed = Math.min(Math.floor((elapsedMs / 1000) * rate) - sent, rate);
      if (owed > 0) {
        const messages = Array.from({ length: owed }, (_, index) => soakRecord(sent + index));
        try {
          await producer.send({ topic: pipeline.topic, acks: -1, messages });
          sent += owed;
        } catch {
          await producer.disconnect().catch(() => undefined);
          producer = await connected(kafka);
        }
      }
      await sleep(50);
    }
    await producer.disconnect();
  };
  const running = run();
  return {
    sent: () => sent,
    async stop() {
      isOver = true;
      await running;
    },
  };
}

async function connected(kafka: kafkajs.Kafka) {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  return producer;
}

const soakRecord = (number: number) => ({
  partition: number % PARTITIONS,
  value: JSON.stringify({
    event_id: String(number),
    event_type: number % 100 === 17 ? 'unknown' : 'click',
    amount: number / 8,
  }),
});

interface Memory {
  readonly samples: readonly { readonly atMs: number; readonly mib: number }[];
  stop(): void;
}

function sampleMemory(pid: number): Memory {
  const samples: { atMs: number; mib: number }[] = [];
  const startedMs = performance.now();
  const timer = setInterval(() => {
    try {
      const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      if (kib !== undefined) samples.push({ atMs: performance.now() - startedMs, mib: Number(kib) / 1024 });
    } catch {
      // The process is gone; what was measured stays.
    }
  }, 1_000);
  return { samples, stop: () => clearInterval(timer) };
}

const disturbances = [
  'redis-flush',
  'kill-worker',
  'connection-reset',
  'redis-slow',
  'stop-worker',
  'redis-refuses-writes',
  'kill-worker',
  'redis-kill',
  'postgres-restart',
  'kill-worker',
  'broker-kill',
  'clock-jump',
] as const;
type Disturbance = (typeof disturbances)[number];

interface Disturbed {
  readonly count: number;
  readonly fired: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly notFired: readonly string[];
}

/** One disturbance after the other, begun 5 s apart, in rounds that hold each kind. */
async function disturb(
  track: Track,
  product: CellProduct,
  measured: OrderedProcess,
  { durationMs, seed }: SoakOptions,
): Promise<Disturbed> {
  const random = createRandom(seed);
  const byKind: Record<string, number> = {};
  const notFired: string[] = [];
  let other = await track.takeWorker();
  other.order({});
  let count = 0;
  let fired = 0;
  const endMs = performance.now() + durationMs;
  for (let nextMs = performance.now() + DISTURB_EVERY_MS; nextMs < endMs; nextMs += DISTURB_EVERY_MS) {
    await sleep(Math.max(0, nextMs - performance.now()));
    const kind = disturbances[count % disturbances.length]!;
    count++;
    let proof: string | undefined;
    if (kind === 'kill-worker') {
      await other.process.kill();
      proof = (await other.process.exited).signal === 'SIGKILL' ? `${other.name} killed` : undefined;
      other = await track.takeWorker();
      other.order({});
    } else
      proof = await disturbAlive(track, product, measured, kind, random).catch(
        (error: unknown) => void say(String(error)),
      );
    if (proof === undefined) notFired.push(`${count} ${kind}`);
    else fired++;
    byKind[kind] = (byKind[kind] ?? 0) + 1;
    if (count % disturbances.length === 0) say(`${count} disturbances, ${fired} fired`);
  }
  await sleep(Math.max(0, endMs - performance.now()));
  return { count, fired, byKind, notFired };
}

async function disturbAlive(
  track: Track,
  product: CellProduct,
  measured: OrderedProcess,
  kind: Exclude<Disturbance, 'kill-worker'>,
  random: () => number,
): Promise<string | undefined> {
  const { pid } = measured.process;
  if (kind === 'stop-worker') {
    process.kill(pid, 'SIGSTOP');
    const { isStopped } = await untilStopped(pid);
    await sleep(2_200);
    const hasSlept = wake(pid);
    return isStopped && hasSlept ? 'stopped beyond its lease, then woken' : undefined;
  }
  if (kind === 'clock-jump') {
    const serial = measured.order({ at: 'sweep.before', nth: 1, action: 'pass', clockMs: 3_600_000 });
    const fired = await waitUntil(() => measured.fired(serial) !== undefined, 3_000, 30);
    await sleep(800);
    measured.order({});
    return fired ? measured.fired(serial) : undefined;
  }
  const scene = { track, product, doomed: measured, random } as unknown as Scene;
  return deeds[kind]?.do(scene);
}

async function drain(track: Track, product: CellProduct): Promise<boolean> {
  const { topic, pipelineId } = product.pipeline;
  return waitUntil(
    async () => {
      const ends = await track.admin.offsetsAt(topic, { kind: 'latest' }).catch(() => undefined);
      const { nextOffsets } = judgeLedger(product.primary.commits(), pipelineId);
      return ends !== undefined && [...ends].every(([partition, end]) => nextOffsets.get(partition) === end);
    },
    DRAINS_WITHIN_MS,
    500,
  );
}

/** Sums that two sets of (partition, offset, number) share only when they are the same set, in practice. */
interface Sums {
  count: bigint;
  offsets: bigint;
  numbers: bigint;
  products: bigint;
}

const noSums = (): Sums => ({ count: 0n, offsets: 0n, numbers: 0n, products: 0n });

/** Reads the topic to its end with another client, keeping sums only. */
async function readTopic({ settings }: Track, { pipeline }: CellProduct) {
  const good = new Map<number, Sums>();
  const refused = new Map<number, Sums>();
  let records = 0;
  await readToEnd({
    settings,
    topic: pipeline.topic,
    onBatch(batch) {
      for (const { offset, value } of batch.records) {
        const text = Buffer.from(value ?? []).toString('latin1');
        const number = BigInt(/"event_id":"(\d+)"/.exec(text)?.[1] ?? 0);
        const side = text.includes('"unknown"') ? refused : good;
        const sums = side.get(batch.partition) ?? noSums();
        sums.count++;
        sums.offsets += offset;
        sums.numbers += number;
        sums.products += offset * number;
        side.set(batch.partition, sums);
        records++;
      }
    },
  });
  return { good, refused, records };
}

async function sumTable(
  { reader }: Track,
  folder: string,
  live: readonly string[],
  partition: number,
  columns: { readonly partition: string; readonly offset: string; readonly number: string },
) {
  const files = live.map((name) => `'${path.join(folder, name)}'`).join();
  if (files === '') return { ...noSums(), distinct: 0n };
  const [row = []] = await query(
    reader,
    `select count(*)::varchar, count(distinct ${columns.offset})::varchar, sum(${columns.offset}::hugeint)::varchar,
            sum(${columns.number}::hugeint)::varchar, sum(${columns.offset}::hugeint * ${columns.number}::hugeint)::varchar
     from read_parquet([${files}]) where ${columns.partition} = ${partition}`,
  );
  const [count, distinct, offsets, numbers, products] = row.map((value) => BigInt(String(value ?? 0)));
  return {
    count: count!,
    distinct: distinct!,
    offsets: offsets ?? 0n,
    numbers: numbers ?? 0n,
    products: products ?? 0n,
  };
}

interface SoakFacts {
  readonly options: SoakOptions;
  readonly load: Load;
  readonly memory: Memory;
  readonly disturbed: Disturbed;
  readonly drained: boolean;
}

async function conclude(track: Track, product: CellProduct, facts: SoakFacts): Promise<number> {
  const { options, load, memory, disturbed, drained } = facts;
  const { records, ...topic } = await readTopic(track, product);
  const [primary, quarantine] = [judgeLog(product.primary), judgeLog(product.quarantine)];
  const ledger = judgeLedger(product.primary.commits(), product.pipeline.pipelineId);
  const problems = [...primary.problems, ...quarantine.problems, ...ledger.problems];
  let lost = 0n;
  let duplicated = 0n;
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const inPrimary = { partition: '_partition', offset: '_offset', number: 'event_id::bigint' };
    const text = `regexp_extract(decode("value"), '"event_id":"([0-9]+)"', 1)::bigint`;
    const inQuarantine = { partition: '"partition"', offset: '"offset"', number: text };
    const sides = [
      [topic.good, await sumTable(track, product.primary.folder, primary.live, partition, inPrimary)],
      [
        topic.refused,
        await sumTable(track, product.quarantine.folder, quarantine.live, partition, inQuarantine),
      ],
    ] as const;
    for (const [wanted, found] of sides) {
      const should = wanted.get(partition) ?? noSums();
      duplicated += found.count - found.distinct;
      lost += should.count > found.distinct ? should.count - found.distinct : 0n;
      const isSame = (['offsets', 'numbers', 'products'] as const).every(
        (name) => should[name] === found[name],
      );
      if (!isSame) problems.push(`partition ${partition}: the rows are not the records of the topic`);
    }
  }
  if (!drained) problems.push('staging did not reach the end of the topic');
  if (lost > 0n || duplicated > 0n) problems.push(`${lost} lost, ${duplicated} duplicated`);
  for (const each of disturbed.notFired) problems.push(`did not fire: ${each}`);
  const quarters = quartersOf(memory, options.durationMs);
  const change = quarters[3]! / quarters[1]! - 1;
  if (!(Math.abs(change) <= 0.1))
    problems.push(`memory changed by ${(change * 100).toFixed(1)} % from the second to the last quarter`);
  for (const problem of problems.slice(0, 20)) say(`FAILED ${problem}`);
  const mirrored = await runSql(
    track.stack.databaseUrl,
    `SELECT coalesce(sum(next_offset), 0)::text FROM ledger_total WHERE pipeline_id = '${product.pipeline.pipelineId}'`,
  );
  say(
    JSON.stringify({
      seed: options.seed,
      seconds: Math.round(options.durationMs / 1000),
      rate: options.rate,
      sent: load.sent(),
      records,
      mirrored: Number(mirrored[0]?.[0]),
      batches: ledger.batches.length,
      fences: ledger.fences,
      disturbances: disturbed.count,
      fired: disturbed.fired,
      byKind: disturbed.byKind,
      rssMibByQuarter: quarters.map((mib) => Math.round(mib)),
      rssChange: Number(change.toFixed(4)),
      lost: Number(lost),
      duplicated: Number(duplicated),
      problems: problems.length,
    }),
  );
  return problems.length === 0 ? 0 : 1;
}

/** Mean resident memory in each quarter of the run, MiB. */
function quartersOf({ samples }: Memory, durationMs: number): readonly number[] {
  return [0, 1, 2, 3].map((quarter) => {
    const of = samples.filter(({ atMs }) => Math.floor((atMs / durationMs) * 4) === quarter);
    return of.reduce((sum, { mib }) => sum + mib, 0) / Math.max(1, of.length);
  });
}
