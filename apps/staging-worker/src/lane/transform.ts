import type { CompiledContract } from '@headwater/core-contract';
import { putOnce, type ObjectStore } from '@headwater/core-delta';
import { transformPath, type Intent, type PipelineSpec } from '@headwater/core-staging';
import { unexpectedError } from '@headwater/kernel';

/** The part of a pipeline that decides what a record becomes. Kept in the lake under its hash, for retries [S2]. */
interface Transform {
  readonly contract: CompiledContract;
  readonly schemaIds: readonly number[];
}

/** Stores the transform under its hash; it is there before the first intent that names it. */
export async function storeTransform(store: ObjectStore, pipeline: PipelineSpec): Promise<void> {
  const { contract, schemaIds } = pipeline;
  const transform: Transform = { contract, schemaIds };
  const bytes = new TextEncoder().encode(`${JSON.stringify(transform)}\n`);
  // What is found under the hash is the same transform.
  await putOnce(store, transformPath(pipeline.pipelineId, pipeline.transformHash), bytes, {
    code: 'HW_STAGING_TRANSFORM_LOST',
    what: 'The transform',
  });
}

/** The pipeline as it was when the intent was written: a retry judges with the same contract [S2]. */
export async function pipelineOfIntent(
  store: ObjectStore,
  pipeline: PipelineSpec,
  intent: Intent,
): Promise<PipelineSpec> {
  if (intent.transformHash === pipeline.transformHash) return pipeline;
  const path = transformPath(pipeline.pipelineId, intent.transformHash);
  const bytes = await store.get(path);
  if (bytes === undefined) {
    throw unexpectedError({
      code: 'HW_STAGING_TRANSFORM_MISSING',
      message: `The open batch ${intent.batchId} was begun with ${path}, which is not in ${store.url}.`,
      fix: 'Restore the object; a batch that was begun is never judged by another contract.',
    });
  }
  const { contract, schemaIds } = JSON.parse(new TextDecoder().decode(bytes)) as Transform;
  return { ...pipeline, contract, schemaIds, transformHash: intent.transformHash };
}
