import {
  nextEpoch,
  planEpochCommit,
  plannedStarts,
  primaryAppId,
  type PipelineSpec,
} from '@headwater/core-staging';
import { operationalError } from '@headwater/kernel';
import { commitPlan, refreshTable, txnsOf, type LaneTable } from '../lane/lane-table.ts';
import { findPipeline, openTables, worldMoved } from '../replay/open-tables.ts';
import type { OperatingRun } from '../replay/operating-world.ts';
import { finishOpenSwaps } from './finish-swap.ts';

/**
 * Makes the tables of the next epoch, puts where each partition begins into the new log, and only then gives the
 * pipeline over to them. Lanes of the epoch before lose their lease; what they still land is in the table of before.
 */
export async function runRestart(run: OperatingRun): Promise<void> {
  const { world, plan, planId, signal } = run;
  const { nextPipelineId = '', nextTableUrl = '' } = plan.world;
  // A killed attempt may have given the pipeline over already.
  if ((await world.lanes.store.pipeline(nextPipelineId)) !== undefined) return;
  const pipeline = await findPipeline(world, plan.pipelineId);
  if (pipeline.transformHash !== plan.world['transformHash'])
    throw worldMoved('the contract in force is another one');
  if (pipeline.tableUrl !== plan.world['tableUrl']) throw worldMoved('the pipeline has another table');
  const tables = await openTables(world, pipeline);
  await finishOpenSwaps({ world, pipeline, tables, fence: run.fence, signal });
  const next = nextEpoch(pipeline, { pipelineId: nextPipelineId, tableUrl: nextTableUrl });
  await beginTable(run, next);
  signal.throwIfAborted();
  const begun = await world.operating.beginEpoch({
    planId,
    pipelineId: pipeline.pipelineId,
    nextPipelineId,
    transformHash: pipeline.transformHash,
    tableUrl: next.tableUrl,
    quarantineUrl: next.quarantineUrl,
  });
  if (begun === 'moved') throw worldMoved('the pipeline was changed or restarted by somebody else');
}

async function beginTable(run: OperatingRun, next: PipelineSpec): Promise<void> {
  const { world, plan, planId } = run;
  const { primary } = await openTables(world, next);
  const starts = plannedStarts(plan);
  if (hasBegun(primary, next, starts)) return;
  // An empty table that another restart has begun as well is not ours to begin.
  if (primary.snapshot.version > 0n) throw worldMoved(`somebody began ${next.tableUrl}`);
  const nowMs = world.lanes.clock.nowMs();
  const result = await commitPlan(world.lanes, primary, planEpochCommit(next, { planId, nowMs }, starts));
  if (result.kind === 'committed') return;
  await refreshTable(primary);
  if (hasBegun(primary, next, starts)) return;
  throw operationalError({
    code: 'HW_STAGING_COMMIT_FAILED',
    message: `The first commit to ${next.tableUrl} gave no answer.`,
    fix: 'Check the lake; the restart goes on by itself.',
    canRetry: true,
  });
}

const hasBegun = (
  table: LaneTable,
  { pipelineId, topicId }: PipelineSpec,
  starts: ReadonlyMap<number, bigint>,
): boolean =>
  [...starts].every(
    ([partition, start]) => txnsOf(table).get(primaryAppId(pipelineId, topicId, partition)) === start,
  );
