import type { CompiledContract } from '@headwater/core-contract';
import type { Change } from '@headwater/core-reconcile';
import { canonicalJson, err, ok, type Json, type Result } from '@headwater/kernel';
import type { DesiredProduct } from './desired-product.ts';
import { isTopicOurs, type ObservedProduct } from './observed-product.ts';
import { describeColumnType } from './column-type-text.ts';
import { judgeContractChange } from './contract-change.ts';
import type { Problem } from './problem.ts';

/** The ordered changes from what is observed to what is desired, or why there is no way from here to there. */
export function planProduct(
  desired: DesiredProduct,
  observed: ObservedProduct,
): Result<readonly Change[], readonly Problem[]> {
  const problems = [
    ...judgeTeam(desired, observed),
    ...judgeTopicOwner(desired, observed),
    ...judgeTopicShape(desired, observed),
    ...judgeSubjectOwner(desired, observed),
    ...judgeContractChange(desired.contract.compiled, observed.contract?.compiled),
  ];
  if (problems.length > 0) return err(problems);
  return ok([
    planDomain(desired, observed),
    planTeam(desired, observed),
    planDataProduct(desired, observed),
    planTopic(desired, observed),
    planSubject(desired, observed),
    planRetention(desired, observed),
    planPipeline(desired, observed),
    ...planTables(desired, observed),
  ]);
}

const create = (resource: Change['resource'], name: string, after: Json, reason: string): Change => ({
  action: 'create',
  resource,
  name,
  after,
  risk: 'low',
  dataLoss: false,
  reason,
});

/** `none` when both are equal, else `update`. */
function compare(
  resource: Change['resource'],
  name: string,
  before: Json,
  after: Json,
  reason: string,
): Change {
  const isEqual = canonicalJson(before) === canonicalJson(after);
  return {
    action: isEqual ? 'none' : 'update',
    resource,
    name,
    before,
    after,
    risk: isEqual ? 'none' : 'low',
    dataLoss: false,
    reason: isEqual ? 'It is as desired.' : reason,
  };
}

const planDomain = ({ domain }: DesiredProduct, observed: ObservedProduct): Change =>
  observed.domain === undefined
    ? create('domain', domain.name, { name: domain.name }, 'The domain does not exist yet.')
    : compare('domain', domain.name, { name: domain.name }, { name: domain.name }, '');

const planTeam = ({ team, domain }: DesiredProduct, observed: ObservedProduct): Change =>
  observed.team === undefined
    ? create('team', team.name, { name: team.name, domain: domain.name }, 'The team does not exist yet.')
    : compare('team', team.name, { name: team.name }, { name: team.name }, '');

function planDataProduct(desired: DesiredProduct, { product, contract }: ObservedProduct): Change {
  const name = desired.qualifiedName;
  const after = {
    owner: desired.team.name,
    title: desired.title ?? null,
    description: desired.description ?? null,
    contractVersion: desired.contract.contractVersion,
    columns: describeColumns(desired.contract.compiled),
    staging: { ...desired.staging },
  };
  if (product === undefined || contract === undefined) {
    return create('data-product', name, after, 'The product does not exist yet.');
  }
  const before = {
    owner: product.ownerTeamId === desired.team.id ? desired.team.name : product.ownerTeamId,
    title: product.title ?? null,
    description: product.description ?? null,
    contractVersion: contract.contractVersion,
    columns: describeColumns(contract.compiled),
    staging: { ...product.staging },
  };
  const change = compare('data-product', name, before, after, 'The description or the contract changes.');
  return change.action === 'none' && contract.text !== desired.contract.text
    ? { ...change, action: 'update', risk: 'low', reason: 'The text of the contract changes.' }
    : change;
}

const describeColumns = ({ columns }: CompiledContract): readonly string[] =>
  columns.map(({ name, type, required }) => `${name} ${describeColumnType(type)}${required ? '' : '?'}`);

function planTopic({ topic }: DesiredProduct, observed: ObservedProduct): Change {
  const { name, ...after } = topic;
  if (observed.topic === undefined) return create('topic', name, after, 'The topic does not exist yet.');
  const observedConfigs = observed.topic.configs;
  const before = {
    partitions: observed.topic.partitions,
    replicationFactor: observed.topic.replicationFactor,
    configs: Object.fromEntries(
      Object.keys(topic.configs).flatMap((key) => {
        const value = observedConfigs[key];
        return value === undefined ? [] : [[key, value]];
      }),
    ),
  };
  return compare('topic', name, before, after, 'Partitions or settings differ.');
}

function planSubject({ subject, contract }: DesiredProduct, observed: ObservedProduct): Change {
  const after = { schemaType: 'JSON', schema: contract.jsonSchema, compatibility: subject.compatibility };
  if (observed.subject === undefined) {
    return create('subject', subject.name, after, 'The schema is not registered yet.');
  }
  const { schemaType, schema, compatibility } = observed.subject;
  const before = {
    schemaType,
    schema: isSameJson(schema, after.schema) ? after.schema : schema,
    compatibility,
  };
  return compare('subject', subject.name, before, after, 'The schema or its compatibility differs.');
}

const planRetention = ({ retention, qualifiedName }: DesiredProduct, { product }: ObservedProduct): Change =>
  product === undefined
    ? create('retention', qualifiedName, { ...retention }, 'One promise for every copy of the product.')
    : compare('retention', qualifiedName, { ...product.retention }, { ...retention }, 'The promise changes.');

