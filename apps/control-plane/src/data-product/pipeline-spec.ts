import type { DesiredProduct } from '@headwater/core-mesh';
import type { Sha256 } from '@headwater/core-reconcile';
import type { PipelineSpec } from '@headwater/core-staging';
import { canonicalJson } from '@headwater/kernel';
import { tablePropertiesOf } from '../retention/compile-retention.ts';

/** What a staging worker needs to know about a product. `transformHash` covers all that decides an outcome. */
export function toPipelineSpec(
  desired: DesiredProduct,
  topicId: string,
  sha256: Sha256,
): Omit<PipelineSpec, 'generation'> {
  const contract = desired.contract.compiled;
  return {
    pipelineId: desired.pipelineId,
    productName: desired.qualifiedName,
    topic: desired.topic.name,
    topicId,
    tableUrl: desired.tableUrl,
    quarantineUrl: desired.quarantineUrl,
    contract,
    transformHash: sha256(canonicalJson(contract)),
    schemaIds: [],
    flushIntervalMs: desired.staging.flushIntervalMs,
    flushBytesMax: desired.staging.flushBytesMax,
    tableProperties: tablePropertiesOf(desired.retention),
    desiredState: 'running',
  };
}
