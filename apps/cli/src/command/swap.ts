import type { CommandContext } from '../context.ts';
import { planSwapMutation, planSwapUndoMutation } from '../control-plane/operate-documents.ts';
import type { OperatingPlan } from '../control-plane/operate-types.ts';
import type { ExitCode } from '../exit-code.ts';
import { runPlannedVerb } from './operating-plan.ts';

export interface SwapOptions {
  readonly dryRun?: boolean;
  readonly timeout: number;
}

type Verb = (
  context: CommandContext,
  product: string,
  backfillId: string,
  options: SwapOptions,
) => Promise<ExitCode>;

/** Puts the side table of a backfill in the place of its ranges. */
export const swapBackfill: Verb = verb(planSwapMutation, ({ messages }, product, backfill, { progress }) =>
  messages.operate.swapped(product, {
    backfill,
    landed: progress?.landed ?? '?',
    refused: progress?.refused ?? '?',
  }),
);

/** Brings back what stood in the ranges before the swap. */
export const undoSwap: Verb = verb(planSwapUndoMutation, ({ messages }, product, backfill) =>
  messages.operate.swapUndone(product, backfill),
);

function verb(
  document: string,
  done: (context: CommandContext, product: string, backfillId: string, plan: OperatingPlan) => string,
): Verb {
  return (context, product, backfillId, { dryRun = false, timeout }) =>
    runPlannedVerb(context, {
      product,
      document,
      input: { backfillId },
      dryRun,
      timeout,
      done: (plan) => done(context, product, backfillId, plan),
    });
}
