import type { JobHandler, WorkContext } from '@headwater/core-jobs';
import {
  compileRetention,
  judgeBlastRadius,
  judgeCopies,
  planRetention,
  type CompiledRetention,
  type RetentionInventory,
  type RetentionTarget,
} from '@headwater/core-retention';
import { faultPoint } from '@headwater/core-staging';
import { userError } from '@headwater/kernel';
import { applyPlan } from './apply-plan.ts';
import { observeProduct } from './observe-product.ts';
import type { RetentionWorld } from './retention-world.ts';

/** The handlers of the queue `retention`. */
export const retentionHandlers = (world: RetentionWorld): readonly JobHandler[] =>
  [
    { job: 'plan-retention', run: ({ productId }) => planOnDemand(world, productId) },
    {
      job: 'apply-retention',
      run: ({ productId, planId }, context) => applyOnDemand(world, productId, planId, context),
    },
    { job: 'enforce-retention', run: ({ productId }, context) => enforce(world, productId, context) },
  ] satisfies readonly [
    JobHandler<'plan-retention'>,
    JobHandler<'apply-retention'>,
    JobHandler<'enforce-retention'>,
  ] as unknown as readonly JobHandler[];

interface Case {
  readonly target: RetentionTarget;
  readonly compiled: CompiledRetention;
}

async function planOnDemand(world: RetentionWorld, productId: string): Promise<void> {
  const { target, compiled } = await open(world, productId);
  const inventory = await observeProduct(world, target, compiled);
  const plan = planRetention(compiled, inventory, world.sha256);
  const radius = judgeBlastRadius(plan, inventory, world.limits);
  await world.store.savePlan(plan, {
    trigger: 'demand',
    ...(radius.kind === 'beyond' ? { waitsBecause: radius.reason } : {}),
  });
  await keepLedger(world, compiled, inventory);
}

async function applyOnDemand(
  world: RetentionWorld,
  productId: string,
  planId: string,
  { work, signal }: WorkContext,
): Promise<void> {
  const { target, compiled } = await open(world, productId);
  await applyPlan(world, { planId, target, compiled, job: work.job.name, attempt: work.attempt, signal });
  await keepLedger(world, compiled, await observeProduct(world, target, compiled));
}

/** The scheduled round: goes on with a round that was killed, else plans and applies what needs no person. */
async function enforce(world: RetentionWorld, productId: string, context: WorkContext): Promise<void> {
  const { target, compiled } = await open(world, productId);
  const { job, attempt } = context.work;
  const apply = (planId: string): Promise<void> =>
    applyPlan(world, { planId, target, compiled, job: job.name, attempt, signal: context.signal });
  const latest = await world.store.latestPlan(productId);
  if (latest?.state === 'applying') {
    if (latest.trigger === 'schedule') await apply(latest.id);
    return;
  }
  const inventory = await observeProduct(world, target, compiled);
  const plan = planRetention(compiled, inventory, world.sha256);
  if (plan.actions.length === 0) return keepLedger(world, compiled, inventory);
  const radius = judgeBlastRadius(plan, inventory, world.limits);
  if (radius.kind === 'beyond') {
    const isShown = latest?.state === 'previewed' && latest.plan.hash === plan.hash;
    if (!isShown) {
      await world.store.savePlan(plan, { trigger: 'schedule', waitsBecause: radius.reason });
      world.logger.warn({ productId, reason: radius.reason }, 'retention waits for a person');
    }
    return keepLedger(world, compiled, inventory);
  }
  if (__HEADWATER_FAULTS__) await faultPoint('retention.plan');
  const { id } = await world.store.savePlan(plan, { trigger: 'schedule' });
  await apply(id);
  await keepLedger(world, compiled, await observeProduct(world, target, compiled));
}

async function open(world: RetentionWorld, productId: string): Promise<Case> {
  const target = await world.store.target(productId);
  if (target === undefined) {
    throw userError({
      code: 'HW_RETENTION_PRODUCT_UNKNOWN',
      message: `There is no product ${productId} whose data is kept.`,
      fix: 'Name a product that is active.',
    });
  }
  const compiled = compileRetention(target.promise);
  if (!compiled.ok) {
    const { code, message, fix } = compiled.error;
    throw userError({ code, message, fix, path: target.productName });
  }
  return { target, compiled: compiled.value };
}

async function keepLedger(
  world: RetentionWorld,
  compiled: CompiledRetention,
  inventory: RetentionInventory,
): Promise<void> {
  const ledger = judgeCopies(compiled, inventory);
  await world.store.saveLedger(ledger);
  world.metrics.ledgerComputed(
    inventory.productName,
    ledger.copies.filter(({ keepsPromise }) => !keepsPromise).length,
  );
}
