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

const ttlMs = 60_000;
const report = (owner: string) => postgres.workerRoster.report({ owner, held: 0, lanesMax: 10 }, ttlMs);
const heldBy = ({ workers }: Awaited<ReturnType<typeof report>>) =>
  Object.fromEntries(workers.map(({ owner, held }) => [owner, held]));

async function endLease({ pipelineId }: LaneId): Promise<void> {
  const pool = createConnectionPool({ databaseUrl: database.databaseUrl, applicationName: 'test' });
  await pool.query(`UPDATE lane_lease SET lease_until = now() WHERE pipeline_id = $1`, [pipelineId]);
  await pool.end();
}

test('[S1] a census counts leases, and a worker only until it lets one end', async () => {
  const lanes: LaneId[] = [];
  for (let count = 0; count < 3; count++) {
    lanes.push({ pipelineId: (await storeProduct(postgres.mesh)).pipelineId, lane: 0 });
  }
  const [first, second] = lanes as [LaneId, LaneId];
  await report('a');
  expect(await report('b')).toMatchObject({ unheld: 3 });
  await postgres.laneLeases.claim(first, 'a', ttlMs);
  await postgres.laneLeases.claim(second, 'b', ttlMs);
  const census = await report('b');
  expect(census.unheld).toBe(1);
  expect(heldBy(census)).toEqual({ a: 1, b: 1 });

  await endLease(first);
  const afterDeath = await report('b');
  expect(afterDeath.unheld).toBe(2);
  expect(heldBy(afterDeath)).toEqual({ b: 1 });
  await postgres.laneLeases.claim(first, 'b', ttlMs);
  expect(heldBy(await report('b')), 'whoever took the lane over').toEqual({ b: 2 });
  expect(heldBy(await report('a')), 'whoever reports lives').toEqual({ a: 0, b: 2 });
});
