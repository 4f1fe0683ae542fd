// Drains one topic with our fetch loop and with the consumers of two client libraries, and weighs 500 idle lanes. See
// bench/README.md.
import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { startPart } from '@headwater/platform-embedded';
import { Producer } from '@platformatic/kafka';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { cacheDir } from './cache-folders.ts';

const { values: options } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    idle: { type: 'string', default: '500' },
    only: { type: 'string', default: 'headwater,platformatic,kafkajs,idle' },
  },
});
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const records = Number(options.records);
const idleLanes = Number(options.idle);
const only = new Set(options.only.split(','));
interface Drained {
  readonly records: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly rssPeakMb: number;
}

const topic = 'bench.fetch';
const PARTITIONS = 6;
const BATCH = 1_000;
const ratioOf = (rival: Drained | undefined, ours: Drained | undefined): number | undefined =>
  rival === undefined || ours === undefined
    ? undefined
    : Number((rival.cpuSeconds / ours.cpuSeconds).toFixed(2));
const valueOf = (id: number): string =>
  `{"id":${id},"user":${(id * 7919) % 100_003},"campaign":"c${id % 977}","at":"2026-11-21T09:00:00.000Z","url":"https://example.org/p/${id % 4_001}"}`.padEnd(
    240,
    ' ',
  );

const home = mkdtempSync(path.join(tmpdir(), 'headwater-bench-'));
const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], JAVA_HOME: process.env['JAVA_HOME'] };
const kafka = await startPart('kafka', { home, cacheDir, env, onProgress: () => undefined });
try {
  process.stdout.write(`${JSON.stringify(await run())}\n`);
} finally {
  await kafka.close();
  rmSync(home, { recursive: true, force: true });
}

async function run(): Promise<object> {
  const admin = createKafkaAdmin({ settings: { bootstrapServers: [kafka.url] } });
  const create = (name: string, partitions: number) =>
    admin.createTopic({ name, partitions, replicationFactor: 1, configs: {} });
  await create(topic, PARTITIONS);
  const drains = new Map<string, Drained>();
  const readers = ['headwater', 'platformatic', 'kafkajs'].filter((kind) => only.has(kind));
  if (readers.length > 0) {
    say(`writing ${records.toLocaleString('en')} records of 240 bytes, lz4, ${PARTITIONS} partitions`);
    await produce();
  }
  for (const kind of readers) {
    const drained = (await readIn(kind, topic, records)) as Drained;
    drains.set(kind, drained);
    const perSecond = Math.round(drained.records / drained.wallSeconds);
    const perCore = Math.round(drained.records / drained.cpuSeconds);
    say(
      `${kind.padEnd(13)} ${perSecond.toLocaleString('en')} records/s, ${perCore.toLocaleString('en')} per core-second, peak RSS ${drained.rssPeakMb} MB`,
    );
  }
  const ratios = Object.fromEntries(
    readers.slice(1).map((kind) => [kind, ratioOf(drains.get(kind), drains.get('headwater'))]),
  );
  for (const [kind, ratio] of Object.entries(ratios))
    say(`ratio         ${ratio}x the records per core-second of ${kind}`);
  if (!only.has('idle')) return { records, drains: Object.fromEntries(drains), ratios };
  say(`creating ${idleLanes} topics`);
  for (let index = 0; index < idleLanes; index++) await create(`idle.${index}`, 1);
  await admin.close();
  const idle = await readIn('idle', 'idle', idleLanes);
  say(`idle          ${JSON.stringify(idle)}`);
  return { records, drains: Object.fromEntries(drains), ratios, idle };
}

async function readIn(kind: string, name: string, count: number): Promise<object> {
  const script = path.join(import.meta.dirname, 'fetch-reader.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, kind, kafka.url, name, String(count)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 240_000 });
  return JSON.parse(stdout) as object;
}

async function produce(): Promise<void> {
  const producer = new Producer({
    clientId: 'bench',
    bootstrapBrokers: [kafka.url],
    compression: 'lz4',
    idempotent: true,
  });
  for (let from = 0; from < records; from += BATCH) {
    const partition = (from / BATCH) % PARTITIONS;
    const messages = Array.from({ length: Math.min(BATCH, records - from) }, (_, index) => ({
      topic,
      partition,
      value: Buffer.from(valueOf(from + index)),
    }));
    await producer.send({ messages });
  }
  await producer.close();
}
