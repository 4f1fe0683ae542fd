import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { silentLogger } from '@headwater/kernel';
import { createTestDatabase, type TestDatabase } from '@headwater/testkit';
import type { LaneId } from '@headwater/core-staging';
import { createConnectionPool } from '../connection-pool.ts';
import { createPostgres, type Postgres } from '../postgres.ts';
import { storeProduct } from '../mesh/sample-product.test-data.ts';

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

const longMs = 60_000;

async function newLane(): Promise<LaneId> {
  const { pipelineId } = await storeProduct(postgres.mesh);
  return { pipelineId, lane: 0 };
}

const renew = async (lane: LaneId, owner: string, fence: bigint, ttlMs: number): Promise<boolean> =>
  (await postgres.laneLeases.renew(owner, [{ ...lane, fence }], ttlMs)).length === 1;

/** Lets the lease end as time would, without waiting for it. */
async function expire(lane: LaneId): Promise<void> {
  const pool = createConnectionPool({ databaseUrl: database.databaseUrl, applicationName: 'test' });
  await pool.query(`UPDATE lane_lease SET lease_until = now() - interval '1 ms' WHERE pipeline_id = $1`, [
    lane.pipelineId,
  ]);
  await pool.end();
}

test('[S1] of many owners that claim one lane at the same moment exactly one gets it', async () => {
  const lane = await newLane();
  for (let round = 1; round <= 5; round += 1) {
    const owners = Array.from({ length: 20 }, (_, index) => `worker-${round}-${index}`);
    const claims = await Promise.all(owners.map((owner) => postgres.laneLeases.claim(lane, owner, longMs)));
    const winners = claims.filter((claim) => claim !== undefined);
    expect(winners).toEqual([{ fence: BigInt(round) }]);
    await expire(lane);
  }
});

test('[S1] a held lane is not given to another owner, nor to the same owner again', async () => {
  const lane = await newLane();
  expect(await postgres.laneLeases.claim(lane, 'a', longMs)).toEqual({ fence: 1n });
  expect(await postgres.laneLeases.claim(lane, 'b', longMs)).toBeUndefined();
  expect(await postgres.laneLeases.claim(lane, 'a', longMs)).toBeUndefined();
});

test('[S1] the fence grows with every claim, also after a release', async () => {
  const lane = await newLane();
  const fences: bigint[] = [];
  for (let round = 0; round < 4; round += 1) {
    const claim = await postgres.laneLeases.claim(lane, `w${round}`, longMs);
    fences.push(claim?.fence ?? -1n);
    if (round % 2 === 0) await postgres.laneLeases.release(lane, `w${round}`, claim?.fence ?? -1n);
    else await expire(lane);
  }
  expect(fences).toEqual([1n, 2n, 3n, 4n]);
});

test('[S1] a lease that has ended cannot be renewed, even when nobody took it', async () => {
  const lane = await newLane();
  const claim = await postgres.laneLeases.claim(lane, 'a', longMs);
  expect(await renew(lane, 'a', claim?.fence ?? 0n, longMs)).toBe(true);
  await expire(lane);
  expect(await renew(lane, 'a', claim?.fence ?? 0n, longMs)).toBe(false);
});

test('[S1] an owner of an older fence can neither renew nor release the lane of its successor', async () => {
  const lane = await newLane();
  await postgres.laneLeases.claim(lane, 'a', longMs);
  await expire(lane);
  const second = await postgres.laneLeases.claim(lane, 'a', longMs);
  expect(second).toEqual({ fence: 2n });
  expect(await renew(lane, 'a', 1n, longMs)).toBe(false);
  await postgres.laneLeases.release(lane, 'a', 1n);
  expect(await renew(lane, 'a', 2n, longMs)).toBe(true);
});

test('[S1] a higher fence found in the log is kept, a lower one is ignored, and the next claim is above it', async () => {
  const lane = await newLane();
  await postgres.laneLeases.claim(lane, 'a', longMs);
  await postgres.laneLeases.raiseFence(lane, 'a', 40n);
  await postgres.laneLeases.raiseFence(lane, 'a', 7n);
  expect(await renew(lane, 'a', 40n, longMs)).toBe(true);
  await expire(lane);
  expect(await postgres.laneLeases.claim(lane, 'b', longMs)).toEqual({ fence: 41n });
});

test('unleased lists lanes of running pipelines only, until somebody holds them', async () => {
  const running = await newLane();
  const paused = await storeProduct(postgres.mesh, { desiredState: 'paused' });
  const ids = async () =>
    (await postgres.laneLeases.unleased('a', 1_000)).map(({ pipelineId }) => pipelineId);
  expect(await ids()).toContain(running.pipelineId);
  expect(await ids()).not.toContain(paused.pipelineId);
  await postgres.laneLeases.claim(running, 'a', longMs);
  expect(await ids()).not.toContain(running.pipelineId);
  await expire(running);
  expect(await ids()).toContain(running.pipelineId);
});

test('a lane that does not exist cannot be claimed', async () => {
  expect(await postgres.laneLeases.claim({ pipelineId: randomUUID(), lane: 0 }, 'a', longMs)).toBeUndefined();
});

test('[S1] one statement renews every lane of an owner, and tells which are no longer its own', async () => {
  const [mine, ended, taken] = [await newLane(), await newLane(), await newLane()];
  for (const lane of [mine, ended, taken]) await postgres.laneLeases.claim(lane, 'a', longMs);
  await expire(ended);
  await expire(taken);
  await postgres.laneLeases.claim(taken, 'b', longMs);
  const held = [mine, ended, taken].map((lane) => ({ ...lane, fence: 1n }));
  expect(await postgres.laneLeases.renew('a', held, longMs)).toEqual([mine]);
  expect(await postgres.laneLeases.renew('a', [], longMs)).toEqual([]);
});
