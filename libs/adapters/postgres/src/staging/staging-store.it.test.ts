import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { silentLogger } from '@headwater/kernel';
import { createTestDatabase, type TestDatabase } from '@headwater/testkit';
import type { LaneId, LedgerEntry, MirroredBatch, NewIncident } from '@headwater/core-staging';
import { noted, storeProduct } from '../mesh/sample-product.test-data.ts';
import { createPostgres, type Postgres } from '../postgres.ts';
import { noRecords } from './ledger-classes.ts';

let database: TestDatabase;
let postgres: Postgres;

beforeAll(async () => {
  database = await createTestDatabase(inject('stack').databaseUrl);
  postgres = await createPostgres({
    databaseUrl: database.databaseUrl,
    applicationName: 'test',
    logger: silentLogger,
  });
});
afterAll(async () => {
  await postgres.close();
  await database.drop();
});

const topicId = randomUUID();

const entry = (partition: number, from: bigint, landed: bigint, quarantined = 0n): LedgerEntry => ({
  topicId,
  partition,
  from,
  to: from + landed + quarantined,
  classes: { ...noRecords, landed, quarantined },
  samples: [{ offset: from, timestampMs: 1_700_000_000_000 }],
});

const batch = (batchSeq: number, entries: readonly LedgerEntry[]): MirroredBatch => ({
  batchId: randomUUID(),
  batchSeq,
  fence: 1n,
  tableVersion: BigInt(batchSeq),
  committedAtMs: 1_700_000_000_000 + batchSeq * 1_000,
  contractVersion: '1.0.0',
  entries,
  quarantine: entries
    .filter(({ classes }) => classes.quarantined > 0n)
    .map(({ partition, from, classes }) => ({
      stage: 'map',
      reason: 'type',
      path: 'amount',
      records: Number(classes.quarantined),
      partition,
      offset: from,
    })),
});

async function newLane(): Promise<LaneId> {
  const { pipelineId } = await storeProduct(postgres.mesh);
  return { pipelineId, lane: 0 };
}

const reportOf = async ({ pipelineId }: LaneId) =>
  (await postgres.mesh.reads.staging.reports([pipelineId]))[0];

test('a pipeline is read back as it was stored', async () => {
  const { pipelineId, qualifiedName } = await storeProduct(postgres.mesh);
  const spec = await postgres.staging.pipeline(pipelineId);
  expect(spec).toMatchObject({
    pipelineId,
    productName: qualifiedName,
    flushBytesMax: 1_000_000,
    generation: 1,
  });
  expect(await postgres.staging.pipeline(randomUUID())).toBeUndefined();
});

test('[S10] a batch that is mirrored twice, also at the same moment, is counted once', async () => {
  const lane = await newLane();
  const first = batch(0, [entry(0, 0n, 90n, 10n), entry(1, 0n, 50n)]);
  await Promise.all(Array.from({ length: 5 }, () => postgres.staging.mirrorLedger(lane, first)));
  await postgres.staging.mirrorLedger(lane, first);
  expect((await reportOf(lane))?.totals).toEqual({ ...noRecords, landed: 140n, quarantined: 10n });
  const [group] = await postgres.mesh.reads.staging.quarantineGroups([lane.pipelineId], 10);
  expect(group).toMatchObject({ reason: 'type', path: 'amount', records: 10n });
});

test('[S10] the mirror knows how far it came, -1 before the first batch', async () => {
  const lane = await newLane();
  expect(await postgres.staging.mirroredThrough(lane)).toBe(-1);
  await postgres.staging.mirrorLedger(lane, batch(0, [entry(0, 0n, 1n)]));
  await postgres.staging.mirrorLedger(lane, batch(1, [entry(0, 1n, 1n)]));
  expect(await postgres.staging.mirroredThrough(lane)).toBe(1);
});

test('[S10] Postgres itself refuses an entry that does not balance, and stores nothing of its batch', async () => {
  const lane = await newLane();
  const wrong = { ...entry(1, 0n, 5n), to: 6n };
  await expect(postgres.staging.mirrorLedger(lane, batch(0, [entry(0, 0n, 5n), wrong]))).rejects.toThrow(
    /balance/,
  );
  expect((await reportOf(lane))?.totals).toEqual(noRecords);
  expect(await postgres.staging.mirroredThrough(lane)).toBe(-1);
});

test('offsets beyond 2^53 keep every digit', async () => {
  const lane = await newLane();
  const far = 9_007_199_254_740_993n;
  await postgres.staging.mirrorLedger(lane, batch(0, [entry(0, far, 3n)]));
  const { items } = await postgres.mesh.reads.staging.ledger(lane.pipelineId, {
    direction: 'forward',
    limit: 10,
  });
  expect(items[0]?.item).toMatchObject({ from: far, to: far + 3n });
});

