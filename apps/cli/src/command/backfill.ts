import { userError } from '@headwater/kernel';
import type { CommandContext } from '../context.ts';
import { planBackfillMutation } from '../control-plane/operate-documents.ts';
import type { ExitCode } from '../exit-code.ts';
import { runPlannedVerb } from './operating-plan.ts';

export interface BackfillOptions {
  readonly partition?: readonly number[];
  readonly from?: readonly bigint[];
  readonly to?: readonly bigint[];
  readonly fromTime?: Date;
  readonly toTime?: Date;
  readonly dryRun?: boolean;
  readonly timeout: number;
}

/** Reads a range of the topic into a side table. */
export async function backfillPipeline(
  context: CommandContext,
  product: string,
  options: BackfillOptions,
): Promise<ExitCode> {
  const { fromTime, toTime, dryRun = false, timeout } = options;
  const ranges = toRanges(options);
  return runPlannedVerb(context, {
    product,
    document: planBackfillMutation,
    input: {
      ...(ranges.length === 0 ? {} : { ranges }),
      ...(fromTime === undefined ? {} : { fromTime: fromTime.toISOString() }),
      ...(toTime === undefined ? {} : { toTime: toTime.toISOString() }),
    },
    dryRun,
    timeout,
    done: ({ backfillId, progress, tables }) =>
      context.messages.operate.backfilled(product, {
        backfill: backfillId ?? '?',
        landed: progress?.landed ?? '?',
        refused: progress?.refused ?? '?',
        table: tables[0] ?? '?',
      }),
  });
}

function toRanges({ partition = [], from = [], to = [] }: BackfillOptions) {
  if (from.length !== partition.length || to.length !== partition.length)
    throw userError({
      code: 'HW_CLI_RANGE',
      message: 'Each --partition needs its own --from and --to.',
      fix: 'Repeat all three for each partition: --partition 0 --from 10 --to 20 --partition 1 --from 5 --to 9.',
    });
  return partition.map((each, index) => ({
    partition: each,
    from: String(from[index]),
    to: String(to[index]),
  }));
}
