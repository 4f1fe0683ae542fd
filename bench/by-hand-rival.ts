// The pipeline a careful engineer writes by hand: kafkajs, JSON.parse, checks, DuckDB appenders, one commit per flush with
// the offsets in it. Run as a process of its own: by-hand-rival.ts BOOTSTRAP TOPIC OUT
import { lz4Decompress } from '@platformatic/wasm-utils';
import { DuckDBInstance, DuckDBTimestampTZValue, type DuckDBAppender } from '@duckdb/node-api';
import kafkajs from 'kafkajs';
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

const [bootstrap, topic, out] = process.argv.slice(2) as [string, string, string];
const FLUSH_ROWS = 50_000;

kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4] = () => ({
  compress: () => Promise.reject(new Error('nothing is sent')),
  decompress: (bytes: Buffer) => Promise.resolve(lz4Decompress(bytes)),
});

interface Table {
  readonly name: string;
  readonly folder: string;
  readonly columns: string;
  readonly types: readonly (readonly [string, string])[];
  appender: DuckDBAppender;
  rows: number;
  version: number;
}
const row = [
  ['_topic', 'string'],
  ['_partition', 'integer'],
  ['_offset', 'long'],
  ['_timestamp', 'timestamp'],
] as const;
const fields = [
  ['event_id', 'string'],
  ['timestamp', 'timestamp'],
  ...['user_id', 'campaign_id', 'ad_format', 'country', 'device', 'event_type'].map(
    (name) => [name, 'string'] as const,
  ),
  ['revenue', 'double'],
] as const;
const refusedTypes = [
  ['topic', 'string'],
  ['partition', 'integer'],
  ['offset', 'long'],
  ['timestamp', 'timestamp'],
  ['raw', 'string'],
  ['reason', 'string'],
] as const;
const sqlType: Readonly<Record<string, string>> = {
  string: 'varchar',
  integer: 'integer',
  long: 'bigint',
  timestamp: 'timestamptz',
  double: 'double',
};

const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();
await connection.run("set timezone = 'UTC'");

async function openTable(name: string, types: readonly (readonly [string, string])[]): Promise<Table> {
  const folder = path.join(out, name);
  mkdirSync(path.join(folder, '_delta_log'), { recursive: true });
  const columns = types.map(([column, type]) => `"${column}" ${sqlType[type]}`).join();
  await connection.run(`create table ${name} (${columns})`);
  const table: Table = {
    name,
    folder,
    columns,
    types,
    appender: await connection.createAppender(name),
    rows: 0,
    version: 0,
  };
  const schema = {
    type: 'struct',
    fields: types.map(([column, type]) => ({ name: column, type, nullable: true, metadata: {} })),
  };
  commit(table, [
    { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
    {
      metaData: {
        id: randomUUID(),
        format: { provider: 'parquet', options: {} },
        schemaString: JSON.stringify(schema),
        partitionColumns: [],
        configuration: {},
        createdTime: Date.now(),
      },
    },
  ]);
  return table;
}

function commit(table: Table, actions: readonly object[]): void {
  const file = path.join(table.folder, '_delta_log', `${String(table.version).padStart(20, '0')}.json`);
  const temporary = `${file}.${randomUUID()}.tmp`;
  const handle = openSync(temporary, 'wx');
  writeSync(handle, `${actions.map((action) => JSON.stringify(action)).join('\n')}\n`);
  fsyncSync(handle);
  closeSync(handle);
  linkSync(temporary, file);
  unlinkSync(temporary);
  table.version++;
}

const events = await openTable('events', [...fields, ...row]);
const refused = await openTable('quarantine', refusedTypes);
const next = new Map<number, bigint>();
let pending = 0;
let total = 0;

async function writeTable(table: Table): Promise<object[]> {
  if (table.rows === 0) return [];
  table.appender.closeSync();
  const file = `part-${randomUUID()}.parquet`;
  const full = path.join(table.folder, file);
  await connection.run(`copy ${table.name} to '${full}' (format parquet, codec 'zstd', compression_level 3)`);
  const handle = openSync(full, 'r');
  fsyncSync(handle);
  closeSync(handle);
  await connection.run(`truncate ${table.name}`);
  const add = {
    path: file,
    partitionValues: {},
    size: statSync(full).size,
    modificationTime: Date.now(),
    dataChange: true,
    stats: JSON.stringify({ numRecords: table.rows }),
  };
  table.rows = 0;
  table.appender = await connection.createAppender(table.name);
  return [{ add }];
}

async function flush(): Promise<void> {
  const txn = [...next].map(([partition, offset]) => ({
    txn: { appId: `by-hand:${topic}:${partition}`, version: Number(offset), lastUpdated: Date.now() },
  }));
  const addRefused = await writeTable(refused);
  const addEvents = await writeTable(events);
  if (addRefused.length > 0) commit(refused, [...txn, ...addRefused]);
  commit(events, [...txn, ...addEvents]);
  pending = 0;
}

interface AdEvent {
  readonly [name: string]: unknown;
}

/** The moment of a timestamp that is one, in microseconds. */
function microsOf(value: unknown): bigint | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(value))
    return undefined;
  const milliseconds = Date.parse(value);
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds) * 1000n;
}

