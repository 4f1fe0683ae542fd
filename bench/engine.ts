// Drains records of one shape through an engine alone: no broker, no commits. See bench/README.md.
import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import { createChosenEngine, openDatabase, type EngineChoice } from '@headwater/adapter-parquet';
import { encodeSampleRecordSet, type RecordSetEngine } from '@headwater/core-staging';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { shapes, type Shape } from './engine-shapes.ts';
import { storeLz4 } from './stored-batch.ts';

const { values: options } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    engine: { type: 'string', default: 'kernel' },
    shape: { type: 'string', default: 'ads' },
    batch: { type: 'string', default: '250000' },
    bad: { type: 'string', default: '0' },
  },
});
const shape = shapes[options.shape as keyof typeof shapes];
const records = Number(options.records);
const perBatch = Number(options.batch);
/** Every how many records one is broken; 0 for none. `--bad` is per cent. */
const badEvery = Number(options.bad) === 0 ? 0 : Math.round(100 / Number(options.bad));

/** Record sets of about 1 MB uncompressed records, stored with lz4, for six partitions in turn. */
function makeSets(shape: Shape, count: number) {
  const sets: { partition: number; from: bigint; to: bigint; recordSet: Uint8Array }[] = [];
  const next = new Array<bigint>(6).fill(0n);
  for (let done = 0, turn = 0; done < count; turn++) {
    const values: Buffer[] = [];
    for (let bytes = 0; bytes < 1 << 20 && done < count; done++) {
      const text = shape.record(done);
      // Cut off in the middle: what a producer that died leaves.
      const isBad = badEvery > 0 && done % badEvery === badEvery - 1;
      const value = Buffer.from(isBad ? text.slice(0, text.length >> 1) : text);
      bytes += value.length;
      values.push(value);
    }
    const partition = turn % 6;
    const from = next[partition]!;
    next[partition] = from + BigInt(values.length);
    const recordSet = Buffer.concat(
      Array.from({ length: Math.ceil(values.length / 1_000) }, (_, index) =>
        storeLz4(
          encodeSampleRecordSet(values.slice(index * 1_000, (index + 1) * 1_000), recordBatchCodecs.crc32c),
          from + BigInt(index * 1_000),
          recordBatchCodecs.crc32c,
        ),
      ),
    );
    sets.push({ partition, from, to: next[partition]!, recordSet });
  }
  return sets;
}

const distinct = Math.min(records, perBatch);
const sets = makeSets(shape, distinct);
const folder = mkdtempSync(path.join(tmpdir(), 'headwater-bench-engine-'));
const database = await openDatabase({ threads: 1, memoryMiB: 1024 });
const engine: RecordSetEngine = createChosenEngine(options.engine as EngineChoice, {
  database,
  codecs: recordBatchCodecs,
});
const pipeline = {
  pipelineId: 'bench',
  productName: 'bench/engine',
  topic: 'bench.engine',
  topicId: 'a8b1f2d0-0000-4000-8000-00000000000a',
  tableUrl: 'file:///bench',
  quarantineUrl: 'file:///bench__quarantine',
  contract: shape.contract,
  transformHash: 'bench',
  schemaIds: [],
  flushIntervalMs: 1_000,
  flushBytesMax: 1 << 28,
  desiredState: 'running' as const,
  generation: 1,
};
const cost = { add: 0, land: 0, handOver: 0 };
let fileBytes = 0;
async function runBatch(batchId: string): Promise<void> {
  const batch = await engine.beginBatch({ pipeline, batchId, ingestedAtUs: 1_790_000_000_000_000n });
  let cpu = process.cpuUsage();
  for (const set of sets) await batch.add({ ...set, aborted: [] });
  let used = process.cpuUsage(cpu);
  cost.add += used.user + used.system;
  cpu = process.cpuUsage();
  const own = process.threadCpuUsage();
  const landed = await batch.land(folder);
  const ownUsed = process.threadCpuUsage(own);
  cost.handOver += ownUsed.user + ownUsed.system;
  used = process.cpuUsage(cpu);
  cost.land += used.user + used.system;
  fileBytes = landed.primary.reduce((sum, { localFile }) => sum + statSync(localFile).size, 0);
  for (const { localFile } of landed.primary) rmSync(localFile);
}
await runBatch('warm');
cost.add = cost.land = cost.handOver = 0;
const began = performance.now();
const rounds = Math.max(1, Math.round(records / distinct));
for (let round = 0; round < rounds; round++) await runBatch(`batch ${round}`);
const total = rounds * distinct;
const perRecord = (microseconds: number): number => Math.round((microseconds * 1000) / total);
console.log(
  JSON.stringify({
    shape: shape.name,
    engine: options.engine,
    badPerCent: Number(options.bad),
    records: total,
    addNs: perRecord(cost.add),
    landNs: perRecord(cost.land),
    handOverNs: perRecord(cost.handOver),
    rowsPerCoreSecond: Math.round(total / ((cost.add + cost.land) / 1e6)),
    rowsPerSecond: Math.round(total / ((performance.now() - began) / 1000)),
    fileBytesPerRecord: Number((fileBytes / distinct).toFixed(1)),
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
await engine.close();
rmSync(folder, { recursive: true, force: true });
