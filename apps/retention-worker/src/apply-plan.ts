import { decideRetry, type JobName } from '@headwater/core-jobs';
import {
  coversRange,
  type ActionResult,
  type CompiledRetention,
  type RetentionAction,
  type RetentionPlan,
  type RetentionTarget,
} from '@headwater/core-retention';
import { assertNever, HeadwaterError } from '@headwater/kernel';
import { deleteRecords } from './delete-records.ts';
import { isRefusal, refuse } from './refusal.ts';
import type { RetentionWorld } from './retention-world.ts';
import { cleanLog, removeFiles, setTableProperties, vacuum } from './table-actions.ts';

export interface ApplyRequest {
  readonly planId: string;
  readonly target: RetentionTarget;
  readonly compiled: CompiledRetention;
  readonly job: JobName;
  readonly attempt: number;
  readonly signal: AbortSignal;
}

/**
 * Carries out a stored plan, action by action, exactly as it was shown. Each finished action is written down, so a run
 * that was killed goes on behind it; an action that was killed half-way is repeated and finds its work done.
 */
export async function applyPlan(world: RetentionWorld, request: ApplyRequest): Promise<void> {
  const [stored] = await world.store.planByIds([request.planId]);
  const run = await world.store.beginRun(request.planId);
  if (stored === undefined || run === undefined) {
    // It ended in an earlier attempt of this very work whose last answer was lost.
    if (stored?.state === 'applied') return;
    throw refuse(`Retention plan ${request.planId} is not to be carried out: ${stored?.state ?? 'unknown'}.`);
  }
  const results: ActionResult[] = [...run.results];
  try {
    if (results.length === 0) assertStillWanted(stored.plan, request);
    for (const action of stored.plan.actions.slice(results.length)) {
      request.signal.throwIfAborted();
      assertNotHeld(action, request.target);
      const outcome = await carryOut(world, request, action);
      results.push({ action: action.action, target: action.target, outcome });
      await world.store.recordAction(run.id, results);
    }
  } catch (error) {
    const failure = decideRetry(request.job, request.attempt, error);
    if (request.signal.aborted || failure.retryInMs !== undefined) throw error;
    const state = isRefusal(error) ? 'refused' : 'failed';
    const { code, message, fix } = failure;
    await world.store.finishRun({ ...run, results }, { state, error: { code, message, fix } });
    throw error instanceof HeadwaterError ? error : new Error(message, { cause: error });
  }
  await world.store.finishRun({ ...run, results }, { state: 'applied' });
}

function assertStillWanted(plan: RetentionPlan, { target }: ApplyRequest): void {
  const { periodMs, mode } = target.promise;
  if (plan.promise.periodMs !== periodMs || plan.promise.mode !== mode) {
    throw refuse(`The promise of ${target.productName} was changed after the plan was made.`);
  }
}

/** A hold that was placed after the plan was made beats it [R6]. */
function assertNotHeld(action: RetentionAction, { holds }: RetentionTarget): void {
  const hold = holds.find((each) =>
    action.action === 'remove-files'
      ? coversRange(each, action.oldestMs, action.newestMs)
      : action.action === 'vacuum' || action.action === 'clean-log',
  );
  if (hold !== undefined) throw refuse(`${action.target} is under the legal hold "${hold.matter}".`);
}

function carryOut(
  world: RetentionWorld,
  { target, compiled, signal }: ApplyRequest,
  action: RetentionAction,
): Promise<string> {
  switch (action.action) {
    case 'delete-records':
      return deleteRecords(world, target, compiled, action);
    case 'set-table-properties':
      return setTableProperties(world, action);
    case 'remove-files':
      return removeFiles(world, action);
    case 'vacuum':
      return vacuum(world, target, compiled, action, signal);
    case 'clean-log':
      return cleanLog(world, target, compiled, action, signal);
    default:
      return assertNever(action);
  }
}
