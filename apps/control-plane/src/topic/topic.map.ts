import type { DataProduct, ObservedTopic } from '@headwater/core-mesh';
import type { Topic } from '../generated/schema-types.ts';
import { topicConfigsOf } from '../retention/compile-retention.ts';
import { toGlobalId } from '../schema/global-id.ts';
import { judgeDrift } from './drift.ts';

export interface TopicModel extends Topic {
  readonly product: DataProduct | undefined;
}

/** An observed topic, beside the product that wants it. */
export const toTopic = (
  observed: ObservedTopic,
  product: DataProduct | undefined,
  observedAtMs: number | undefined,
): TopicModel => ({
  __typename: 'Topic',
  id: toGlobalId('Topic', observed.name),
  name: observed.name,
  topicId: observed.topicId,
  partitions: observed.partitions,
  replicationFactor: observed.replicationFactor,
  configs: toTopicConfigs(observed.configs),
  observedAt: observedAtMs,
  ...judgeDrift(observed, product, product === undefined ? {} : topicConfigsOf(product.retention)),
  product,
});

/** A topic that a product wants and that was not observed. */
export const toMissingTopic = (product: DataProduct, observedAtMs: number | undefined): TopicModel => ({
  __typename: 'Topic',
  id: toGlobalId('Topic', product.topic.name),
  name: product.topic.name,
  configs: [],
  observedAt: observedAtMs,
  ...judgeDrift(undefined, product, {}),
  product,
});

export const toTopicConfigs = (
  configs: Readonly<Record<string, string>>,
): readonly { readonly key: string; readonly value: string }[] =>
  Object.entries(configs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key, value }));
