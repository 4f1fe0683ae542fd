import type { DesiredProduct } from '@headwater/core-mesh';
import type { PipelineSpec } from '@headwater/core-staging';
import { canonicalJson } from '@headwater/kernel';
import { createHash } from 'node:crypto';

/** What a staging worker needs to know about a product. `transformHash` covers all that decides an outcome. */
export function toPipelineSpec(desired: DesiredProduct, topicId: string): Omit<PipelineSpec, 'generation'> {
  const contract = desired.contract.compiled;
  return {
    pipelineId: desired.pipelineId,
    productName: desired.qualifiedName,
    topic: desired.topic.name,
    topicId,
    tableUrl: desired.tableUrl,
    quarantineUrl: desired.quarantineUrl,
    contract,
    transformHash: createHash('sha256').update(canonicalJson(contract)).digest('hex'),
    schemaIds: [],
    flushIntervalMs: desired.staging.flushIntervalMs,
    flushBytesMax: desired.staging.flushBytesMax,
    desiredState: 'running',
  };
}
