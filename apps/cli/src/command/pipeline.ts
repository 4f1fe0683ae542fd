import type { CommandContext } from '../context.ts';
import { accepted, type UserError } from '../control-plane/client.ts';
import {
  drainPipelineMutation,
  pausePipelineMutation,
  resumePipelineMutation,
  setLaneCountMutation,
  setPoisonPolicyMutation,
} from '../control-plane/operate-documents.ts';
import type { Operation } from '../control-plane/types.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { printRecord } from '../output/listing.ts';
import { waitForOperation } from './operation-wait.ts';

interface PipelineAnswer {
  readonly result: {
    readonly pipeline: { readonly pipelineId: string; readonly desiredState: string } | null;
    readonly operation?: Operation | null;
    readonly userErrors: readonly UserError[];
  };
}

async function change(
  context: CommandContext,
  document: string,
  input: Readonly<Record<string, unknown>>,
  text: () => string,
): Promise<ExitCode> {
  const { result } = await context.controlPlane().ask<PipelineAnswer>(document, { input });
  printRecord(context.terminal, context.format(), accepted(result).pipeline, text);
  return exitCode.ok;
}

export const pausePipeline = (context: CommandContext, product: string, reason: string): Promise<ExitCode> =>
  change(context, pausePipelineMutation, { product, reason }, () => context.messages.operate.paused(product));

export const resumePipeline = (context: CommandContext, product: string): Promise<ExitCode> =>
  change(context, resumePipelineMutation, { product }, () => context.messages.operate.resumed(product));

export const setLaneCount = (context: CommandContext, product: string, count: number): Promise<ExitCode> =>
  change(context, setLaneCountMutation, { product, count }, () =>
    context.messages.operate.laneCountSet(product, count),
  );

export interface PoisonOptions {
  readonly share: number;
  readonly window: number;
  readonly seconds: number;
  readonly action: 'pause' | 'continue';
}

export function setPoisonPolicy(
  context: CommandContext,
  product: string,
  { share, window, seconds, action }: PoisonOptions,
): Promise<ExitCode> {
  const input = {
    product,
    share,
    windowRecords: window,
    window: `PT${seconds}S`,
    action: action.toUpperCase(),
  };
  return change(context, setPoisonPolicyMutation, input, () =>
    context.messages.operate.poisonSet(product, String(Math.round(share * 1_000) / 10), window, action),
  );
}

export async function drainPipeline(
  context: CommandContext,
  product: string,
  { reason, timeout }: { readonly reason: string; readonly timeout: number },
): Promise<ExitCode> {
  const { terminal, messages } = context;
  const controlPlane = context.controlPlane();
  const { result } = await controlPlane.ask<PipelineAnswer>(drainPipelineMutation, {
    input: { product, reason },
  });
  const begun = accepted(result).operation;
  if (begun === null || begun === undefined) return exitCode.failed;
  const operation = await waitForOperation(controlPlane, begun, {
    secondsMax: timeout,
    onStep: (title) => terminal.say(messages.change.waiting(title)),
    onDetail: (detail) => terminal.say(messages.change.waiting(`  ${detail}`)),
  });
  printRecord(terminal, context.format(), operation, () =>
    messages.operate.drained(product, operation.steps[0]?.detail ?? ''),
  );
  return exitCode.ok;
}