function problemOf(event: AdEvent, micros: bigint | undefined): string | undefined {
  if (typeof event !== 'object' || event === null) return 'malformed';
  if (typeof event['event_id'] !== 'string') return 'event_id';
  if (typeof event['revenue'] !== 'number') return 'malformed';
  if (micros === undefined) return 'timestamp';
  if (!['impression', 'click', 'conversion'].includes(String(event['event_type']))) return 'event_type';
  return event['revenue'] >= 0 ? undefined : 'revenue';
}

function take(partition: number, offset: bigint, timestamp: string, raw: string): void {
  const time = new DuckDBTimestampTZValue(BigInt(timestamp) * 1000n);
  let event: AdEvent | undefined;
  try {
    event = JSON.parse(raw) as AdEvent;
  } catch {
    event = undefined;
  }
  const micros = event === undefined || event === null ? undefined : microsOf(event['timestamp']);
  const problem = event === undefined ? 'malformed' : problemOf(event, micros);
  const table = problem === undefined ? events : refused;
  const { appender } = table;
  if (problem === undefined && event !== undefined) {
    for (const [name, type] of fields) {
      const value = event[name];
      if (type === 'timestamp') appender.appendTimestampTZ(new DuckDBTimestampTZValue(micros!));
      else if (type === 'double') appender.appendDouble(value as number);
      else if (typeof value === 'string') appender.appendVarchar(value);
      else appender.appendNull();
    }
  }
  appender.appendVarchar(topic);
  appender.appendInteger(partition);
  appender.appendBigInt(offset);
  appender.appendTimestampTZ(time);
  if (problem !== undefined) {
    appender.appendVarchar(raw);
    appender.appendVarchar(problem);
  }
  appender.endRow();
  table.rows++;
  next.set(partition, offset + 1n);
  pending++;
  total++;
}

const kafka = new kafkajs.Kafka({ brokers: [bootstrap], logLevel: kafkajs.logLevel.NOTHING });
const admin = kafka.admin();
await admin.connect();
const ends = new Map(
  (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, BigInt(high)]),
);
await admin.disconnect();
const consumer = kafka.consumer({ groupId: `by-hand-${randomUUID()}`, maxBytesPerPartition: 2 << 20 });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await new Promise<void>((resolve, reject) => {
  consumer
    .run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
        for (const { offset, timestamp, value } of batch.messages) {
          take(batch.partition, BigInt(offset), timestamp, value?.toString() ?? '');
          if (pending >= FLUSH_ROWS) await flush();
        }
        resolveOffset(batch.lastOffset());
        await heartbeat();
        if ([...ends].every(([partition, end]) => end === 0n || (next.get(partition) ?? 0n) >= end)) {
          if (pending > 0) await flush();
          resolve();
        }
      },
    })
    .catch(reject);
});
const { user, system } = process.cpuUsage();
process.stdout.write(
  `RESULT ${JSON.stringify({ rows: total, cpuSeconds: (user + system) / 1e6, wallSeconds: performance.now() / 1000, rssPeakMb: Math.round(process.resourceUsage().maxRSS / 1024) })}\n`,
);
process.exit(0);
