import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { RetentionLedger, RetentionPlan } from '@headwater/core-retention';
import { silentLogger } from '@headwater/kernel';
import { createTestDatabase, type TestDatabase } from '@headwater/testkit';
import type { Pool } from 'pg';
import { createConnectionPool } from '../connection-pool.ts';
import { noted, storeProduct } from '../mesh/sample-product.test-data.ts';
import { createPostgres, type Postgres } from '../postgres.ts';

let database: TestDatabase;
let postgres: Postgres;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase(inject('stack').databaseUrl);
  postgres = await createPostgres({
    databaseUrl: database.databaseUrl,
    applicationName: 'test',
    logger: silentLogger,
  });
  pool = createConnectionPool({ databaseUrl: database.databaseUrl, applicationName: 'test' });
});
afterAll(async () => {
  await pool.end();
  await postgres.close();
  await database.drop();
});

const planOf = (productId: string, hash = randomUUID()): RetentionPlan => ({
  productId,
  productName: 'sales/orders',
  promise: { periodMs: 86_400_000, mode: 'staging-first' },
  hash,
  computedAtMs: Date.now(),
  actions: [],
  kept: [],
});

const save = (plan: RetentionPlan) => postgres.retention.savePlan(plan, { trigger: 'demand' });
const done = { action: 'vacuum', target: 't', outcome: 'deleted 3 files' };

test('[R10] a plan is shown until the next one supersedes it', async () => {
  const { productId } = await storeProduct(postgres.mesh);
  const first = await save(planOf(productId));
  expect(await postgres.mesh.reads.retention.latestPlan(productId)).toEqual(first);
  expect(await postgres.retention.previewByHash(productId, first.plan.hash)).toEqual(first);
  const second = await save(planOf(productId));
  expect(await postgres.retention.previewByHash(productId, first.plan.hash)).toBeUndefined();
  expect(await postgres.retention.latestPlan(productId)).toEqual(second);
  expect(await postgres.retention.beginRun(first.id), 'a superseded plan is not carried out').toBeUndefined();
});

test('[R9] a run that was interrupted goes on behind its finished actions; two workers get the same run', async () => {
  const { productId } = await storeProduct(postgres.mesh);
  const { id } = await save(planOf(productId));
  const runs = await Promise.all([postgres.retention.beginRun(id), postgres.retention.beginRun(id)]);
  expect(new Set(runs.map((run) => run?.id)).size).toBe(1);
  await postgres.retention.recordAction(runs[0]?.id ?? '', [done]);
  expect(await postgres.retention.beginRun(id)).toEqual({ ...runs[0], results: [done] });
});

test('[I11] the end of a run is one audit event, also when it is ended twice', async () => {
  const { productId, qualifiedName } = await storeProduct(postgres.mesh);
  const { id, plan } = await save(planOf(productId));
  const run = await postgres.retention.beginRun(id);
  if (run === undefined) throw new Error('the run did not begin');
  const finished = { ...run, results: [done] };
  await postgres.retention.finishRun(finished, { state: 'applied' });
  await postgres.retention.finishRun(finished, {
    state: 'failed',
    error: { code: 'HW_X', message: 'late', fix: undefined },
  });
  const { items } = await postgres.mesh.reads.audit.list(
    { direction: 'forward', limit: 10 },
    { subject: qualifiedName },
  );
  expect(items.map(({ item }) => [item.event, item.facts])).toEqual([
    ['retention.applied', { planId: id, planHash: plan.hash, actions: [done] }],
  ]);
  const [stored] = await postgres.retention.planByIds([id]);
  expect(stored).toMatchObject({ state: 'applied' });
  expect(await postgres.retention.beginRun(id)).toBeUndefined();
  expect(await postgres.mesh.reads.audit.verify()).toMatchObject({ intact: true });
});

test('a target names every pipeline that reads its topic, whoever owns it, but no retired one', async () => {
  const own = await storeProduct(postgres.mesh);
  const other = await storeProduct(postgres.mesh);
  const retired = await storeProduct(postgres.mesh, { desiredState: 'retired' });
  const topic = `${own.domain}.orders`;
  await pool.query('UPDATE staging_pipeline SET topic = $1 WHERE id = ANY ($2::uuid[])', [
    topic,
    [other.pipelineId, retired.pipelineId],
  ]);
  const target = await postgres.retention.target(own.productId);
  expect(target).toMatchObject({ productName: own.qualifiedName, topic, promise: { periodMs: 86_400_000 } });
  expect(target?.pipelines.map(({ pipelineId }) => pipelineId).sort()).toEqual(
    [own.pipelineId, other.pipelineId].sort(),
  );
  expect(await postgres.retention.target(randomUUID())).toBeUndefined();
});

