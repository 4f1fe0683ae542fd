import { toJsonSchema } from '@headwater/core-contract';
import {
  isSameJson,
  planProduct,
  type DesiredProduct,
  type MeshUnit,
  type Operation,
  type ObservedProduct,
  type PipelineRecord,
} from '@headwater/core-mesh';
import { effectiveChanges } from '@headwater/core-reconcile';
import { operationalError, userError } from '@headwater/kernel';
import type { Executor, StepDeed } from '../operation/operation-runner.ts';
import type { Platform, Rings } from '../services.ts';
import { loadRequest, markApplied } from './change-of-operation.ts';
import { observeProduct, type World } from './observe-product.ts';
import { planOnboarding } from './plan-onboarding.ts';
import { toPipelineSpec } from './pipeline-spec.ts';

export interface ExecutorOptions {
  readonly world: World;
  readonly unit: <T>(work: (unit: MeshUnit) => Promise<T>) => Promise<T>;
  readonly platform: Platform;
  readonly rings: Rings;
  readonly lakeUrl: string;
}

/** The steps of an onboarding, in the order of the plan. */
export const onboardingSteps = ['check', 'record', 'topic', 'subject', 'pipeline', 'verify'] as const;

/** Brings a product into the desired state of its change request. Each deed can run again after a kill. */
export function createOnboardingExecutor(options: ExecutorOptions): Executor {
  return {
    check: withDesired(options, checkWorld),
    record: withDesired(options, recordProduct),
    topic: withDesired(options, ensureTopic),
    subject: withDesired(options, ensureSubject),
    pipeline: withDesired(options, ensurePipeline),
    verify: withDesired(options, verify),
  } satisfies Record<(typeof onboardingSteps)[number], StepDeed>;
}

interface StepInput extends ExecutorOptions {
  readonly operation: Operation;
  readonly desired: DesiredProduct;
  readonly planHash: string;
  readonly beganBefore: boolean;
}

const withDesired =
  (options: ExecutorOptions, deed: (input: StepInput) => Promise<string>): StepDeed =>
  async (operation, { beganBefore }) => {
    const request = await loadRequest(options.world.reads, operation);
    const desired = request.desired as unknown as DesiredProduct;
    return deed({ ...options, operation, desired, planHash: request.plan.hash, beganBefore });
  };

const observe = ({ world, desired, lakeUrl }: StepInput): Promise<ObservedProduct> =>
  observeProduct(world, {
    domain: desired.domain.name,
    name: desired.name,
    owner: desired.team.name,
    topic: desired.topic.name,
    lakeUrl,
  });

/** Nothing was changed yet, so a world that moved since the plan stops the operation without a trace. */
async function checkWorld(input: StepInput): Promise<string> {
  const plan = planOnboarding(input.desired, await observe(input), input.platform.sha256);
  if (plan.ok && plan.value.hash === input.planHash) return 'The world is as it was when the plan was made.';
  const why = plan.ok ? '' : ` ${plan.error.map(({ message }) => message).join(' ')}`;
  throw userError({
    code: 'HW_PLAN_WORLD_MOVED',
    message: `The cluster, the registry or the catalog changed since the plan was made; nothing was applied.${why}`,
    fix: 'Repeat the request: it makes a new plan.',
  });
}

