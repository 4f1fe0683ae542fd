import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import duck from '@duckdb/node-bindings';
import { DuckDBDataChunk, ENUM } from '@duckdb/node-api';
import { createBlockPool, createChunkArena, createColumnarKernel } from '@headwater/columnar-kernel';
import type { CompiledContract } from '@headwater/core-contract';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { toDuckDbType } from './engine-column-types.ts';
import { createRandom } from './fuzz/fuzz-random.test-data.ts';
import { column, contractOf } from '@headwater/testkit';
import { encodeBatch, pipelineOf } from './fuzz/fuzz-record-set.test-data.ts';
import { createKernelEngine } from './kernel-engine.ts';
import { serveChunk, type ServedChunk } from './kernel-hand-over.ts';
import { planKernel } from './kernel-program.ts';
import { createKernelReader } from './kernel-reader.ts';
import { gatherRows } from './kernel-rows.ts';

const contract = contractOf([
  column('n', { kind: 'integer', bits: 32 }),
  column('s', { kind: 'string' }),
  column('kind', { kind: 'string' }),
  column('l', { kind: 'array', element: column('element', { kind: 'string' }) }),
  column('o', { kind: 'struct', fields: [column('d', { kind: 'decimal', precision: 30, scale: 2 })] }),
]);
const records = Array.from({ length: 500 }, (_, index) =>
  Buffer.from(
    JSON.stringify({
      n: index % 7 === 0 ? null : index,
      s: 'x'.repeat(index % 40),
      kind: ['a', 'b', null][index % 3],
      l: index % 5 === 0 ? null : Array.from({ length: index % 4 }, () => 'an entry of some length'),
      o: index % 3 === 0 ? null : { d: index / 4 },
    }),
  ),
);

function readRows(of: CompiledContract, values: readonly Buffer[]) {
  const plan = planKernel(of, []);
  if (plan.kind !== 'program') throw new Error(plan.why);
  const kernel = createColumnarKernel(plan.program);
  const chunks: ServedChunk[] = [];
  const reader = createKernelReader({
    pipeline: pipelineOf(of),
    kernel,
    codecs: recordBatchCodecs,
    batchBytesMax: 1 << 24,
    arena: createChunkArena(createBlockPool(0)),
    output: {
      chunk: (columns) => chunks.push({ kind: 'columns', partition: 0, rows: columns.rows, columns }),
      row: () => undefined,
      refuse: () => undefined,
    },
  });
  const recordSet = encodeBatch(values, { attribute: 0, bytes: (plain) => plain });
  reader.read({ partition: 0, recordSet, from: 0n, to: 1n << 60n, aborted: [] });
  reader.seal();
  return { kernel, chunks };
}

test('[K6] whatever a chunk says about itself, a copy that would leave its bounds is refused before it begins', () => {
  const random = createRandom(11);
  const { kernel, chunks } = readRows(contract, records);
  const whole = chunks[0]!;
  if (whole.kind !== 'columns') throw new Error('the rows are columns');
  const rows = {
    ...gatherRows({ pipeline: pipelineOf(contract), batchId: 'b', ingestedAtUs: 1n }, kernel, chunks),
    enums: contract.columns.map(() => undefined),
  };
  const types = [...contract.columns.map(({ type }) => toDuckDbType(type))];
  const tail = DuckDBDataChunk.create([...types]).columnCount;
  expect(tail).toBe(contract.columns.length);
  let refused = 0;
  for (let round = 0; round < 3_000; round++) {
    const odd = (value: number) =>
      random.pick([value, value, value, -1, 0, value + 1, value * 2, 1 << 30, random.below(1 << 22)]);
    const vectors = whole.columns.vectors.map((vector) => ({
      rows: odd(vector.rows),
      data: odd(vector.data),
      isCoded: random.chance(10) ? !vector.isCoded : vector.isCoded,
      validity: vector.validity < 0 ? -1 : odd(vector.validity),
      heap: odd(vector.heap),
      heapBytes: odd(vector.heapBytes),
    }));
    const block = random.chance(2) ? whole.columns.block : whole.columns.block.slice();
    if (block !== whole.columns.block) {
      for (let times = 0; times < 50; times++)
        block[random.below(whole.columns.offsets + 60_000)] = random.below(256);
    }
    const output = DuckDBDataChunk.create([
      ...types,
      ...[toDuckDbType({ kind: 'integer', bits: 32 }), toDuckDbType({ kind: 'integer', bits: 64 })],
      toDuckDbType({ kind: 'timestamp' }),
      ENUM(['t']),
      ENUM(['b']),
    ]);
    try {
      serveChunk(output.chunk, rows, {
        ...whole,
        rows: Math.max(0, odd(whole.rows)),
        columns: { ...whole.columns, block, vectors, rows: Math.max(0, odd(whole.columns.rows)) },
      });
    } catch {
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(1_000);
  expect(duck.vector_size()).toBe(2048);
});

test('[K7] a value that only refused records had is nowhere in the file', async () => {
  const shape = contractOf([
    column('name', { kind: 'string' }),
    column('id', { kind: 'integer', bits: 32 }, { required: true }),
  ]);
  const database = await openDatabase({ threads: 1, memoryMiB: 256 });
  const engine = createKernelEngine({ database, codecs: recordBatchCodecs });
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-hand-over-'));
  const batch = await engine.beginBatch({ pipeline: pipelineOf(shape), batchId: 'b', ingestedAtUs: 1n });
  const values = ['{"name":"kept","id":1}', '{"name":"secret","id":"x"}', '{"name":"also","id":2}'];
  const recordSet = encodeBatch(
    values.map((value) => Buffer.from(value)),
    {
      attribute: 0,
      bytes: (plain) => plain,
    },
  );
  await batch.add({ partition: 0, recordSet, from: 0n, to: 1n << 60n, aborted: [] });
  const { primary } = await batch.land(folder);
  const { localFile } = primary[0]!;
  const { dictionary, stats } = await database.use(async (connection) => {
    const read = await connection.runAndReadAll(
      `select stats_min_value, stats_max_value from parquet_metadata('${localFile}') where path_in_schema = 'name'`,
    );
    return { dictionary: readFileSync(localFile).toString('latin1'), stats: read.getRowsJson() };
  });
  expect(stats).toEqual([['also', 'kept']]);
  expect(dictionary).not.toContain('secret');
  rmSync(folder, { recursive: true, force: true });
  await engine.close();
});
