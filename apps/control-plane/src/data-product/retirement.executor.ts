import type { DataProduct, MeshUnit, Operation, RetirementWish } from '@headwater/core-mesh';
import { operationalError, unexpectedError, userError } from '@headwater/kernel';
import type { Executor, StepDeed } from '../operation/operation-runner.ts';
import type { TableReader } from '../staging/table-reader.ts';
import { loadRequest, markApplied } from './change-of-operation.ts';
import type { ExecutorOptions } from './onboarding.executor.ts';
import { observeRetirement, planRetirementOf } from './plan-retirement.ts';

/** The steps of a retirement, in order; `tables` only when the tables are deleted. */
export const retirementSteps = ['check', 'stop', 'topic', 'subject', 'tables', 'finish'] as const;

export interface RetirementOptions extends ExecutorOptions {
  readonly tables: Pick<TableReader, 'deleteTable'>;
}

/** Takes a product out of service. Each deed can run again after a kill. */
export function createRetirementExecutor(options: RetirementOptions): Executor {
  return {
    check: withProduct(options, checkWorld),
    stop: withProduct(options, stopPipeline),
    topic: withProduct(options, deleteTopic),
    subject: withProduct(options, deleteSubject),
    tables: withProduct(options, deleteTables),
    finish: withProduct(options, finish),
  } satisfies Record<(typeof retirementSteps)[number], StepDeed>;
}

interface StepInput extends RetirementOptions {
  readonly operation: Operation;
  readonly wish: RetirementWish;
  readonly product: DataProduct;
  readonly planHash: string;
}

const withProduct =
  (options: RetirementOptions, deed: (input: StepInput) => Promise<string>): StepDeed =>
  async (operation) => {
    const request = await loadRequest(options.world.reads, operation);
    const [product] = await options.world.reads.products.byIds([request.productId]);
    if (product === undefined) {
      throw unexpectedError({
        code: 'HW_PRODUCT_VANISHED',
        message: `${request.productName} is not stored any more.`,
      });
    }
    const wish = request.desired as unknown as RetirementWish;
    return deed({ ...options, operation, wish, product, planHash: request.plan.hash });
  };

async function checkWorld({ world, wish, product, planHash, lakeUrl, platform }: StepInput): Promise<string> {
  const observed = await observeRetirement(world, product, lakeUrl);
  const plan = planRetirementOf(wish, product, observed, platform.sha256);
  if (plan.ok && plan.value.hash === planHash) return 'The world is as it was when the plan was made.';
  throw userError({
    code: 'HW_PLAN_WORLD_MOVED',
    message: 'The cluster, the registry or the catalog changed since the plan was made; nothing was applied.',
    fix: 'Repeat the request: it makes a new plan.',
  });
}

const lanesIdleMsMax = 20_000;
const lookEveryMs = 500;

async function stopPipeline({ world, unit, product, operation, rings }: StepInput): Promise<string> {
  const [pipeline] = await world.reads.pipelines.byProductIds([product.id]);
  if (pipeline === undefined) return 'There is no pipeline.';
  const { pipelineId, generation, desiredState } = pipeline.spec;
  if (desiredState !== 'retired') {
    await unit(async (stores) => {
      await stores.pipelines.update(pipelineId, generation, { desiredState: 'retired' });
      await appendAudit(stores, operation, 'pipeline.retired', product, { pipelineId });
    });
  }
  rings.staging(pipelineId);
  for (let waitedMs = 0; waitedMs < lanesIdleMsMax; waitedMs += lookEveryMs) {
    const [report] = await world.reads.staging.reports([pipelineId]);
    if (report === undefined || report.lanes.every(({ owner }) => owner === undefined))
      return 'Staging has stopped.';
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw operationalError({
    code: 'HW_PIPELINE_STILL_RUNNING',
    message: `A staging worker still holds a lane of ${product.qualifiedName}.`,
    fix: 'Look at the staging workers, then resume the operation.',
    canRetry: true,
  });
}

async function deleteTopic({ world, unit, product, operation }: StepInput): Promise<string> {
  const [pipeline] = await world.reads.pipelines.byProductIds([product.id]);
  if (pipeline === undefined)
    return 'Staging never began, so no topic is known to be ours; none was deleted.';
  const { topic, topicId } = pipeline.spec;
  await world.kafka.deleteTopic(topic, topicId);
  const [left] = await world.kafka.describeTopics([topic]);
  if (left?.topicId === topicId) {
    throw operationalError({
      code: 'HW_TOPIC_NOT_GONE',
      message: `The topic ${topic} is still there after it was deleted.`,
      fix: 'Resume the operation; if it stays, look at the log of the controller.',
      canRetry: true,
    });
  }
  await unit((stores) => appendAudit(stores, operation, 'topic.deleted', product, { topic, topicId }));
  return left === undefined
    ? `Deleted; it stays away.`
    : `Deleted, but another client made it again; if nobody did so on purpose, set auto.create.topics.enable=false.`;
}

async function deleteSubject({ world, product }: StepInput): Promise<string> {
  await world.registry.deleteSubject(product.valueSubject);
  return `${product.valueSubject} is soft deleted.`;
}

async function deleteTables({ tables, wish, product, unit, operation }: StepInput): Promise<string> {
  if (wish.tables === 'keep') return 'The tables are kept.';
  for (const url of [product.tableUrl, product.quarantineUrl]) await tables.deleteTable(url);
  await unit((stores) =>
    appendAudit(stores, operation, 'tables.deleted', product, { tableUrl: product.tableUrl }),
  );
  return 'The primary and the quarantine table are gone.';
}

async function finish({ unit, wish, product, operation, platform }: StepInput): Promise<string> {
  return unit(async (stores) => {
    const [current] = await stores.products.byIds([product.id]);
    if (current !== undefined && current.status !== 'retired') {
      await stores.products.update(product.id, current.generation, {
        status: 'retired',
        retiredAtMs: platform.clock.nowMs(),
      });
    }
    const [pipeline] = await stores.pipelines.byProductIds([product.id]);
    if (pipeline !== undefined) await stores.incidents.resolveOfPipeline(pipeline.spec.pipelineId);
    await markApplied(stores, operation);
    await appendAudit(stores, operation, 'data-product.retired', product, {
      reason: wish.reason,
      tables: wish.tables,
    });
    return `${product.qualifiedName} is retired.`;
  });
}

const appendAudit = (
  stores: MeshUnit,
  { id, actor }: Operation,
  event: string,
  product: DataProduct,
  facts: Readonly<Record<string, string>>,
): Promise<void> =>
  stores.audit.append({
    actor,
    event,
    subject: product.qualifiedName,
    facts: { ...facts, productId: product.id, operationId: id },
  });