test('[S10] the mirrored version is that of the slowest lane', async () => {
  const { productId, pipelineId } = await storeProduct(postgres.mesh, { lanes: 2 });
  const mirror = (lane: number, batchSeq: number, tableVersion: bigint) =>
    postgres.staging.mirrorLedger(
      { pipelineId, lane },
      {
        batchId: randomUUID(),
        batchSeq,
        fence: 1n,
        tableVersion,
        committedAtMs: 0,
        contractVersion: '1.0.0',
        entries: [],
        quarantine: [],
      },
    );
  expect((await postgres.retention.target(productId))?.pipelines[0]).not.toHaveProperty('mirroredVersion');
  await mirror(0, 0, 4n);
  await mirror(0, 1, 9n);
  await mirror(1, 0, 6n);
  expect((await postgres.retention.target(productId))?.pipelines[0]?.mirroredVersion).toBe(6n);
});

test('[R6] holds of the product and of everything count until they are released', async () => {
  const { productId } = await storeProduct(postgres.mesh);
  const hold = (matter: string, of: string | null, released: string | null) =>
    pool.query(
      `INSERT INTO legal_hold (id, tenant, matter, data_product_id, held_from, created_by, released_at)
       VALUES ($1, 'default', $2, $3, to_timestamp(1000), 'ann', $4)`,
      [randomUUID(), matter, of, released],
    );
  await hold('mine', productId, null);
  await hold('all', null, null);
  await hold('released', productId, '2026-01-01');
  await hold('other', randomUUID(), null);
  const holds = (await postgres.retention.target(productId))?.holds ?? [];
  expect(holds.map(({ matter }) => matter).sort()).toEqual(['all', 'mine']);
  expect(holds[0]).toMatchObject({ fromMs: 1_000_000 });
  await pool.query('DELETE FROM legal_hold');
});

const ledgerOf = (productId: string, computedAtMs: number): RetentionLedger => ({
  productId,
  promise: { periodMs: 86_400_000, mode: 'staging-first' },
  computedAtMs,
  copies: [
    {
      kind: 'topic',
      location: 'sales.orders',
      worstCaseMs: 80_000_000,
      oldestMs: 1_700_000_000_000,
      keepsPromise: true,
      explanation: 'sum',
    },
    { kind: 'table', location: 'file:///t', keepsPromise: false, explanation: 'no bound', fix: 'rewrite' },
  ],
});

test('the ledger is replaced as a whole and read back as it was computed', async () => {
  const { productId } = await storeProduct(postgres.mesh);
  expect(await postgres.mesh.reads.retention.ledgers([productId])).toEqual([]);
  await postgres.retention.saveLedger(ledgerOf(productId, 1_000));
  const newer = { ...ledgerOf(productId, 2_000), copies: ledgerOf(productId, 0).copies.slice(0, 1) };
  await postgres.retention.saveLedger(newer);
  expect(await postgres.mesh.reads.retention.ledgers([productId, randomUUID(), 'x'])).toEqual([newer]);
});

test('the product whose ledger is oldest or missing comes first; retired ones do not come', async () => {
  const [old, missing, retired] = [
    await storeProduct(postgres.mesh),
    await storeProduct(postgres.mesh),
    await storeProduct(postgres.mesh),
  ];
  await postgres.retention.saveLedger(ledgerOf(old.productId, 1_000));
  await postgres.mesh.unit(async (unit) => {
    await unit.audit.append(noted());
    await unit.products.update(retired.productId, 1, { status: 'retired', retiredAtMs: 1 });
  });
  const ids = (await postgres.retention.targetsByAge(1_000)).map(({ productId }) => productId);
  expect(ids.indexOf(missing.productId)).toBeLessThan(ids.indexOf(old.productId));
  expect(ids).not.toContain(retired.productId);
});

test('[I14] superseded plans are removed, plans that were begun are kept', async () => {
  const { productId } = await storeProduct(postgres.mesh);
  const begun = await save(planOf(productId));
  await postgres.retention.beginRun(begun.id);
  await save(planOf(productId));
  const shown = await save(planOf(productId));
  expect(await postgres.retention.prunePlans(Date.now() + 60_000)).toBeGreaterThan(0);
  expect((await postgres.retention.planByIds([begun.id, shown.id])).length).toBe(2);
});
