import type { CommandContext } from '../context.ts';
import { accepted, type UserError } from '../control-plane/client.ts';
import {
  applyOperatingPlanMutation,
  operatingPlanQuery,
  operatingPlansQuery,
  planReplayMutation,
} from '../control-plane/operate-documents.ts';
import type { OperatingPlan } from '../control-plane/operate-types.ts';
import type { Operation } from '../control-plane/types.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import type { Messages } from '../message/index.ts';
import { printListing, printRecord } from '../output/listing.ts';
import { waitForOperation } from './operation-wait.ts';

export interface ReplayOptions {
  readonly group?: string;
  readonly limit?: number;
  readonly dryRun?: boolean;
  readonly timeout: number;
}

interface PlanAnswer {
  readonly result: {
    readonly operatingPlan: OperatingPlan | null;
    readonly operation?: Operation | null;
    readonly userErrors: readonly UserError[];
  };
}

/** Shows the plan, and carries it out unless only a look was asked for. */
export async function replayQuarantine(
  context: CommandContext,
  product: string,
  { group, limit, dryRun = false, timeout }: ReplayOptions,
): Promise<ExitCode> {
  const { terminal, messages } = context;
  const controlPlane = context.controlPlane();
  const { result } = await controlPlane.ask<PlanAnswer>(planReplayMutation, {
    input: {
      product,
      ...(group === undefined ? {} : { group: parseGroup(group) }),
      ...(limit === undefined ? {} : { limit }),
    },
  });
  const plan = accepted(result).operatingPlan;
  if (plan === null) return exitCode.failed;
  if (dryRun) {
    printRecord(terminal, context.format(), plan, () =>
      [renderOperatingPlan(plan, product, messages), messages.operate.plan.dryRun].join('\n'),
    );
    return exitCode.ok;
  }
  terminal.say(renderOperatingPlan(plan, product, messages));
  const begun = await controlPlane.ask<PlanAnswer>(applyOperatingPlanMutation, {
    input: { product, planHash: plan.hash },
  });
  const { operation } = accepted(begun.result);
  if (operation === null || operation === undefined) return exitCode.failed;
  await waitForOperation(controlPlane, operation, {
    secondsMax: timeout,
    onStep: (title) => terminal.say(messages.change.waiting(title)),
    onDetail: (detail) => terminal.say(messages.change.waiting(`  ${detail}`)),
  });
  const { operatingPlan: done } = await controlPlane.ask<{ operatingPlan: OperatingPlan | null }>(
    operatingPlanQuery,
    { id: plan.id },
  );
  printRecord(terminal, context.format(), done, () =>
    messages.operate.replayed(product, done?.progress?.landed ?? '?', done?.progress?.refused ?? '?'),
  );
  return exitCode.ok;
}

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
      { title: 'kind', value: ({ kind }) => kind.toLowerCase() },
      { title: 'state', value: ({ state }) => state.toLowerCase() },
      { title: 'records', value: ({ records: count }) => count ?? '' },
      { title: 'landed', value: ({ progress }) => progress?.landed ?? '' },
      { title: 'hash', value: ({ hash }) => hash?.slice(0, 12) ?? '' },
    ],
    whenEmpty: context.messages.operate.plan.none,
  });
  return exitCode.ok;
}

function renderOperatingPlan(plan: OperatingPlan, product: string, { operate }: Messages): string {
  const words = operate.plan;
  return [
    words.title(plan.kind.toLowerCase(), product),
    `  ${words.amount(plan.records ?? '0', plan.bytes ?? '0')}`,
    ...plan.ranges.map(
      ({ partition, from, to, records }) => `  ${words.range(partition, from, to, records)}`,
    ),
    ...plan.tables.map((table) => `  ${words.writes(table)}`),
    ...plan.details.map((line) => `  ${line}`),
    `  ${words.hash(plan.hash ?? '')}`,
  ].join('\n');
}
