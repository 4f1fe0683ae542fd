import type { CommandContext } from '../context.ts';
import { planRestartMutation } from '../control-plane/operate-documents.ts';
import type { ExitCode } from '../exit-code.ts';
import { runPlannedVerb } from './operating-plan.ts';

export interface RestartOptions {
  readonly fromEarliest?: boolean;
  readonly at?: Date;
  readonly fromOffset?: readonly { readonly partition: number; readonly offset: string }[];
  readonly dryRun?: boolean;
  readonly timeout: number;
}

/** Begins a pipeline again in a table of its next epoch. */
export function restartPipeline(
  context: CommandContext,
  product: string,
  { fromEarliest, at, fromOffset, dryRun = false, timeout }: RestartOptions,
): Promise<ExitCode> {
  return runPlannedVerb(context, {
    product,
    document: planRestartMutation,
    input: {
      ...(fromEarliest === undefined ? {} : { fromEarliest }),
      ...(at === undefined ? {} : { atTime: at.toISOString() }),
      ...(fromOffset === undefined ? {} : { offsets: fromOffset }),
    },
    dryRun,
    timeout,
    done: ({ tables }) => context.messages.operate.restarted(product, tables[0] ?? '?'),
  });
}