async function recordProduct({ unit, desired, operation }: StepInput): Promise<string> {
  return unit(async (stores) => {
    if ((await stores.domains.byName(desired.domain.name)) === undefined)
      await stores.domains.create(desired.domain);
    if ((await stores.teams.byName(desired.team.name)) === undefined) {
      await stores.teams.create({ ...desired.team, domainId: desired.domain.id });
    }
    const [existing] = await stores.products.byIds([desired.productId]);
    const { productId, contractVersionId, domain, team, topic, subject, contract } = desired;
    const state = {
      ...(desired.title === undefined ? {} : { title: desired.title }),
      ...(desired.description === undefined ? {} : { description: desired.description }),
      ownerTeamId: team.id,
      topic: { name: topic.name, partitions: topic.partitions, replicationFactor: topic.replicationFactor },
      valueSubject: subject.name,
      tableUrl: desired.tableUrl,
      quarantineUrl: desired.quarantineUrl,
      retention: desired.retention,
      staging: desired.staging,
      contractVersionId,
    };
    if (existing === undefined) {
      await stores.products.create({
        id: productId,
        domainId: domain.id,
        name: desired.name,
        qualifiedName: desired.qualifiedName,
        status: 'draft',
        ...state,
      });
    }
    const { contractVersion, text, compiled } = contract;
    await stores.contracts.save({ id: contractVersionId, productId, contractVersion, text, compiled });
    if (existing !== undefined) await stores.products.update(productId, existing.generation, state);
    await stores.audit.append({
      actor: operation.actor,
      event: 'data-product.recorded',
      subject: desired.qualifiedName,
      facts: { productId, contractVersion, operationId: operation.id },
    });
    return `${existing === undefined ? 'Recorded' : 'Updated'} with contract ${contractVersion}.`;
  });
}

async function ensureTopic(input: StepInput): Promise<string> {
  const { world, desired, beganBefore } = input;
  const { topic } = desired;
  const [seen] = await world.kafka.describeTopics([topic.name]);
  if (seen === undefined) {
    const made = await world.kafka.createTopic(topic);
    if (made.outcome === 'exists') throw topicNotOurs(topic.name);
    await claimTopic(input, made.topicId);
    return `Created with id ${made.topicId}, ${topic.partitions} partitions.`;
  }
  const pipeline = await ownPipeline(input);
  if (pipeline === undefined) {
    // A kill between creating the topic and claiming it leaves exactly the topic that was asked for.
    const isAsMade =
      seen.partitions === topic.partitions &&
      seen.replicationFactor === topic.replicationFactor &&
      Object.entries(topic.configs).every(([key, value]) => seen.configs[key] === value);
    if (!beganBefore || !isAsMade) throw topicNotOurs(topic.name);
    await claimTopic(input, seen.topicId);
    return `Created before the restart with id ${seen.topicId}.`;
  }
  if (pipeline.spec.topicId !== seen.topicId) throw topicNotOurs(topic.name);
  if (seen.partitions < topic.partitions) await world.kafka.createPartitions(topic.name, topic.partitions);
  const changed = Object.entries(topic.configs).filter(([key, value]) => seen.configs[key] !== value);
  if (changed.length > 0) await world.kafka.alterTopicConfigs(topic.name, Object.fromEntries(changed));
  return changed.length === 0
    ? 'Partitions and settings are as desired.'
    : `Changed ${changed.map(([key]) => key).join(', ')}.`;
}

/** The pipeline, still paused, is the proof that the topic with this id is ours. */
async function claimTopic({ unit, desired, operation, platform }: StepInput, topicId: string): Promise<void> {
  await unit(async (stores) => {
    const spec = { ...toPipelineSpec(desired, topicId, platform.sha256), desiredState: 'paused' as const };
    await stores.pipelines.create({ productId: desired.productId, spec });
    await stores.audit.append({
      actor: operation.actor,
      event: 'topic.created',
      subject: desired.qualifiedName,
      facts: {
        topic: desired.topic.name,
        topicId,
        pipelineId: desired.pipelineId,
        operationId: operation.id,
      },
    });
  });
}

async function ensureSubject(input: StepInput): Promise<string> {
  const { world, desired } = input;
  const { name, compatibility } = desired.subject;
  const outcome = await world.registry.registerJsonSchema({
    subject: name,
    schema: desired.contract.jsonSchema,
    compatibility,
    isJudged: await isOursToChange(input),
  });
  if (outcome.kind === 'registered')
    return `Registered as schema ${outcome.schemaId}, compatibility ${compatibility}.`;
  throw userError({
    code: 'HW_SUBJECT_REFUSED',
    message: `The registry refuses the schema of ${name}: ${outcome.problem}`,
    fix: 'Change the contract so that the schema stays compatible, then repeat the request.',
  });
}

