import type { CommandContext } from '../context.ts';
import { planSwapMutation, planSwapUndoMutation } from '../control-plane/operate-documents.ts';
import type { ExitCode } from '../exit-code.ts';
import { runPlannedVerb } from './operating-plan.ts';

export interface SwapOptions {
  readonly dryRun?: boolean;
  readonly timeout: number;
}

/** Puts the side table of a backfill in the place of its ranges. */
export const swapBackfill = (
  context: CommandContext,
  product: string,
  backfillId: string,
  { dryRun = false, timeout }: SwapOptions,
): Promise<ExitCode> =>
  runPlannedVerb(context, {
    product,
    document: planSwapMutation,
    input: { backfillId },
    dryRun,
    timeout,
    done: ({ progress }) =>
      context.messages.operate.swapped(product, {
        backfill: backfillId,
        landed: progress?.landed ?? '?',
        refused: progress?.refused ?? '?',
      }),
  });

/** Brings back what stood in the ranges before the swap. */
export const undoSwap = (
  context: CommandContext,
  product: string,
  backfillId: string,
  { dryRun = false, timeout }: SwapOptions,
): Promise<ExitCode> =>
  runPlannedVerb(context, {
    product,
    document: planSwapUndoMutation,
    input: { backfillId },
    dryRun,
    timeout,
    done: () => context.messages.operate.swapUndone(product, backfillId),
  });
