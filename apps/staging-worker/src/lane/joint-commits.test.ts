import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import { createCheckpointFiles, openDatabase, type Database } from '@headwater/adapter-parquet';
import { createTable, field, loadSnapshot, readLogEntry, struct, type TableIo } from '@headwater/core-delta';
import {
  batchSeqAppId,
  fenceAppId,
  noOffsets,
  planFenceCommit,
  planPrimaryCommit,
  primaryAppId,
  readBatchRecord,
  type BatchRecord,
  type Intent,
} from '@headwater/core-staging';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createJointCommits, type ReadyBatch } from './joint-commits.ts';
import { commitPlan, type LaneTable } from './lane-table.ts';
import type { HeldLease } from './lease.ts';

const world = {
  clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
  ids: { uuid: () => randomUUID() },
};
const pipelineId = '3f2c9a4e-0000-4000-8000-000000000001';
const topicId = 'a8b1f2d0-0000-4000-8000-00000000000a';

let folder: string;
let database: Database;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-joint-'));
  database = await openDatabase({ threads: 1, memoryMiB: 128 });
});
afterAll(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A table with the fences of three lanes in it; each lane knows it at a version of its own. */
async function openLanes(wrap: (io: TableIo) => TableIo = (io) => io) {
  const url = pathToFileURL(join(folder, randomUUID())).href;
  const io = wrap({
    store: await connectObjectStore(url),
    checkpointFiles: createCheckpointFiles(database),
    md5,
  });
  const table = {
    tableId: randomUUID(),
    name: 'orders',
    schema: struct([field('id', 'long')]),
    partitionColumns: [],
    personalColumns: new Set<string>(),
    properties: {},
  };
  const { snapshot } = await createTable(io, table, { batchId: randomUUID(), nowMs: Date.now() });
  const lanes: LaneTable[] = [];
  let last = snapshot;
  for (const lane of [0, 1, 2]) {
    const own: LaneTable = { io, snapshot: last };
    await commitPlan(world, own, planFenceCommit({ pipelineId, lane }, 3n, Date.now()));
    lanes.push(own);
    last = own.snapshot;
  }
  return { io, lanes };
}

const leaseOf = (isHeld: () => boolean): HeldLease => ({
  fence: 3n,
  isHeld,
  ended: new AbortController().signal,
  raise: () => Promise.resolve(),
  release: () => Promise.resolve(),
});

function readyBatch(table: LaneTable, lane: number, isHeld = () => true): ReadyBatch {
  const intent: Intent = {
    batchId: randomUUID(),
    pipelineId,
    lane,
    batchSeq: 0,
    revision: 0,
    fence: 3n,
    epoch: 1n,
    topic: 'orders',
    topicId,
    ranges: [{ partition: lane, from: 0n, to: 5n, leaderEpoch: 0, losses: [] }],
    contractVersion: '1.0.0',
    schemaIds: [],
    transformHash: 'hash',
    engine: 'duckdb',
    ingestedAtUs: 1n,
  };
  const classes = { ...noOffsets, landed: 5n };
  const entries = [{ topicId, partition: lane, from: 0n, to: 5n, classes, samples: [] }];
  const { batchId, batchSeq, fence, contractVersion, engine } = intent;
  const head = { batchId, batchSeq, pipelineId, lane, fence, contractVersion, engine };
  const batch: BatchRecord = { ...head, entries, quarantine: [], losses: [] };
  const plan = planPrimaryCommit(intent, batch, [], undefined, Date.now());
  return { lease: leaseOf(isHeld), table, intent, plan, flushIntervalMs: 100, isUrgent: () => false };
}

async function lanesIn(io: TableIo, version: bigint): Promise<number[]> {
  const actions = (await readLogEntry(io.store, version)) ?? [];
  return [0, 1, 2].filter((lane) => readBatchRecord(actions, { pipelineId, lane }) !== undefined);
}

const txnOf = async (io: TableIo, appId: string) => (await loadSnapshot(io))?.txns.get(appId)?.version;

test('[S14] batches of several lanes share one version, and each lane goes on from it', async () => {
  const { io, lanes } = await openLanes();
  const joint = createJointCommits(world);
  const ends = await Promise.all(lanes.map((table, lane) => joint.commit(readyBatch(table, lane))));
  expect(ends).toMatchObject([
    { kind: 'committed', version: 4n },
    { kind: 'committed', version: 4n },
    { kind: 'committed', version: 4n },
  ]);
  expect(await lanesIn(io, 4n)).toEqual([0, 1, 2]);
  expect(lanes.map(({ snapshot }) => snapshot.version)).toEqual([4n, 4n, 4n]);
});

test('[S7][S14] a lane without its lease, and one whose successor fenced it unseen, drop out; the others commit', async () => {
  const { io, lanes } = await openLanes();
  const [first, second, third] = lanes as [LaneTable, LaneTable, LaneTable];
  // Lane 1 is fenced by a successor, and lane 2 knows the table as it is after that.
  const other: LaneTable = { io, snapshot: third.snapshot };
  await commitPlan(world, other, planFenceCommit({ pipelineId, lane: 1 }, 4n, Date.now()));
  third.snapshot = other.snapshot;
  const joint = createJointCommits(world);
  const ends = await Promise.all([
    joint.commit(readyBatch(first, 0, () => false)),
    joint.commit(readyBatch(second, 1)),
    joint.commit(readyBatch(third, 2)),
  ]);
  expect(ends.map(({ kind }) => kind)).toEqual(['lost', 'lost', 'committed']);
  expect(await lanesIn(io, 5n)).toEqual([2]);
  expect(await txnOf(io, primaryAppId(pipelineId, topicId, 1))).toBeUndefined();
});

test('[S7][S14] a successor that none of the lanes has seen costs its own lane and no other', async () => {
  const { io, lanes } = await openLanes();
  await commitPlan(
    world,
    { io, snapshot: lanes[2]!.snapshot },
    planFenceCommit({ pipelineId, lane: 0 }, 4n, Date.now()),
  );
  const joint = createJointCommits(world);
  const ends = await Promise.all(lanes.map((table, lane) => joint.commit(readyBatch(table, lane))));
  expect(ends.map(({ kind }) => kind)).toEqual(['lost', 'committed', 'committed']);
  expect(await lanesIn(io, 5n)).toEqual([1, 2]);
  expect(await txnOf(io, fenceAppId({ pipelineId, lane: 0 }))).toBe(4n);
});

test('[S6][S14] a joint commit whose answer was lost is found once, by all of its lanes', async () => {
  let lost = 0;
  const { io, lanes } = await openLanes((real) => ({
    ...real,
    store: {
      ...real.store,
      async putIfAbsent(path, bytes) {
        const answer = await real.store.putIfAbsent(path, bytes);
        if (!path.endsWith('4.json') || lost++ > 0) return answer;
        return { kind: 'ambiguous', cause: 'the connection was reset' };
      },
    },
  }));
  const joint = createJointCommits(world);
  const ends = await Promise.all(lanes.map((table, lane) => joint.commit(readyBatch(table, lane))));
  expect(lost).toBe(1);
  expect(ends.map(({ kind }) => kind)).toEqual(['committed', 'committed', 'committed']);
  expect((await loadSnapshot(io))?.version).toBe(4n);
  expect(await txnOf(io, batchSeqAppId({ pipelineId, lane: 2 }))).toBe(0n);
});
