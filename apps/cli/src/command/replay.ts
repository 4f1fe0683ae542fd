import type { CommandContext } from '../context.ts';
import { operatingPlansQuery, planReplayMutation } from '../control-plane/operate-documents.ts';
import type { OperatingPlan } from '../control-plane/operate-types.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { printListing } from '../output/listing.ts';
import { runPlannedVerb } from './operating-plan.ts';

export interface ReplayOptions {
  readonly group?: string;
  readonly limit?: number;
  readonly dryRun?: boolean;
  readonly timeout: number;
}

/** Shows the plan, and carries it out unless only a look was asked for. */
export const replayQuarantine = (
  context: CommandContext,
  product: string,
  { group, limit, dryRun = false, timeout }: ReplayOptions,
): Promise<ExitCode> =>
  runPlannedVerb(context, {
    product,
    document: planReplayMutation,
    input: {
      ...(group === undefined ? {} : { group: parseGroup(group) }),
      ...(limit === undefined ? {} : { limit }),
    },
    dryRun,
    timeout,
    done: ({ progress }) =>
      context.messages.operate.replayed(product, progress?.landed ?? '?', progress?.refused ?? '?'),
  });

/** `reason`, `stage:reason` or `stage:reason:path`. */
export function parseGroup(text: string): Readonly<Record<string, string>> {
  const [first = '', reason, ...path] = text.split(':');
  if (reason === undefined) return { reason: first };
  return { stage: first, reason, ...(path.length === 0 ? {} : { path: path.join(':') }) };
}

export async function listOperatingPlans(context: CommandContext, product: string): Promise<ExitCode> {
  const { operatingPlans: records } = await context
    .controlPlane()
    .ask<{ operatingPlans: readonly OperatingPlan[] }>(operatingPlansQuery, { product });
  printListing(context.terminal, context.format(), {
    records,
    columns: [
      { title: 'requested', value: ({ requestedAt }) => requestedAt },
      { title: 'by', value: ({ requestedBy }) => requestedBy },
      { title: 'kind', value: ({ kind }) => kind.toLowerCase().replaceAll('_', '-') },
      { title: 'backfill', value: ({ backfillId }) => backfillId ?? '' },
      { title: 'state', value: ({ state }) => state.toLowerCase() },
      { title: 'records', value: ({ records: count }) => count ?? '' },
      { title: 'landed', value: ({ progress }) => progress?.landed ?? '' },
      { title: 'hash', value: ({ hash }) => hash?.slice(0, 12) ?? '' },
    ],
    whenEmpty: context.messages.operate.plan.none,
  });
  return exitCode.ok;
}
