// One reader of the fetch benchmark, in a process of its own. Prints one JSON line.
import { createRecordSource } from '@headwater/adapter-kafka';
import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import { createRecordSetScanner, type RecordSource } from '@headwater/core-staging';
import { Consumer } from '@platformatic/kafka';
import kafkajs from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readProcessCost } from './process-cost.ts';

// Bundles fold this name away; here it is looked up.
Object.assign(globalThis, { __HEADWATER_FAULTS__: false });

const [kind = '', bootstrap = '', topic = '', count = '0'] = process.argv.slice(2);
const bootstrapServers = bootstrap.split(',');
const expected = Number(count);
const BYTES_MAX = 4 << 20;
const WAIT_MS_MAX = 500;

const readers: Readonly<Record<string, () => Promise<number>>> = {
  headwater: readAsLane,
  platformatic: readWithPlatformatic,
  kafkajs: readWithKafkajs,
};

if (kind === 'idle') process.stdout.write(`${JSON.stringify(await stayIdle())}\n`);
else {
  const begun = process.cpuUsage();
  const begunAtMs = performance.now();
  const records = await readers[kind]!();
  const wallSeconds = (performance.now() - begunAtMs) / 1_000;
  const { user, system } = process.cpuUsage(begun);
  const { rssPeakMb } = readProcessCost(process.pid);
  process.stdout.write(
    `${JSON.stringify({ records, wallSeconds, cpuSeconds: (user + system) / 1e6, rssPeakMb })}\n`,
  );
}
process.exit(0);

/** As a lane: every batch is checked and decompressed, every record visited. */
async function readAsLane(): Promise<number> {
  const source = createRecordSource({ settings: { bootstrapServers } });
  const described = await source.describeTopic(topic);
  if (described === undefined) throw new Error(`no topic ${topic}`);
  const scanner = createRecordSetScanner({ codecs: recordBatchCodecs, batchBytesMax: 64 << 20 });
  const positions = new Map(
    described.partitions.map(({ partition }) => [partition, { offset: 0n, lastFetchedEpoch: -1 }]),
  );
  let records = 0;
  while (records < expected) {
    const answers = await source.fetch({
      topic,
      topicId: described.topicId,
      positions: [...positions].map(([partition, position]) => ({ partition, ...position })),
      bytesMax: BYTES_MAX,
      waitMsMax: WAIT_MS_MAX,
    });
    for (const answer of answers) {
      if (answer.kind !== 'records' || answer.recordSet.length === 0) continue;
      const { partition, recordSet, aborted } = answer;
      const from = positions.get(partition)?.offset ?? 0n;
      const input = { partition, recordSet, from, to: answer.lastStableOffset, aborted };
      const report = scanner.scan(topic, input, { record: () => void records++ });
      source.release(recordSet);
      positions.set(partition, { offset: report.nextOffset, lastFetchedEpoch: report.leaderEpoch ?? -1 });
    }
  }
  await source.close();
  return records;
}

async function readWithPlatformatic(): Promise<number> {
  const consumer = new Consumer({
    clientId: 'bench',
    groupId: `bench-${process.pid}`,
    bootstrapBrokers: bootstrapServers,
  });
  const stream = await consumer.consume({
    topics: [topic],
    mode: 'earliest',
    autocommit: false,
    maxBytes: BYTES_MAX,
    maxWaitTime: WAIT_MS_MAX,
    minBytes: 1,
  });
  let records = 0;
  for await (const _record of stream) if (++records >= expected) break;
  return records;
}

async function readWithKafkajs(): Promise<number> {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: () => Promise.reject(new Error('the benchmark only reads')),
    decompress: (bytes: Buffer) =>
      Promise.resolve(Buffer.from(recordBatchCodecs.decompress('lz4', bytes, 64 << 20))),
  });
  const kafka = new kafkajs.Kafka({ brokers: bootstrapServers, logLevel: kafkajs.logLevel.ERROR });
  const consumer = kafka.consumer({
    groupId: `bench-js-${process.pid}`,
    maxBytes: BYTES_MAX,
    maxWaitTimeInMs: WAIT_MS_MAX,
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let records = 0;
  await new Promise<void>((resolve, reject) => {
    const eachBatch = async ({ batch }: kafkajs.EachBatchPayload): Promise<void> => {
      records += batch.messages.length;
      if (records >= expected) resolve();
    };
    consumer.run({ autoCommit: false, eachBatch }).catch(reject);
  });
  return records;
}

/** `count` topics, one lane each, all at their ends, for 30 s; lanes ask and describe as in a worker. */
async function stayIdle(): Promise<object> {
  const source = createRecordSource({ settings: { bootstrapServers } });
  const rssBeforeMb = Math.round(process.memoryUsage().rss / (1 << 20));
  const stop = new AbortController();
  let rounds = 0;
  const lanes = Array.from({ length: expected }, (_, index) =>
    idleLane(source, `${topic}.${index}`, stop.signal, () => void rounds++),
  );
  await sleep(8_000);
  const begunRounds = rounds;
  const begun = process.cpuUsage();
  await sleep(30_000);
  const { user, system } = process.cpuUsage(begun);
  const rssMb = Math.round(process.memoryUsage().rss / (1 << 20));
  const result = {
    lanes: expected,
    cpuPercent: Number(((user + system) / 1e6 / 30).toFixed(4)) * 100,
    rssMb,
    rssBeforeMb,
    roundsPerSecond: Math.round((rounds - begunRounds) / 30),
  };
  stop.abort();
  await Promise.all(lanes);
  await source.close();
  return result;
}

async function idleLane(
  source: RecordSource,
  name: string,
  stop: AbortSignal,
  round: () => void,
): Promise<void> {
  const described = await source.describeTopic(name, 5_000);
  if (described === undefined) throw new Error(`no topic ${name}`);
  const positions = described.partitions.map(({ partition }) => ({
    partition,
    offset: 0n,
    lastFetchedEpoch: -1,
  }));
  const request = {
    topic: name,
    topicId: described.topicId,
    positions,
    bytesMax: BYTES_MAX,
    waitMsMax: WAIT_MS_MAX,
  };
  let describedAtMs = performance.now();
  while (!stop.aborted) {
    await source.fetch(request);
    round();
    if (performance.now() - describedAtMs < 5_000) continue;
    describedAtMs = performance.now();
    await source.describeTopic(name, 2_500);
  }
}
