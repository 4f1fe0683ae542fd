import { nextOffsetsIn, type PipelineSpec } from '@headwater/core-staging';
import { userError } from '@headwater/kernel';
import { openLaneTables, txnsOf, type LaneTable, type LaneTables } from '../lane/lane-table.ts';
import type { OpenTable } from './opened-table.ts';
import type { OperatingWorld } from './operating-world.ts';

/** The tables of a pipeline as they are now. Throws a user error when they cannot be written safely. */
export async function openTables(
  { lanes }: Pick<OperatingWorld, 'lanes'>,
  pipeline: PipelineSpec,
): Promise<LaneTables> {
  const opened = await openLaneTables(lanes, pipeline);
  if (opened.kind === 'opened') return opened.tables;
  const { cause, fix } = opened.incident;
  throw userError({ code: 'HW_STAGING_TABLE_REFUSED', message: cause, fix });
}

export const toOpenTable = ({ io, snapshot }: LaneTable): OpenTable => ({ store: io.store, snapshot });

/** What is committed, by partition: below it a record has found its place for good. */
export const committedPositions = (
  { primary }: LaneTables,
  { pipelineId, topicId }: PipelineSpec,
): ReadonlyMap<number, bigint> => nextOffsetsIn(txnsOf(primary), pipelineId, topicId);

export async function findPipeline(
  { lanes }: Pick<OperatingWorld, 'lanes'>,
  pipelineId: string,
): Promise<PipelineSpec> {
  const pipeline = await lanes.store.pipeline(pipelineId);
  if (pipeline !== undefined && pipeline.desiredState !== 'retired') return pipeline;
  throw userError({
    code: 'HW_PIPELINE_MISSING',
    message: 'The pipeline was retired, or restarted under another id.',
    fix: 'Plan again if the product still lives.',
  });
}

export const worldMoved = (because: string) =>
  userError({
    code: 'HW_OPERATING_WORLD_MOVED',
    message: `The world moved since the plan was made: ${because}. Nothing was changed.`,
    fix: 'Plan again and look at what is shown.',
  });
