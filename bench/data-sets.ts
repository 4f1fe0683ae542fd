// Lands real data sets of npm vega-datasets through both engines and compares what they wrote. See bench/README.md.
import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import {
  checksumFiles,
  createChosenEngine,
  openDatabase,
  readFileLines,
  type EngineChoice,
} from '@headwater/adapter-parquet';
import { inferContract, toSample, type CompiledContract } from '@headwater/core-contract';
import { encodeSampleRecordSet, type LandedOutputs } from '@headwater/core-staging';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { storeLz4 } from './stored-batch.ts';

const { values: options } = parseArgs({ options: { records: { type: 'string', default: '3000000' } } });
const data = path.resolve(import.meta.dirname, '../node_modules/vega-datasets/data');
const names = ['flights-3m.parquet', 'movies.json', 'football.json', 'cars.json'];
const BATCH_RECORDS = 1_000;
/** Records of one engine batch. */
const LANDED_AT_ONCE = 250_000;

interface Landed {
  readonly rows: bigint;
  readonly columns: Awaited<ReturnType<typeof checksumFiles>>['columns'];
  readonly refused: number;
  readonly reasons: string;
  readonly cpuSeconds: number;
}

async function landDataSet(
  choice: EngineChoice,
  file: string,
  contract: CompiledContract,
  count: number,
): Promise<Landed> {
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-data-set-'));
  const database = await openDatabase({ threads: 1, memoryMiB: 1024 });
  const engine = createChosenEngine(choice, { database, codecs: recordBatchCodecs });
  const pipeline = {
    pipelineId: choice,
    productName: 'bench/data-set',
    topic: 'bench.data-set',
    topicId: 'a8b1f2d0-0000-4000-8000-00000000000a',
    tableUrl: 'file:///data-set',
    quarantineUrl: 'file:///data-set__quarantine',
    contract,
    transformHash: 'data-set',
    schemaIds: [],
    flushIntervalMs: 1_000,
    flushBytesMax: 1 << 28,
    desiredState: 'running' as const,
    generation: 1,
  };
  const landed: LandedOutputs[] = [];
  let cpu = 0;
  let offset = 0n;
  let batch: Awaited<ReturnType<typeof engine.beginBatch>> | undefined;
  let held = 0;
  const measure = async <T>(work: () => Promise<T>): Promise<T> => {
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    cpu += (user + system) / 1e6;
    return result;
  };
  const finish = async (): Promise<void> => {
    const ending = batch;
    if (ending === undefined) return;
    landed.push(await measure(() => ending.land(folder)));
    batch = undefined;
    held = 0;
  };
  for await (const lines of readFileLines({ file, from: 0, count })) {
    const filling = (batch ??= await engine.beginBatch({
      pipeline,
      batchId: 'b',
      ingestedAtUs: 1_790_000_000_000_000n,
    }));
    for (let at = 0; at < lines.length; at += BATCH_RECORDS) {
      const values = lines.slice(at, at + BATCH_RECORDS).map((line) => Buffer.from(line));
      const recordSet = storeLz4(
        encodeSampleRecordSet(values, recordBatchCodecs.crc32c),
        offset,
        recordBatchCodecs.crc32c,
      );
      const from = offset;
      offset += BigInt(values.length);
      await measure(() => filling.add({ partition: 0, recordSet, from, to: offset, aborted: [] }));
    }
    held += lines.length;
    if (held >= LANDED_AT_ONCE) await finish();
  }
  await finish();
  const files = landed.flatMap(({ primary }) => primary.map(({ localFile }) => localFile));
  const columns = [...contract.columns.map(({ name }) => name), '_offset'];
  const { rows, columns: sums } = await checksumFiles(files, columns);
  const result: Landed = {
    rows,
    columns: sums,
    refused: landed.reduce(
      (sum, { quarantine }) => sum + quarantine.reduce((all, each) => all + each.records, 0),
      0,
    ),
    reasons: JSON.stringify(
      landed.flatMap(({ reasons }) => reasons.map(({ reason, path: at, records }) => [reason, at, records])),
    ),
    cpuSeconds: cpu,
  };
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
  return result;
}

async function firstLines(file: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const group of readFileLines({ file, from: 0, count: 10_000 })) lines.push(...group);
  return lines;
}

const summary: object[] = [];
for (const name of names) {
  const file = path.join(data, name);
  const sample = toSample(await firstLines(file));
  const inferred = inferContract(sample, { domain: 'real', name: 'data-set' });
  if (!inferred.ok) throw new Error(JSON.stringify(inferred.error));
  const contract = inferred.value.compiled;
  const kernel = await landDataSet('kernel', file, contract, Number(options.records));
  const duckdb = await landDataSet('duckdb', file, contract, Number(options.records));
  const { cpuSeconds: _kernel, ...ours } = kernel;
  const { cpuSeconds: _duckdb, ...theirs } = duckdb;
  const text = (value: object): string =>
    JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
  if (text(ours) !== text(theirs))
    throw new Error(`${name}: the engines differ\n${text(ours)}\n${text(theirs)}`);
  const records = Number(kernel.rows) + kernel.refused;
  const line = {
    name,
    records,
    columns: contract.columns.length,
    refused: kernel.refused,
    kernelRowsPerCoreSecond: Math.round(records / kernel.cpuSeconds),
    duckdbRowsPerCoreSecond: Math.round(records / duckdb.cpuSeconds),
  };
  process.stderr.write(`${JSON.stringify(line)}\n`);
  summary.push(line);
}
process.stdout.write(`${JSON.stringify({ equal: true, dataSets: summary })}\n`);