/** A draft is not finished: its pipeline waits paused until everything else stands. Later only operators pause and resume. */
function planPipeline(desired: DesiredProduct, { pipeline, product }: ObservedProduct): Change {
  const name = desired.qualifiedName;
  const isDraft = product === undefined || product.status === 'draft';
  const after = {
    ...(isDraft ? { state: 'running' } : {}),
    topic: desired.topic.name,
    table: desired.tableUrl,
    contractVersion: desired.contract.contractVersion,
    ...desired.staging,
  };
  if (pipeline === undefined) return create('pipeline', name, after, 'Staging starts with the topic.');
  const { spec } = pipeline;
  const before = {
    ...(isDraft ? { state: spec.desiredState } : {}),
    topic: spec.topic,
    table: spec.tableUrl,
    contractVersion: spec.contract.contractVersion,
    flushIntervalMs: spec.flushIntervalMs,
    flushBytesMax: spec.flushBytesMax,
  };
  return compare('pipeline', name, before, after, 'The contract or the settings of staging change.');
}

const planTables = (desired: DesiredProduct, { pipeline }: ObservedProduct): readonly Change[] =>
  pipeline !== undefined
    ? []
    : [desired.tableUrl, desired.quarantineUrl].map((url) =>
        create(
          'table',
          url,
          { columns: desired.contract.compiled.columns.length },
          'Made with the first batch.',
        ),
      );

function judgeTeam({ team, domain }: DesiredProduct, observed: ObservedProduct): readonly Problem[] {
  if (observed.team === undefined || observed.team.domainId === observed.domain?.id) return [];
  return [
    {
      code: 'HW_TEAM_OF_ANOTHER_DOMAIN',
      message: `The team ${team.name} belongs to another domain than ${domain.name}.`,
      fix: 'Name a team of this domain as owner, or a new one.',
      path: ['owner'],
    },
  ];
}

function judgeTopicOwner(
  { topic, qualifiedName }: DesiredProduct,
  observed: ObservedProduct,
): readonly Problem[] {
  const path = ['topic', 'name'];
  if (observed.topicClaimedBy !== undefined) {
    return [
      {
        code: 'HW_TOPIC_CLAIMED',
        message: `The topic ${topic.name} belongs to the product ${observed.topicClaimedBy}.`,
        fix: 'Choose another topic name, or change that product.',
        path,
      },
    ];
  }
  if (observed.pipeline !== undefined && observed.pipeline.spec.topic !== topic.name) {
    return [
      {
        code: 'HW_TOPIC_CANNOT_BE_RENAMED',
        message: `${qualifiedName} is on the topic ${observed.pipeline.spec.topic}; a topic cannot be renamed.`,
        fix: 'Leave the name as it is, or onboard a new product.',
        path,
      },
    ];
  }
  if (observed.topic === undefined || isTopicOurs(observed)) return [];
  return [
    {
      code: 'HW_TOPIC_NOT_OURS',
      message: `The topic ${topic.name} exists on the cluster and was not made by Headwater, so it is not touched (rule topic-not-ours).`,
      fix: 'Choose another topic name with topic.name, or have the owner of that topic delete it first.',
      path,
    },
  ];
}

function judgeTopicShape({ topic }: DesiredProduct, observed: ObservedProduct): readonly Problem[] {
  if (observed.topic === undefined && topic.replicationFactor > observed.brokerCount) {
    return [
      {
        code: 'HW_TOPIC_TOO_FEW_BROKERS',
        message: `The topic asks for ${topic.replicationFactor} replicas and the cluster has ${observed.brokerCount} brokers.`,
        fix: `Ask for at most ${observed.brokerCount} replicas, or leave replicationFactor out.`,
        path: ['topic', 'replicationFactor'],
      },
    ];
  }
  if (observed.topic === undefined || !isTopicOurs(observed)) return [];
  const problems: Problem[] = [];
  if (topic.partitions < observed.topic.partitions) {
    problems.push({
      code: 'HW_TOPIC_PARTITIONS_CANNOT_SHRINK',
      message: `${topic.name} has ${observed.topic.partitions} partitions; Kafka cannot take any away.`,
      fix: `Ask for ${observed.topic.partitions} partitions or more.`,
      path: ['topic', 'partitions'],
    });
  }
  if (topic.replicationFactor !== observed.topic.replicationFactor) {
    problems.push({
      code: 'HW_TOPIC_REPLICATION_FIXED',
      message: `${topic.name} has ${observed.topic.replicationFactor} replicas; moving replicas is not supported.`,
      fix: 'Leave replicationFactor out.',
      path: ['topic', 'replicationFactor'],
    });
  }
  return problems;
}

function judgeSubjectOwner({ subject }: DesiredProduct, observed: ObservedProduct): readonly Problem[] {
  if (observed.subject === undefined || observed.product?.valueSubject === subject.name) return [];
  return [
    {
      code: 'HW_SUBJECT_NOT_OURS',
      message: `The subject ${subject.name} exists in the registry and was not made by Headwater, so it is not touched.`,
      fix: 'Choose another topic name, or have the owner of that subject delete it first.',
      path: ['topic', 'name'],
    },
  ];
}

/** Whether two texts are JSON of one meaning. */
export function isSameJson(a: string, b: string): boolean {
  try {
    return canonicalJson(JSON.parse(a)) === canonicalJson(JSON.parse(b));
  } catch {
    return false;
  }
}
