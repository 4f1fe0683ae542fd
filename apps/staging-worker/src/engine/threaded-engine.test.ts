import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import { openDatabase, quoteText } from '@headwater/adapter-parquet';
import { encodeSampleRecordSet, type BatchInput, type RecordSetBatch } from '@headwater/core-staging';
import { silentLogger } from '@headwater/kernel';
import { column, contractOf, describeRecordSetEngine } from '@headwater/testkit';
import { lz4Compress, snappyCompress } from '@platformatic/wasm-utils';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { createThreadedEngine, type ThreadedEngine } from './threaded-engine.ts';

const data = { choice: 'duckdb', memoryMiB: 512, spillFolder: '' } as const;

for (const choice of ['duckdb', 'kernel'] as const) describeThreads(choice);

function describeThreads(choice: 'duckdb' | 'kernel'): void {
  describeRecordSetEngine(`the ${choice} engine in threads`, async () => {
    const reader = await openDatabase({ threads: 1, memoryMiB: 256 });
    return {
      engine: createThreadedEngine({
        name: choice,
        entry: new URL('./engine-thread.ts', import.meta.url),
        data: { ...data, choice },
        threadsMax: 2,
        idleMs: 60_000,
        logger: silentLogger,
      }),
      crc32c: recordBatchCodecs.crc32c,
      compress: {
        gzip: (plain) => gzipSync(plain),
        zstd: (plain) => zstdCompressSync(plain),
        lz4: (plain) => lz4Compress(plain),
        snappy: (plain) => snappyCompress(plain),
      },
      async select(files, sql) {
        if (files.length === 0) return [];
        const source = `read_parquet([${files.map(quoteText).join()}])`;
        const result = await reader.use((connection) =>
          connection.runAndReadAll(`with rows as (from ${source}) ${sql}`),
        );
        return result.getRowObjectsJson();
      },
    };
  });
}

const engines: ThreadedEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

function crashing(over: { readonly threadsMax?: number; readonly idleMs?: number } = {}) {
  const seen: { running: number; died: number }[] = [];
  const engine = createThreadedEngine({
    name: 'crashing',
    entry: new URL('./crashing-engine.test-data.ts', import.meta.url),
    data,
    threadsMax: 2,
    idleMs: 60_000,
    logger: silentLogger,
    onThreads: (threads) => seen.push(threads),
    ...over,
  });
  engines.push(engine);
  const begin = (topic: string, pipelineId = topic) =>
    engine.beginBatch({
      pipeline: { topic, pipelineId },
      batchId: 'b',
      ingestedAtUs: 0n,
    } as unknown as BatchInput);
  return { engine, begin, seen };
}

const addTo = (batch: RecordSetBatch, bytes = 10) =>
  batch.add({ partition: 0, recordSet: new Uint8Array(bytes), from: 0n, to: 5n, aborted: [] });

for (const [end, cause] of [
  ['exit', 'ended with code 7'],
  ['throw', 'out of its mind'],
] as const) {
  test(`[S12] a thread that dies by ${end} fails its batches, is told, and the next batch has a fresh one`, async () => {
    const { engine, begin, seen } = crashing({ threadsMax: 1 });
    const [doomed, beside] = [await begin(end), await begin('good')];
    await expect(addTo(doomed)).rejects.toMatchObject({
      code: 'HW_STAGING_ENGINE_THREAD_DIED',
      canRetry: true,
      message: expect.stringContaining(cause) as string,
    });
    await expect(addTo(beside)).rejects.toMatchObject({ code: 'HW_STAGING_ENGINE_THREAD_DIED' });
    await doomed.discard();
    expect([engine.threadCount(), seen.at(-1)]).toEqual([0, { running: 0, died: 1 }]);
    const fresh = await begin('good');
    expect(await addTo(fresh)).toMatchObject({ nextOffset: 5n });
    expect(engine.threadCount()).toBe(1);
  });
}

test('lanes that are busy at the same time have a thread each, up to the most there may be', async () => {
  const { engine, begin } = crashing();
  expect(engine.threadCount()).toBe(0);
  const batches = [await begin('a'), await begin('b'), await begin('c')];
  expect(engine.threadCount()).toBe(2);
  for (const batch of batches) await batch.discard();
});

test('a lane whose batches follow each other keeps to one thread', async () => {
  const { engine, begin } = crashing();
  for (let round = 0; round < 3; round++) {
    const batch = await begin('a');
    await addTo(batch);
    await batch.discard();
  }
  expect(engine.threadCount()).toBe(1);
});

test('a thread without work ends, and idle lanes hold none', async () => {
  const { engine, begin, seen } = crashing({ idleMs: 20 });
  const batch = await begin('a');
  await addTo(batch);
  await expect.poll(() => engine.threadCount()).toBe(1);
  await batch.discard();
  await expect.poll(() => engine.threadCount()).toBe(0);
  expect(seen.at(-1)).toEqual({ running: 0, died: 0 });
});

test('[S11] bytes on their way to a thread count as held', async () => {
  const { begin } = crashing();
  const batch = await begin('a');
  const adding = addTo(batch, 1_000);
  expect(batch.bufferedBytes()).toBe(1_000);
  await adding;
  expect(batch.bufferedBytes()).toBe(11);
  await batch.discard();
});

test('[S12] a thread that is closed while it lands lets the process live', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-engine-'));
  const pipeline = {
    pipelineId: 'closing',
    topic: 'closing',
    contract: contractOf([column('id', { kind: 'string' })]),
    schemaIds: [],
  } as unknown as BatchInput['pipeline'];
  const values = Array.from({ length: 50_000 }, (_, id) => Buffer.from(`{"id":"${id}"}`));
  const recordSet = encodeSampleRecordSet(values, recordBatchCodecs.crc32c);
  const ends = new Set<string | undefined>();
  try {
    for (const afterMs of [0, 5, 10, 20, 30, 50]) {
      const engine = createThreadedEngine({
        name: 'duckdb',
        entry: new URL('./engine-thread.ts', import.meta.url),
        data,
        threadsMax: 1,
        idleMs: 60_000,
        logger: silentLogger,
      });
      const batch = await engine.beginBatch({ pipeline, batchId: randomUUID(), ingestedAtUs: 1n });
      await batch.add({ partition: 0, recordSet, from: 0n, to: 50_000n, aborted: [] });
      const landing = batch.land(folder).then(
        () => 'landed',
        (error: unknown) => (error as { readonly code?: string }).code,
      );
      await sleep(afterMs);
      await engine.close();
      ends.add(await landing);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect([...ends].filter((end) => end !== 'landed')).toEqual(['HW_STAGING_ENGINE_THREAD_DIED']);
});
