import type { CompiledContract } from '@headwater/core-contract';
import { err, ok, type Ids, type Result } from '@headwater/kernel';
import type { DataProduct, RetentionPromise, StagingSettings, TopicSpec } from './data-product.ts';
import {
  defaultTopicName,
  isKebabName,
  isReservedTopic,
  isTopicName,
  qualifiedNameOf,
  valueSubjectOf,
} from './names.ts';
import type { ObservedProduct } from './observed-product.ts';
import type { Problem } from './problem.ts';
import type { SubjectCompatibility } from './schema-registry.ts';

/** What somebody asks for, after the contract was parsed. Absent options are decided here. */
export interface ProductWish {
  readonly domain: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  /** Name of the owning team. */
  readonly owner: string;
  readonly contract: DesiredContract;
  readonly topic: Partial<TopicSpec>;
  readonly retention: RetentionPromise;
  readonly staging: Partial<StagingSettings>;
}

export interface DesiredContract {
  readonly contractId: string;
  readonly contractVersion: string;
  readonly text: string;
  readonly compiled: CompiledContract;
  readonly jsonSchema: string;
}

/** Everything that should exist for a product. Plain data: it is stored with the change request and hashed. */
export interface DesiredProduct {
  readonly productId: string;
  readonly pipelineId: string;
  readonly contractVersionId: string;
  readonly domain: { readonly id: string; readonly name: string };
  readonly team: { readonly id: string; readonly name: string };
  readonly name: string;
  readonly qualifiedName: string;
  readonly title?: string;
  readonly description?: string;
  readonly contract: DesiredContract;
  readonly topic: TopicSpec & { readonly configs: Readonly<Record<string, string>> };
  readonly subject: { readonly name: string; readonly compatibility: SubjectCompatibility };
  readonly tableUrl: string;
  readonly quarantineUrl: string;
  readonly retention: RetentionPromise;
  readonly staging: StagingSettings;
}

/** What of it decides whether a plan is still the same: everything but the identifiers that were made for it. */
export const toComparable = ({
  productId: _productId,
  pipelineId: _pipelineId,
  contractVersionId: _contractVersionId,
  domain,
  team,
  ...rest
}: DesiredProduct) => ({ ...rest, domain: domain.name, team: team.name });

export interface DesiredDefaults {
  readonly lakeUrl: string;
  /** Topic settings that the retention promise compiles to. */
  readonly topicConfigs: Readonly<Record<string, string>>;
  readonly ids: Ids;
}

const partitionsDefault = 3;
const replicationDefault = 3;
const stagingDefault: StagingSettings = { flushIntervalMs: 1_000, flushBytesMax: 64 * 1024 * 1024 };

/** Fills in what the wish leaves open; what exists keeps its shape unless the wish says otherwise. */
export function decideDesired(
  wish: ProductWish,
  observed: ObservedProduct,
  defaults: DesiredDefaults,
): Result<DesiredProduct, readonly Problem[]> {
  const problems = judgeNames(wish);
  if (problems.length > 0) return err(problems);
  const { product } = observed;
  const topicName = wish.topic.name ?? product?.topic.name ?? defaultTopicName(wish.domain, wish.name);
  const tableUrl = product?.tableUrl ?? freeTableUrl(wish, observed, defaults.lakeUrl);
  const title = wish.title ?? product?.title;
  const description = wish.description ?? product?.description;
  return ok({
    productId: product?.id ?? defaults.ids.uuid(),
    pipelineId: observed.pipeline?.spec.pipelineId ?? defaults.ids.uuid(),
    contractVersionId: contractVersionId(wish, observed) ?? defaults.ids.uuid(),
    domain: { id: observed.domain?.id ?? defaults.ids.uuid(), name: wish.domain },
    team: { id: observed.team?.id ?? defaults.ids.uuid(), name: wish.owner },
    name: wish.name,
    qualifiedName: qualifiedNameOf(wish.domain, wish.name),
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    contract: wish.contract,
    topic: decideTopic(topicName, wish, observed, defaults),
    subject: { name: valueSubjectOf(topicName), compatibility: 'BACKWARD' },
    tableUrl,
    quarantineUrl: product?.quarantineUrl ?? `${tableUrl}__quarantine`,
    retention: wish.retention,
    staging: decideStaging(wish, product),
  });
}

