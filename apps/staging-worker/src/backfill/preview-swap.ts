import {
  planSwap,
  planUndo,
  type OperatingPlan,
  type OperatingRequestOf,
  type PipelineSpec,
} from '@headwater/core-staging';
import type { WorkContext } from '@headwater/core-jobs';
import { openTables } from '../replay/open-tables.ts';
import type { OperatingWorld } from '../replay/operating-world.ts';
import { finishOpenSwaps } from './finish-swap.ts';
import { lookAtSwap } from './look-at-swap.ts';
import { lookAtUndo } from './look-at-undo.ts';

/** Says what a swap would replace by what. Writes nothing, but for a swap of before that a death left half done. */
export async function previewSwap(
  world: OperatingWorld,
  pipeline: PipelineSpec,
  { backfillId }: OperatingRequestOf<'swap'>,
  context: WorkContext,
): Promise<OperatingPlan> {
  const tables = await openSwapTables(world, pipeline, context);
  const { found } = await lookAtSwap(world, pipeline, tables, backfillId);
  return planSwap(pipeline, found, world.sha256);
}

/** Says what taking a swap back would restore. */
export async function previewUndo(
  world: OperatingWorld,
  pipeline: PipelineSpec,
  { backfillId }: OperatingRequestOf<'undo-swap'>,
  context: WorkContext,
): Promise<OperatingPlan> {
  const tables = await openSwapTables(world, pipeline, context);
  const { intent, deletedFileRetentionMs } = await lookAtUndo(world, pipeline, tables, backfillId);
  return planUndo(pipeline, intent, deletedFileRetentionMs);
}

async function openSwapTables(world: OperatingWorld, pipeline: PipelineSpec, { work, signal }: WorkContext) {
  const tables = await openTables(world, pipeline);
  await finishOpenSwaps({ world, pipeline, tables, fence: work.fence, signal });
  return tables;
}