test('the ledger is paged newest first, each entry once, forward and backward alike', async () => {
  const lane = await newLane();
  for (const seq of [0, 1, 2]) {
    const at = BigInt(seq) * 10n;
    await postgres.staging.mirrorLedger(lane, batch(seq, [entry(0, at, 10n), entry(1, at, 10n)]));
  }
  const read = postgres.mesh.reads.staging;
  const seen: string[] = [];
  let after: { key: string; id: string } | undefined;
  for (;;) {
    const page = await read.ledger(lane.pipelineId, {
      direction: 'forward',
      limit: 2,
      ...(after === undefined ? {} : { after }),
    });
    seen.push(...page.items.map(({ item }) => `${item.batchSeq}/${item.partition}`));
    expect(page.totalCount).toBe(6);
    if (!page.hasNextPage) break;
    after = page.items.at(-1)?.position;
  }
  expect(seen).toEqual(['2/1', '2/0', '1/1', '1/0', '0/1', '0/0']);
  const last = await read.ledger(lane.pipelineId, { direction: 'backward', limit: 2 });
  expect(last.items.map(({ item }) => `${item.batchSeq}/${item.partition}`)).toEqual(['0/1', '0/0']);
  expect(last.hasPreviousPage).toBe(true);
  const ofOne = await read.ledger(lane.pipelineId, { direction: 'forward', limit: 10 }, 1);
  expect(ofOne.items).toHaveLength(3);
});

test('a cursor of another list is refused by name', async () => {
  const lane = await newLane();
  await expect(
    postgres.mesh.reads.staging.ledger(lane.pipelineId, {
      direction: 'forward',
      limit: 1,
      after: { key: 'x', id: 'y' },
    }),
  ).rejects.toMatchObject({ code: 'HW_STORE_CURSOR' });
});

test('a status is shown with its holder, and an unknown lag stays unknown', async () => {
  const lane = await newLane();
  expect(await reportOf(lane)).toMatchObject({ lanes: [{ lane: 0 }] });
  await postgres.laneLeases.claim(lane, 'worker', 60_000);
  const status = {
    state: 'running',
    engine: 'duckdb',
    partitions: [{ partition: 0, nextOffset: 5n, highWatermark: 9n }],
    recordsPerSecond: 1.5,
    bytesPerSecond: 100,
    tableVersion: 3n,
    lastCommitAtMs: 1_700_000_000_000,
  } as const;
  await postgres.staging.reportStatuses([{ lane, status }]);
  const report = (await reportOf(lane))?.lanes[0];
  expect(report).toMatchObject({ owner: 'worker', fence: 1n });
  expect(report?.status).toEqual(status);
});

const gap: Omit<NewIncident, 'pipelineId'> = {
  kind: 'offset-out-of-range',
  partition: 2,
  from: 10n,
  to: 20n,
  cause: 'the topic begins at 20',
  fix: 'accept the loss',
};

test('[S8] an incident is opened once; a repeated report widens it', async () => {
  const { pipelineId } = await newLane();
  const first = await postgres.staging.openIncident({ ...gap, pipelineId });
  const again = await postgres.staging.openIncident({ ...gap, pipelineId, to: 30n });
  expect(again).toEqual(first);
  const open = await postgres.mesh.reads.incidents.openByPipelineIds([pipelineId]);
  expect(open).toMatchObject([{ id: first.incidentId, status: 'open', from: 10n, to: 30n }]);
  const other = await postgres.staging.openIncident({ ...gap, pipelineId, partition: 3 });
  expect(other.incidentId).not.toBe(first.incidentId);
});

test('[S8] an accepted loss is handed to the lane until it is applied, with the gap the operator saw', async () => {
  const { pipelineId } = await newLane();
  const { incidentId } = await postgres.staging.openIncident({ ...gap, pipelineId });
  const accept = (generation: number) =>
    postgres.mesh.unit(async (unit) => {
      await unit.audit.append(noted('incident.loss-accepted'));
      return unit.incidents.acceptLoss(incidentId, generation, { by: 'ann', reason: 'known gap' });
    });
  await expect(accept(7)).rejects.toMatchObject({ code: 'HW_STORE_GENERATION' });
  await accept(1);
  await postgres.staging.openIncident({ ...gap, pipelineId, to: 99n });
  expect(await postgres.staging.acceptedLosses(pipelineId)).toEqual([
    { incidentId, partition: 2, from: 10n, to: 20n, reason: 'known gap', acceptedBy: 'ann' },
  ]);
  await postgres.staging.markLossApplied(incidentId, 'batch-1');
  expect(await postgres.staging.acceptedLosses(pipelineId)).toEqual([]);
  const [resolved] = await postgres.mesh.reads.incidents.byIds([incidentId]);
  expect(resolved?.status).toBe('resolved');
  const reopened = await postgres.staging.openIncident({ ...gap, pipelineId });
  expect(reopened.incidentId).not.toBe(incidentId);
});