const decideTopic = (
  name: string,
  wish: ProductWish,
  observed: ObservedProduct,
  defaults: DesiredDefaults,
): DesiredProduct['topic'] => ({
  name,
  partitions: wish.topic.partitions ?? observed.product?.topic.partitions ?? partitionsDefault,
  replicationFactor:
    wish.topic.replicationFactor ??
    observed.product?.topic.replicationFactor ??
    Math.min(replicationDefault, observed.brokerCount),
  configs: defaults.topicConfigs,
});

const decideStaging = (wish: ProductWish, product: DataProduct | undefined): StagingSettings => ({
  flushIntervalMs:
    wish.staging.flushIntervalMs ?? product?.staging.flushIntervalMs ?? stagingDefault.flushIntervalMs,
  flushBytesMax: wish.staging.flushBytesMax ?? product?.staging.flushBytesMax ?? stagingDefault.flushBytesMax,
});

/** An equal contract keeps its stored version. */
const contractVersionId = (wish: ProductWish, { contract }: ObservedProduct): string | undefined =>
  contract?.text === wish.contract.text && contract.contractVersion === wish.contract.contractVersion
    ? contract.id
    : undefined;

/** A table that a retired product left behind is never written again: its offsets belong to another topic. */
function freeTableUrl(wish: ProductWish, { takenTableUrls }: ObservedProduct, lakeUrl: string): string {
  const first = `${lakeUrl}/${wish.domain}/${wish.name}`;
  if (!takenTableUrls.includes(first)) return first;
  for (let n = 2; ; n += 1) {
    const next = `${first}__${n}`;
    if (!takenTableUrls.includes(next)) return next;
  }
}

function judgeNames(wish: ProductWish): readonly Problem[] {
  const kebab = ([field, value]: readonly [string, string]): readonly Problem[] =>
    isKebabName(value)
      ? []
      : [
          {
            code: 'HW_NAME_NOT_KEBAB',
            message: `The ${field} "${value.slice(0, 80)}" is not in kebab case.`,
            fix: 'Use lower case letters, digits and single hyphens, beginning with a letter, at most 63 characters.',
            path: [field],
          },
        ];
  const problems = [
    ['domain', wish.domain] as const,
    ['name', wish.name] as const,
    ['owner', wish.owner] as const,
  ].flatMap(kebab);
  return [...problems, ...judgeTopicWish(wish.topic), ...judgeStagingWish(wish.staging)];
}

function judgeTopicWish({ name, partitions, replicationFactor }: ProductWish['topic']): readonly Problem[] {
  const problems: Problem[] = [];
  if (name !== undefined && (!isTopicName(name) || isReservedTopic(name))) {
    problems.push({
      code: isTopicName(name) ? 'HW_TOPIC_RESERVED' : 'HW_TOPIC_NAME_INVALID',
      message: isTopicName(name)
        ? `The topic ${name} belongs to Kafka, the registry or Connect and is never touched.`
        : `"${name.slice(0, 80)}" is no topic name.`,
      fix: 'Leave the name out to get <domain>.<product>, or use letters, digits, dots, hyphens and underscores.',
      path: ['topic', 'name'],
    });
  }
  if (partitions !== undefined && (partitions < 1 || partitions > 1_000)) {
    problems.push(rangeProblem('partitions', partitions, 1_000));
  }
  if (replicationFactor !== undefined && (replicationFactor < 1 || replicationFactor > 9)) {
    problems.push(rangeProblem('replicationFactor', replicationFactor, 9));
  }
  return problems;
}

const flushMs = { min: 100, max: 3_600_000 };
const flushBytes = { min: 64 * 1024, max: 1024 * 1024 * 1024 };

function judgeStagingWish({ flushIntervalMs, flushBytesMax }: ProductWish['staging']): readonly Problem[] {
  const outside = (
    field: string,
    value: number | undefined,
    { min, max }: typeof flushMs,
  ): readonly Problem[] =>
    value === undefined || (value >= min && value <= max)
      ? []
      : [
          {
            code: 'HW_STAGING_OPTION_OUT_OF_RANGE',
            message: `${field} is ${value}; it must be from ${min} to ${max}.`,
            fix: 'Leave it out, or choose a value in that range.',
            path: ['staging', field],
          },
        ];
  return [
    ...outside('flushInterval', flushIntervalMs, flushMs),
    ...outside('flushBytes', flushBytesMax, flushBytes),
  ];
}

const rangeProblem = (field: string, value: number, max: number): Problem => ({
  code: 'HW_TOPIC_OPTION_OUT_OF_RANGE',
  message: `${field} is ${value}; it must be from 1 to ${max}.`,
  fix: `Choose a value from 1 to ${max}, or leave it out.`,
  path: ['topic', field],
});
