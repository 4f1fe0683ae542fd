import { randomUUID } from 'node:crypto';
import type {
  ActionResult,
  RetentionPlan,
  RetentionPlanState,
  RetentionRun,
  RetentionStore,
  RetentionTrigger,
  RunOutcome,
  StoredRetentionPlan,
} from '@headwater/core-retention';
import { createAuditTrail } from '../mesh/audit-trail.ts';
import type { Db, Prisma, PrismaClient } from '../prisma.ts';
import { fromJson, fromMs, inOrder, present, toJson, toMs, uuids } from '../row.ts';

type PlanRow = Prisma.RetentionPlanGetPayload<object>;

const toStoredPlan = (row: PlanRow): StoredRetentionPlan =>
  present({
    id: row.id,
    state: row.state as RetentionPlanState,
    trigger: row.trigger as RetentionTrigger,
    waitsBecause: row.waitsBecause,
    plan: fromJson<RetentionPlan>(row.plan),
    appliedAtMs: toMs(row.appliedAt) ?? null,
  });

type PlanReads = Pick<RetentionStore, 'planByIds' | 'latestPlan' | 'previewByHash'>;

export const createPlanReads = (db: Db): PlanReads => ({
  async planByIds(ids) {
    const rows = await db.retentionPlan.findMany({ where: { id: { in: uuids(ids) } } });
    return inOrder(ids, rows.map(toStoredPlan));
  },
  async latestPlan(productId) {
    const row = await db.retentionPlan.findFirst({
      where: { dataProductId: { in: uuids([productId]) } },
      orderBy: [{ computedAt: 'desc' }, { id: 'desc' }],
    });
    return row === null ? undefined : toStoredPlan(row);
  },
  async previewByHash(productId, hash) {
    const row = await db.retentionPlan.findFirst({
      where: { dataProductId: { in: uuids([productId]) }, hash, state: 'previewed' },
      orderBy: [{ computedAt: 'desc' }, { id: 'desc' }],
    });
    return row === null ? undefined : toStoredPlan(row);
  },
});

type PlanWrites = Pick<RetentionStore, 'savePlan' | 'beginRun' | 'recordAction' | 'finishRun' | 'prunePlans'>;

export const createPlanWrites = (prisma: PrismaClient, tenant: string): PlanWrites => ({
  savePlan: (plan, facts) => prisma.$transaction((db) => savePlan(db, plan, facts)),
  beginRun: (planId) => prisma.$transaction((db) => beginRun(db, planId)),
  async recordAction(runId, results) {
    await prisma.retentionRun.update({
      where: { id: runId, state: 'running' },
      data: { results: toJson(results) },
    });
  },
  finishRun: (run, outcome) => prisma.$transaction((db) => finishRun(db, tenant, run, outcome)),
  async prunePlans(supersededBeforeMs) {
    const { count } = await prisma.retentionPlan.deleteMany({
      where: { state: 'superseded', computedAt: { lt: fromMs(supersededBeforeMs) }, runs: { none: {} } },
    });
    return count;
  },
});

async function savePlan(
  db: Db,
  plan: RetentionPlan,
  { trigger, waitsBecause }: Parameters<RetentionStore['savePlan']>[1],
): Promise<StoredRetentionPlan> {
  await db.retentionPlan.updateMany({
    where: { dataProductId: plan.productId, state: 'previewed' },
    data: { state: 'superseded' },
  });
  const row = await db.retentionPlan.create({
    data: {
      id: randomUUID(),
      dataProductId: plan.productId,
      hash: plan.hash,
      state: 'previewed',
      trigger,
      waitsBecause: waitsBecause ?? null,
      plan: toJson(plan),
      computedAt: fromMs(plan.computedAtMs),
    },
  });
  return toStoredPlan(row);
}

/** The row of the plan is locked, so of two workers one begins the run and the other goes on with the same one. */
async function beginRun(db: Db, planId: string): Promise<RetentionRun | undefined> {
  const [plan] = await db.$queryRaw<{ state: RetentionPlanState }[]>`
    SELECT state FROM retention_plan WHERE id = ${planId}::uuid FOR UPDATE`;
  if (plan?.state === 'applying') {
    const run = await db.retentionRun.findFirst({ where: { planId, state: 'running' } });
    return run === null ? undefined : { id: run.id, planId, results: fromJson<ActionResult[]>(run.results) };
  }
  if (plan?.state !== 'previewed') return undefined;
  await db.retentionPlan.update({ where: { id: planId }, data: { state: 'applying' } });
  const id = randomUUID();
  await db.$executeRaw`
    INSERT INTO retention_run (id, plan_id, state, results, started_at) VALUES (${id}::uuid, ${planId}::uuid, 'running', '[]', now())`;
  return { id, planId, results: [] };
}

async function finishRun(db: Db, tenant: string, run: RetentionRun, outcome: RunOutcome): Promise<void> {
  const error = outcome.state === 'applied' ? null : outcome.error;
  const state = error === null ? 'succeeded' : 'failed';
  const count = await db.$executeRaw`
    UPDATE retention_run SET state = ${state}, finished_at = now(), results = ${JSON.stringify(run.results)}::jsonb,
      error = ${error === null ? null : JSON.stringify(withoutUndefined(error))}::jsonb
    WHERE id = ${run.id}::uuid AND state = 'running'`;
  if (count === 0) return;
  const plan = await db.retentionPlan.update({
    where: { id: run.planId },
    data: { state: outcome.state },
    include: { dataProduct: { select: { qualifiedName: true } } },
  });
  await db.$executeRaw`UPDATE retention_plan SET applied_at = now() WHERE id = ${run.planId}::uuid`;
  await createAuditTrail(db, tenant).append({
    actor: 'retention-worker',
    event: `retention.${outcome.state}`,
    subject: plan.dataProduct.qualifiedName,
    facts: {
      planId: run.planId,
      planHash: plan.hash,
      actions: run.results.map(({ action, target, outcome: did }) => ({ action, target, outcome: did })),
      ...(error === null ? {} : { error: { code: error.code, message: error.message } }),
    },
  });
}

const withoutUndefined = ({ code, message, fix }: Extract<RunOutcome, { error: object }>['error']) => ({
  code,
  message,
  ...(fix === undefined ? {} : { fix }),
});
