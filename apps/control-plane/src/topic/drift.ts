import type { DataProduct, ObservedTopic } from '@headwater/core-mesh';
import type { Difference, Drift } from '../generated/schema-types.ts';

/** How an observed topic stands to what a product wants of it. */
export function judgeDrift(
  observed: ObservedTopic | undefined,
  product: DataProduct | undefined,
  desiredConfigs: Readonly<Record<string, string>>,
): { readonly drift: Drift; readonly differences: readonly Difference[] } {
  if (product === undefined) return { drift: 'UNMANAGED', differences: [] };
  if (observed === undefined) return { drift: 'MISSING', differences: [] };
  const pairs: readonly (readonly [string, string, string | undefined])[] = [
    ['partitions', String(product.topic.partitions), String(observed.partitions)],
    ['replication factor', String(product.topic.replicationFactor), String(observed.replicationFactor)],
    ...Object.entries(desiredConfigs).map(([key, value]) => [key, value, observed.configs[key]] as const),
  ];
  const differences = pairs
    .filter(([, desired, seen]) => desired !== seen)
    .map(([setting, desired, seen]) => ({ setting, desired, observed: seen ?? null }));
  return { drift: differences.length === 0 ? 'NONE' : 'CHANGED', differences };
}
