import type { ContractVersion, DataProduct } from './data-product.ts';
import type { ObservedTopic } from './kafka-admin.ts';
import type { Domain, Team } from './organisation.ts';
import type { PipelineRecord } from './pipeline.ts';
import type { RegisteredSubject } from './schema-registry.ts';

/** What exists of a product now: our own rows, and what the cluster, the registry and the lake were seen to hold. */
export interface ObservedProduct {
  readonly brokerCount: number;
  readonly domain?: Domain;
  readonly team?: Team;
  /** The product of this name that is not retired. */
  readonly product?: DataProduct;
  readonly contract?: ContractVersion;
  readonly pipeline?: PipelineRecord;
  readonly topic?: ObservedTopic;
  /** Qualified name of another living product that claims the topic. */
  readonly topicClaimedBy?: string;
  readonly subject?: RegisteredSubject;
  /** Table URLs that hold a table already, or that any product ever used and kept. */
  readonly takenTableUrls: readonly string[];
}

/**
 * True when the topic on the cluster is the one this product made: same name and same topic id as its pipeline.
 * A topic without a pipeline of ours, or created again by somebody else, is not ours.
 */
export const isTopicOurs = ({ topic, pipeline, product }: ObservedProduct): boolean =>
  topic !== undefined &&
  product !== undefined &&
  pipeline !== undefined &&
  pipeline.spec.desiredState !== 'retired' &&
  pipeline.spec.topic === topic.name &&
  pipeline.spec.topicId === topic.topicId;