/**
 * The newest version of the subject is that of a contract of this product, so the change from it to the new one is the one
 * its readers were asked about.
 */
async function isOursToChange({ world, desired }: StepInput): Promise<boolean> {
  const newest = await world.registry.describeSubject(desired.subject.name);
  if (newest === undefined) return false;
  const versions = await world.reads.contracts.byProductIds([desired.productId]);
  return versions.some(({ compiled }) => isSameJson(toJsonSchema(compiled), newest.schema));
}

async function ensurePipeline(input: StepInput): Promise<string> {
  const { unit, desired, operation, rings, platform } = input;
  const detail = await unit(async (stores) => {
    const [pipeline] = await stores.pipelines.byIds([desired.pipelineId]);
    const [product] = await stores.products.byIds([desired.productId]);
    if (pipeline === undefined || product === undefined)
      throw notThereYet(`The pipeline of ${desired.qualifiedName}`);
    const isNew = product.status === 'draft';
    const { contract, transformHash, flushIntervalMs, flushBytesMax } = toPipelineSpec(
      desired,
      pipeline.spec.topicId,
      platform.sha256,
    );
    await stores.pipelines.update(desired.pipelineId, pipeline.spec.generation, {
      contract,
      transformHash,
      flushIntervalMs,
      flushBytesMax,
      ...(isNew ? { desiredState: 'running' as const } : {}),
    });
    await stores.audit.append({
      actor: operation.actor,
      event: isNew ? 'pipeline.started' : 'pipeline.changed',
      subject: desired.qualifiedName,
      facts: { pipelineId: desired.pipelineId, operationId: operation.id },
    });
    return isNew ? `Staging into ${desired.tableUrl}.` : 'Staging takes the change at its next batch.';
  });
  rings.staging(desired.pipelineId);
  return detail;
}

async function verify(input: StepInput): Promise<string> {
  const { unit, desired, operation } = input;
  const observed = await observe(input);
  const left = planProduct(desired, observed);
  const open = left.ok
    ? effectiveChanges({ hash: '', changes: left.value }).map(({ resource, name }) => `${resource} ${name}`)
    : left.error.map(({ message }) => message);
  if (open.length > 0) throw notThereYet(open.join(', '));
  await unit(async (stores) => {
    const [product] = await stores.products.byIds([desired.productId]);
    if (product !== undefined && product.status === 'draft') {
      await stores.products.update(product.id, product.generation, { status: 'active' });
    }
    await markApplied(stores, operation);
    await stores.audit.append({
      actor: operation.actor,
      event: 'data-product.onboarded',
      subject: desired.qualifiedName,
      facts: { productId: desired.productId, planHash: input.planHash, operationId: operation.id },
    });
  });
  return 'Everything was observed as desired.';
}

async function ownPipeline({ world, desired }: StepInput): Promise<PipelineRecord | undefined> {
  const [pipeline] = await world.reads.pipelines.byProductIds([desired.productId]);
  return pipeline;
}

const topicNotOurs = (topic: string) =>
  userError({
    code: 'HW_TOPIC_NOT_OURS',
    message: `The topic ${topic} appeared on the cluster meanwhile and was not made by Headwater, so it is not touched.`,
    fix: 'Choose another topic name, or have the owner of that topic delete it, then repeat the request.',
  });

const notThereYet = (what: string) =>
  operationalError({
    code: 'HW_VERIFY_NOT_AS_DESIRED',
    message: `Not observed as desired: ${what}.`,
    fix: 'Resume the operation; if it stays, look for what changes it from outside.',
    canRetry: true,
  });
