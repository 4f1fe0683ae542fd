import type { CommandContext } from '../context.ts';
import { accepted, type UserError } from '../control-plane/client.ts';
import { applyOperatingPlanMutation, operatingPlanQuery } from '../control-plane/operate-documents.ts';
import type { OperatingPlan } from '../control-plane/operate-types.ts';
import type { Operation } from '../control-plane/types.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import type { Messages } from '../message/index.ts';
import { printRecord } from '../output/listing.ts';
import { waitForOperation } from './operation-wait.ts';

export interface PlannedVerb {
  readonly product: string;
  /** A mutation that answers `operatingPlan`, and its input. */
  readonly document: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly dryRun: boolean;
  /** Seconds to wait for the operation. */
  readonly timeout: number;
  /** What is said when it is done. */
  readonly done: (plan: OperatingPlan) => string;
}

interface PlanAnswer {
  readonly result: {
    readonly operatingPlan: OperatingPlan | null;
    readonly operation?: Operation | null;
    readonly userErrors: readonly UserError[];
  };
}

/** Shows the plan of a verb, and carries it out unless only a look was asked for. */
export async function runPlannedVerb(context: CommandContext, verb: PlannedVerb): Promise<ExitCode> {
  const { terminal, messages } = context;
  const { product, document, input, dryRun, timeout, done } = verb;
  const controlPlane = context.controlPlane();
  const { result } = await controlPlane.ask<PlanAnswer>(document, { input: { product, ...input } });
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
  const { operatingPlan: ended } = await controlPlane.ask<{ operatingPlan: OperatingPlan | null }>(
    operatingPlanQuery,
    { id: plan.id },
  );
  printRecord(terminal, context.format(), ended, () => done(ended ?? plan));
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
