import { decideRetry, type JobHandler, type WorkContext } from '@headwater/core-jobs';
import type { StoredOperatingPlan } from '@headwater/core-staging';
import { HeadwaterError } from '@headwater/kernel';
import { findPipeline } from './open-tables.ts';
import type { OperatingWorld } from './operating-world.ts';
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
    const { plan, hash } = await previewReplay(world, pipeline, stored.request);
    await world.operating.savePreview(planId, plan, hash);
  });
}

async function apply(world: OperatingWorld, planId: string, context: WorkContext): Promise<void> {
  const stored = await world.operating.plan(planId);
  if (stored?.plan === undefined || !(await world.operating.begin(planId))) return;
  const { plan, progress } = stored;
  await guarded(world, stored, context, async () => {
    const { work, signal } = context;
    await runReplay({ world, planId, plan, fence: work.fence, signal }, progress);
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
