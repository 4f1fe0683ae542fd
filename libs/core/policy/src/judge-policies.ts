import { isKebabName, isReservedTopic, isTopicName } from '@headwater/core-mesh';
import { brokenErasureKey, brokenPersonalPartition } from './personal-policies.ts';
import type { Breach } from './breach.ts';
import type { PolicyMode, PolicyName, PolicySettings, ProposedProduct } from './proposed-product.ts';

/** What one policy says about one product. `path` is the place in the product, empty when it passes. */
export interface PolicyVerdict {
  readonly policy: PolicyName;
  readonly outcome: 'pass' | 'warn' | 'block';
  readonly message: string;
  readonly path: string;
  readonly fix: string;
}

interface Policy {
  readonly name: PolicyName;
  /** What it demands, in one sentence; shown when it passes. */
  readonly demand: string;
  readonly mode: 'warn' | 'block';
  /** A hard policy ignores the settings' mode. */
  readonly isHard?: true;
  readonly judge: (product: ProposedProduct, settings: PolicySettings) => Breach | undefined;
}

/** Every policy's verdict, hard ones first, in the same order for the same settings. */
export function judgePolicies(product: ProposedProduct, settings: PolicySettings): readonly PolicyVerdict[] {
  return POLICIES.flatMap((policy) => {
    const mode = modeOf(policy, settings);
    if (mode === 'off') return [];
    const breach = policy.judge(product, settings);
    const outcome = breach === undefined ? ('pass' as const) : mode;
    return [
      breach === undefined
        ? { policy: policy.name, outcome, message: policy.demand, path: '', fix: '' }
        : { policy: policy.name, outcome, ...breach },
    ];
  });
}

const modeOf = (policy: Policy, settings: PolicySettings): PolicyMode =>
  policy.isHard === true ? policy.mode : (settings.modes[policy.name] ?? policy.mode);

const POLICIES: readonly Policy[] = [
  {
    name: 'topic-reserved',
    demand: 'The topic is not one of Kafka, the registry or Connect.',
    mode: 'block',
    isHard: true,
    judge: ({ topic }) =>
      isReservedTopic(topic.name)
        ? {
            message: `The topic ${topic.name} belongs to Kafka, the registry or Connect and is never touched.`,
            path: 'topic.name',
            fix: 'Choose another topic name, or leave it out to get <domain>.<product>.',
          }
        : undefined,
  },
  {
    name: 'product-name',
    demand: 'Domain and product have names in kebab case.',
    mode: 'block',
    judge: brokenProductName,
  },
  {
    name: 'topic-name',
    demand: 'The topic is named <domain>.<product>, or begins with it.',
    mode: 'warn',
    judge: brokenTopicName,
  },
  {
    name: 'owner',
    demand: 'A team owns the product.',
    mode: 'block',
    judge: ({ ownerTeam }) =>
      (ownerTeam ?? '').trim() === ''
        ? {
            message: 'Nobody owns the product.',
            path: 'ownerTeam',
            fix: 'Name the owning team: `owner` in the manifest, or team.name in the contract.',
          }
        : undefined,
  },
  {
    name: 'replication',
    demand: 'The topic has as many replicas as the environment asks for, and no more than there are brokers.',
    mode: 'block',
    judge: brokenReplication,
  },
  {
    name: 'partitions',
    demand: 'The topic has a number of partitions one product may have.',
    mode: 'block',
    judge: ({ topic }, { partitionsMax }) =>
      topic.partitions >= 1 && topic.partitions <= partitionsMax
        ? undefined
        : {
            message: `The topic would have ${topic.partitions} partitions; a product may have 1 to ${partitionsMax}.`,
            path: 'topic.partitions',
            fix: `Ask for at most ${partitionsMax} partitions.`,
          },
  },
  {
    name: 'retention-ceiling',
    demand: 'Records are kept no longer than the environment allows.',
    mode: 'block',
    judge: brokenRetention,
  },
  {
    name: 'personal-erasure-key',
    demand: 'A product with personal properties says which property names the person.',
    mode: 'block',
    judge: brokenErasureKey,
  },
  {
    name: 'personal-partition',
    demand: 'No table is partitioned by a personal property.',
    mode: 'block',
    judge: brokenPersonalPartition,
  },
];

function brokenProductName({ domain, name }: ProposedProduct): Breach | undefined {
  const fix =
    'Use lower case letters, digits and single hyphens, beginning with a letter, at most 63 characters.';
  if (!isKebabName(domain)) {
    return { message: `The domain name "${domain.slice(0, 80)}" is not in kebab case.`, path: 'domain', fix };
  }
  if (!isKebabName(name)) {
    return { message: `The product name "${name.slice(0, 80)}" is not in kebab case.`, path: 'name', fix };
  }
  return undefined;
}

function brokenTopicName({ domain, name, topic }: ProposedProduct): Breach | undefined {
  const expected = `${domain}.${name}`;
  const isExpected = topic.name === expected || topic.name.startsWith(`${expected}.`);
  if (isExpected && isTopicName(topic.name)) return undefined;
  return {
    message: `The topic is named ${topic.name.slice(0, 80)}, not ${expected}.`,
    path: 'topic.name',
    fix: `Leave the topic name out to get ${expected}; keep it when an existing topic is adopted.`,
  };
}

function brokenReplication(
  { topic, cluster }: ProposedProduct,
  settings: PolicySettings,
): Breach | undefined {
  const { replicationFactor } = topic;
  const path = 'topic.replicationFactor';
  if (replicationFactor > cluster.brokers) {
    return {
      message: `The topic asks for ${replicationFactor} replicas and the cluster has ${cluster.brokers} brokers.`,
      path,
      fix: `Ask for at most ${cluster.brokers} replicas.`,
    };
  }
  const least = settings.replicationFactorMin;
  if (replicationFactor >= least) return undefined;
  return {
    message: `The topic would have ${replicationFactor} replicas; this environment asks for ${least}.`,
    path,
    fix:
      cluster.brokers >= least
        ? `Ask for ${least} replicas.`
        : `Add brokers: the cluster has ${cluster.brokers}, ${least} are needed.`,
  };
}

const DAY_MS = 86_400_000;

function brokenRetention(
  { contract, retention }: ProposedProduct,
  settings: PolicySettings,
): Breach | undefined {
  const isPersonal = contract.columns.some((column) => column.personal);
  const ceilingMs = isPersonal
    ? Math.min(settings.personalRetentionPeriodMsMax, settings.retentionPeriodMsMax)
    : settings.retentionPeriodMsMax;
  const { periodMs } = retention;
  if (periodMs > 0 && periodMs <= ceilingMs) return undefined;
  const ceiling = Math.floor(ceilingMs / DAY_MS);
  return {
    message:
      periodMs > 0
        ? `Records would be kept ${Math.ceil(periodMs / DAY_MS)} days; ${isPersonal ? 'with personal properties ' : ''}at most ${ceiling} are allowed.`
        : 'The retention period is not a positive length of time.',
    path: 'retention.period',
    fix: `Promise a period of at most ${ceiling} days.`,
  };
}
