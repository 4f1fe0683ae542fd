import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import {
  createCheckpointFiles,
  createDuckDbEngine,
  openDatabase,
  readTableRows,
} from '@headwater/adapter-parquet';
import { loadSnapshot, type ObjectStore } from '@headwater/core-delta';
import {
  encodeKeptRecords,
  planBackfill,
  type KeptRecord,
  type LedgerTransfer,
  type OperatingPlan,
  type OperatingProgress,
  type PipelineSpec,
  type RecordSource,
} from '@headwater/core-staging';
import { silentLogger } from '@headwater/kernel';
import { column, contractOf } from '@headwater/testkit';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createReplayRows } from '../replay/replay-rows.ts';
import type { OperatingRun, OperatingWorld } from '../replay/operating-world.ts';
import { createSwapRows } from './swap-rows.ts';
import { createTableRanges } from './table-ranges.ts';

/** Records per answer of the topic. */
const ANSWER_RECORDS = 3;
const utf8 = new TextEncoder();

/**
 * A topic that lies in memory, as record batches. Every sixth record has no name, which the contract demands; every
 * fourth has a flag that a contract with flags refuses.
 */
function createMemoryTopic(offsets: readonly number[]) {
  const partitions = offsets.map((end) =>
    Array.from({ length: end }, (_, offset): KeptRecord => {
      const flag = offset % 4 === 1 ? { flag: 'odd' } : {};
      const value = { id: offset, ...(offset % 6 === 5 ? {} : { name: `n${offset}` }), ...flag };
      return {
        offset: BigInt(offset),
        timestampMs: 1_700_000_000_000 + offset,
        key: null,
        value: utf8.encode(JSON.stringify(value)),
        headers: [],
      };
    }),
  );
  const ends = new Map(offsets.map((end, partition) => [partition, BigInt(end)]));
  const source: RecordSource = {
    describeTopic: () =>
      Promise.resolve({
        name: 'a.b',
        topicId: 'topic-id',
        compacted: false,
        partitions: offsets.map((_, partition) => ({ partition, leaderEpoch: 0 })),
      }),
    fetch: ({ positions }) =>
      Promise.resolve(
        positions.map(({ partition, offset }) => ({
          kind: 'records' as const,
          partition,
          recordSet: encodeKeptRecords(
            partitions[partition]!.slice(Number(offset), Number(offset) + ANSWER_RECORDS),
            recordBatchCodecs.crc32c,
          ),
          highWatermark: ends.get(partition)!,
          lastStableOffset: ends.get(partition)!,
          logStartOffset: 0n,
          aborted: [],
        })),
      ),
    release: () => undefined,
    offsetsAt: (_topic, asked, at) =>
      Promise.resolve(new Map(asked.map((each) => [each, at === 'earliest' ? 0n : ends.get(each)!]))),
    commitOffsets: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return source;
}

const pipelineIn = (lakeUrl: string): PipelineSpec => ({
  pipelineId: randomUUID(),
  productName: 'a/b',
  topic: 'a.b',
  topicId: 'topic-id',
  tableUrl: `${lakeUrl}/b`,
  quarantineUrl: `${lakeUrl}/b__quarantine`,
  contract: contractOf(
    [
      column('id', { kind: 'integer', bits: 64 }, { required: true }),
      column('name', { kind: 'string' }, { required: true }),
    ],
    { contractId: 'b', keyColumns: ['id'] },
  ),
  transformHash: 'transform',
  schemaIds: [],
  flushIntervalMs: 100,
  flushBytesMax: 1_000_000,
  desiredState: 'running',
  generation: 1,
});

/** Everything a backfill touches, with tables in a folder of its own or in `lakeUrl`; `wrap` may break their stores. */
export async function createMemoryBackfill(
  wrap: (url: string, store: ObjectStore) => ObjectStore,
  lakeUrl?: string,
) {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-backfill-'));
  const database = await openDatabase({ threads: 1, memoryMiB: 256 });
  const engine = createDuckDbEngine({ database, codecs: recordBatchCodecs });
  const checkpointFiles = createCheckpointFiles(database);
  const pipeline = pipelineIn(lakeUrl ?? pathToFileURL(folder).href);
  const state = { pipeline };
  const told: OperatingProgress[] = [];
  const mirrored = new Map<string, LedgerTransfer>();
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  const source = createMemoryTopic([20, 9]);
  const world = {
    lanes: {
      engine,
      clock,
      ids: { uuid: () => randomUUID() },
      logger: silentLogger,
      settings: { checkpointInterval: 5 },
      store: {
        pipeline: (id: string) =>
          Promise.resolve(id === state.pipeline.pipelineId ? state.pipeline : undefined),
      },
      openTable: async (url: string) => ({
        store: wrap(url, await connectObjectStore(url)),
        checkpointFiles,
        md5,
      }),
      source,
    },
    engine,
    operating: {
      recordProgress: (_planId: string, progress: OperatingProgress) =>
        Promise.resolve(void told.push(progress)),
      beginEpoch: (epoch: { readonly pipelineId: string; readonly nextPipelineId: string }) => {
        if (epoch.pipelineId !== state.pipeline.pipelineId) return Promise.resolve('moved');
        state.pipeline = { ...state.pipeline, ...epoch, pipelineId: epoch.nextPipelineId };
        return Promise.resolve('begun');
      },
      mirrorTransfers: (transfers: readonly LedgerTransfer[]) => {
        for (const each of transfers)
          mirrored.set(JSON.stringify([each.transferId, each.partition, each.group]), each);
        return Promise.resolve();
      },
    },
    ranges: createTableRanges(database),
    swaps: createSwapRows(database),
    rows: createReplayRows(database),
    crc32c: recordBatchCodecs.crc32c,
    openSource: () => source,
    sha256: (text: string) => createHash('sha256').update(text).digest('hex'),
  } as unknown as OperatingWorld;
  return {
    world,
    pipeline,
    /** What Postgres would say of the pipeline. */
    state,
    told,
    /** Transfers in Postgres, each once. */
    mirrored,
    /** Local files of the lake, for reading them as somebody else would. */
    database,
    /** Rows of a table, `partition:offset` each, and its log; undefined when it is not there. */
    async read(url: string, names: readonly [string, string]) {
      const store = await connectObjectStore(url, 'read');
      const snapshot = await loadSnapshot({ store, checkpointFiles, md5 });
      if (snapshot === undefined) return { rows: [], store, snapshot };
      const rows: string[] = [];
      const reading = { database, store, getUrl: () => Promise.resolve(undefined) };
      for await (const lines of readTableRows(reading, snapshot))
        for (const line of lines) {
          const row = JSON.parse(line) as Record<string, number>;
          rows.push(`${row[names[0]]}:${row[names[1]]}`);
        }
      return { rows: rows.sort(), store, snapshot };
    },
    close() {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type MemoryBackfill = Awaited<ReturnType<typeof createMemoryBackfill>>;

/** A run of the backfill of [2, 19) of partition 0 and all of partition 1. */
export function runOf({ world, pipeline }: MemoryBackfill, signal: AbortSignal): OperatingRun {
  const plan: OperatingPlan = planBackfill(pipeline, {
    backfillId: '0123456789ab',
    ranges: [
      { partition: 0, from: 2n, to: 19n },
      { partition: 1, from: 0n, to: 9n },
    ],
    standing: new Map(),
    sample: { offsets: 0n, bytes: 0n, accepted: 0n, refused: 0n },
  });
  return { world, planId: randomUUID(), plan, fence: 1n, signal };
}
