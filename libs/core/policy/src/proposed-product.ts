import type { CompiledContract } from '@headwater/core-contract';

/** A product as somebody wants it, all layers at once: what policies judge. Plain data. */
export interface ProposedProduct {
  readonly domain: string;
  readonly name: string;
  /** Name of the owning team, empty or absent when nobody is named. */
  readonly ownerTeam?: string;
  readonly contract: CompiledContract;
  readonly topic: {
    readonly name: string;
    readonly partitions: number;
    readonly replicationFactor: number;
    /** Kafka topic configs, verbatim. */
    readonly configs: Readonly<Record<string, string>>;
  };
  readonly retention: {
    readonly periodMs: number;
    readonly mode: 'staging-first' | 'promise-first';
  };
  /** The cluster as observed. */
  readonly cluster: { readonly brokers: number };
}

export type PolicyName =
  | 'product-name'
  | 'topic-name'
  | 'topic-reserved'
  | 'owner'
  | 'replication'
  | 'partitions'
  | 'retention-ceiling'
  | 'personal-erasure-key'
  | 'personal-partition';

/** What happens when a policy is broken: `off` leaves it out of the verdicts. */
export type PolicyMode = 'off' | 'warn' | 'block';

/** How strict one environment is. `modes` overrides the mode of a policy; `topic-reserved` cannot be weakened. */
export interface PolicySettings {
  readonly modes: Readonly<Partial<Record<PolicyName, PolicyMode>>>;
  readonly replicationFactorMin: number;
  readonly partitionsMax: number;
  readonly retentionPeriodMsMax: number;
  /** Ceiling for products with personal properties. */
  readonly personalRetentionPeriodMsMax: number;
}

const DAY_MS = 86_400_000;

/** Settings an environment starts with. Local stacks have one broker and hold nothing that matters. */
export const defaultPolicySettings = (environment: 'local' | 'shared'): PolicySettings => ({
  modes: environment === 'local' ? { replication: 'warn' } : {},
  replicationFactorMin: environment === 'local' ? 1 : 3,
  partitionsMax: 256,
  retentionPeriodMsMax: 3 * 366 * DAY_MS,
  personalRetentionPeriodMsMax: 366 * DAY_MS,
});
