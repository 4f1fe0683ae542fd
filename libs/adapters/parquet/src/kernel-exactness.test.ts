import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import type { KernelValue } from '@headwater/columnar-kernel';
import type { Column, ColumnType, ColumnValue, TimeEncoding } from '@headwater/core-contract';
import type { RecordSetEngine } from '@headwater/core-staging';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDatabase, quoteText } from './database.ts';
import { createDuckDbEngine } from './engine-duckdb.ts';
import { readByKernel } from './fuzz/fuzz-kernel.test-data.ts';
import { createRandom } from './fuzz/fuzz-random.test-data.ts';
import { column, contractOf } from '@headwater/testkit';
import { encodeBatch, pipelineOf } from './fuzz/fuzz-record-set.test-data.ts';
import { makeValueText } from './fuzz/fuzz-records.test-data.ts';
import { createKernelEngine } from './kernel-engine.ts';

const VALUES = 50_000;
const reference = path.resolve(
  import.meta.dirname,
  '../../../core/contract/src/judge/exactness-reference.py',
);
const hasPython = spawnSync('python3', ['--version']).status === 0;

const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale });
const columns: readonly Column[] = [
  ...([8, 16, 32, 64] as const).map((bits) => column('v', { kind: 'integer', bits })),
  ...[decimal(4, 2), decimal(9, 0), decimal(15, 15), decimal(18, 4), decimal(20, 0), decimal(38, 10)].map(
    (type) => column('v', type),
  ),
  ...(['double', 'float', 'date', 'timestampNtz', 'string', 'boolean', 'binary'] as const).map((kind) =>
    column('v', { kind }),
  ),
  ...(['iso8601', 'epochSeconds', 'epochMillis', 'epochMicros', 'epochNanos'] satisfies TimeEncoding[]).map(
    (time) => column('v', { kind: 'timestamp' }, { time }),
  ),
  column('v', { kind: 'array', element: column('element', { kind: 'integer', bits: 32 }) }),
  column('v', { kind: 'map', value: column('value', { kind: 'double' }) }),
  column('v', {
    kind: 'struct',
    fields: [column('a', { kind: 'integer', bits: 64 }), column('b', { kind: 'date' }, { required: true })],
  }),
];
const perColumn = Math.ceil(VALUES / columns.length);
const random = createRandom(20_261_121);
const cases = columns.map((each) => ({
  column: each,
  records: Array.from({ length: perColumn }, () => Buffer.from(`{"v":${makeValueText(random, each)}}`)),
}));

test.skipIf(!hasPython)(
  `[K1] [C9] ${VALUES} values are what Python’s json and decimal make of them, or refused there too (needs python3)`,
  () => {
    const input = cases.flatMap((each) =>
      each.records.map((record) =>
        JSON.stringify({ columns: [each.column], record: record.toString('base64') }),
      ),
    );
    const run = spawnSync('python3', [reference], {
      input: input.join('\n'),
      maxBuffer: 1 << 28,
      encoding: 'utf8',
    });
    expect(run.status, run.stderr).toBe(0);
    const expected = run.stdout.trimEnd().split('\n');
    const got = cases.flatMap((each) =>
      readByKernel(contractOf([each.column]), each.records).map((values) =>
        values === undefined ? '-' : write(values[0] ?? null, each.column.type),
      ),
    );
    expect(got.length).toBeGreaterThanOrEqual(VALUES);
    const wrong = got.flatMap((text, index) =>
      text === expected[index]
        ? []
        : [
            `${cases[Math.floor(index / perColumn)]!.records[index % perColumn]!.toString('latin1')}: ${text} is not ${expected[index]}`,
          ],
    );
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(got.filter((text) => text !== '-').length).toBeGreaterThan(VALUES / 4);
  },
  180_000,
);

/** The notation of the reference. */
function write(value: ColumnValue | KernelValue, type: ColumnType): string {
  if (value === null) return 'null';
  if (type.kind === 'double' || type.kind === 'float') {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value as number);
    return `d${bytes.toString('hex')}`;
  }
  if (typeof value === 'string') return `s${Buffer.from(value).toString('hex')}`;
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`;
  if (typeof value !== 'object') return String(value);
  if ('struct' in value && type.kind === 'struct') {
    return `{${value.struct.map((inner, index) => write(inner, type.fields[index]!.type)).join()}}`;
  }
  if ('array' in value && type.kind === 'array') {
    return `[${value.array.map((inner) => write(inner, type.element.type)).join()}]`;
  }
  if ('map' in value && type.kind === 'map') {
    return `<${value.map.map(([key, inner]) => `s${Buffer.from(key).toString('hex')}=${write(inner, type.value.type)}`).join()}>`;
  }
  throw new Error(`unexpected value of ${type.kind}`);
}

const folder = mkdtempSync(path.join(tmpdir(), 'headwater-exactness-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`[K1] both engines land the same ${VALUES} values and refuse the same records for the same reasons`, async () => {
  const open = () => openDatabase({ threads: 1, memoryMiB: 256 });
  const engines = [
    createKernelEngine({ database: await open(), codecs: recordBatchCodecs }),
    createDuckDbEngine({ database: await open(), codecs: recordBatchCodecs }),
  ];
  const reader = await open();
  for (const each of cases) {
    const [kernel, duckdb] = [await landCase(engines[0]!, each), await landCase(engines[1]!, each)];
    for (const name of ['primary', 'quarantine'] as const) {
      const rows = await Promise.all(
        [kernel, duckdb].map((landed) =>
          reader.use(async (connection) => {
            if (landed[name].length === 0) return [];
            const files = landed[name].map(({ localFile }) => quoteText(localFile)).join();
            return (await connection.runAndReadAll(`from read_parquet([${files}])`)).getRowsJson();
          }),
        ),
      );
      expect(rows[0], JSON.stringify(each.column)).toEqual(rows[1]);
    }
    expect(kernel.reasons).toEqual(duckdb.reasons);
    expect(kernel.primary.map(({ stats }) => stats)).toEqual(duckdb.primary.map(({ stats }) => stats));
  }
  for (const engine of engines) await engine.close();
}, 180_000);

async function landCase(engine: RecordSetEngine, each: (typeof cases)[number]) {
  const pipeline = { ...pipelineOf(contractOf([each.column])), transformHash: JSON.stringify(each.column) };
  const batch = await engine.beginBatch({ pipeline, batchId: 'b', ingestedAtUs: 1n });
  const recordSet = encodeBatch(each.records, { attribute: 0, bytes: (plain) => plain });
  await batch.add({ partition: 0, recordSet, from: 0n, to: 1n << 60n, aborted: [] });
  return batch.land(folder);
}
