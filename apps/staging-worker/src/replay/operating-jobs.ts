import { decideRetry, type JobHandler, type WorkContext } from '@headwater/core-jobs';
import type {
  OperatingPlan,
  OperatingProgress,
  OperatingRequest,
  PipelineSpec,
  StoredOperatingPlan,
} from '@headwater/core-staging';
import { canonicalJson, HeadwaterError } from '@headwater/kernel';
import { previewBackfill } from '../backfill/preview-backfill.ts';
import { previewRestart } from '../backfill/preview-restart.ts';
import { previewSwap, previewUndo } from '../backfill/preview-swap.ts';
import { runBackfill } from '../backfill/run-backfill.ts';
import { runRestart } from '../backfill/run-restart.ts';
import { runSwap } from '../backfill/run-swap.ts';
import { findPipeline } from './open-tables.ts';
import type { OperatingRun, OperatingWorld } from './operating-world.ts';
import { previewReplay } from './plan-replay.ts';
import { runReplay } from './run-replay.ts';

/** The handlers of the queue `operating`. */
export const operatingHandlers = (world: OperatingWorld): readonly JobHandler[] =>
  [
    { job: 'plan-operating', run: ({ planId }, context) => preview(world, planId, context) },
    { job: 'apply-operating', run: ({ planId }, context) => apply(world, planId, context) },
  ] satisfies readonly [
    JobHandler<'plan-operating'>,
    JobHandler<'apply-operating'>,
  ] as unknown as readonly JobHandler[];

async function preview(world: OperatingWorld, planId: string, context: WorkContext): Promise<void> {
  const stored = await world.operating.plan(planId);
  if (stored?.state !== 'planning') return;
  await guarded(world, stored, context, async () => {
    const pipeline = await findPipeline(world, stored.pipelineId);
    const plan = await computePreview(world, pipeline, stored.request, context);
    await world.operating.savePreview(planId, plan, world.sha256(canonicalJson({ ...plan })));
  });
}

async function computePreview(
  world: OperatingWorld,
  pipeline: PipelineSpec,
  request: OperatingRequest,
  context: WorkContext,
): Promise<OperatingPlan> {
  switch (request.kind) {
    case 'replay':
      return previewReplay(world, pipeline, request);
    case 'backfill':
      return previewBackfill(world, pipeline, request, context.signal);
    case 'restart':
      return previewRestart(world, pipeline, request);
    case 'swap':
      return previewSwap(world, pipeline, request, context);
    case 'undo-swap':
      return previewUndo(world, pipeline, request, context);
  }
}

async function carryOut(run: OperatingRun, progress: OperatingProgress | undefined): Promise<void> {
  const { request } = run.plan;
  switch (request.kind) {
    case 'replay':
      return void (await runReplay(run, request, progress));
    case 'backfill':
      return runBackfill(run);
    case 'restart':
      return runRestart(run);
    case 'swap':
    case 'undo-swap':
      return runSwap(run, request);
  }
}

async function apply(world: OperatingWorld, planId: string, context: WorkContext): Promise<void> {
  const stored = await world.operating.plan(planId);
  if (stored?.plan === undefined || !(await world.operating.begin(planId))) return;
  const { plan, progress } = stored;
  await guarded(world, stored, context, async () => {
    const { work, signal } = context;
    await carryOut({ world, planId, plan, fence: work.fence, signal }, progress);
    await world.operating.finish(planId, { state: 'applied' });
  });
}

/** Writes the end of the plan down when the work will not be tried again. */
async function guarded(
  world: OperatingWorld,
  { id }: StoredOperatingPlan,
  { work, signal }: WorkContext,
  deed: () => Promise<void>,
): Promise<void> {
  try {
    await deed();
  } catch (error) {
    const failure = decideRetry(work.job.name, work.attempt, error);
    if (signal.aborted || failure.retryInMs !== undefined) throw error;
    const { code, message, fix } = failure;
    const isRefusal = error instanceof HeadwaterError && error.kind === 'user';
    await world.operating.finish(id, {
      state: isRefusal ? 'refused' : 'failed',
      error: { code, message, ...(fix === undefined ? {} : { fix }) },
    });
    throw error;
  }
}
