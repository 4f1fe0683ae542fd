import { setTimeout as sleep } from 'node:timers/promises';
import { userError } from '@headwater/kernel';
import type { CommandContext } from '../context.ts';
import type { ControlPlane } from '../control-plane/client.ts';
import { pipelineStatusesQuery, pipelineStatusQuery } from '../control-plane/pipeline-documents.ts';
import type { PipelineStatus } from '../control-plane/types.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { renderLanes } from '../up/lane-view.ts';
import { renderLive, renderLiveLine } from '../up/live-view.ts';

export interface StatusOptions {
  readonly product?: string;
  /** Keep watching; absent: at a terminal with the table form. */
  readonly watch?: boolean;
  /** Each lane and partition; absent: when a product is named. */
  readonly lanes?: boolean;
}

const watchMs = 1_000;

export async function status(
  context: CommandContext,
  { product, watch, lanes = product !== undefined }: StatusOptions,
  stopped: AbortSignal,
): Promise<ExitCode> {
  const { terminal, messages } = context;
  const controlPlane = context.controlPlane();
  const isWatching = watch ?? (context.format() === 'table' && terminal.isLive);
  const draw = (statuses: readonly PipelineStatus[]) => {
    const nowMs = Date.now();
    const rows = statuses.map((found) => ({ status: found }));
    const laneLines = lanes ? statuses.flatMap((found) => renderLanes(found, messages, nowMs)) : [];
    return [...renderLive(rows, messages, nowMs), ...laneLines];
  };
  if (!isWatching) {
    const statuses = await readStatuses(controlPlane, product);
    if (context.format() === 'json') terminal.print(JSON.stringify(statuses, undefined, 2));
    else if (context.format() === 'jsonl')
      for (const found of statuses) terminal.print(JSON.stringify(found));
    else for (const line of draw(statuses)) terminal.print(line);
    return exitCode.ok;
  }
  const shown = new Map<string, string>();
  while (!stopped.aborted) {
    const statuses = await readStatuses(controlPlane, product);
    terminal.redraw(draw(statuses));
    if (!terminal.isLive) printChanged(context, statuses, shown);
    await sleep(watchMs, undefined, { signal: stopped }).catch(() => undefined);
  }
  return exitCode.ok;
}

/** Where nobody watches, each status is printed when it changes. */
function printChanged(
  { terminal, messages, format }: CommandContext,
  statuses: readonly PipelineStatus[],
  shown: Map<string, string>,
): void {
  for (const found of statuses) {
    const line = format() === 'table' ? renderLiveLine({ status: found }, messages) : JSON.stringify(found);
    if (shown.get(found.pipelineId) !== line) terminal.print(line);
    shown.set(found.pipelineId, line);
  }
}

/** Every pipeline, or the one of a product; an unknown product is an error with its fix. */
export async function readStatuses(
  controlPlane: ControlPlane,
  product: string | undefined,
): Promise<readonly PipelineStatus[]> {
  if (product === undefined) {
    const { pipelineStatuses } = await controlPlane.ask<{ pipelineStatuses: readonly PipelineStatus[] }>(
      pipelineStatusesQuery,
    );
    return pipelineStatuses;
  }
  const { pipelineStatus } = await controlPlane.ask<{ pipelineStatus: PipelineStatus | null }>(
    pipelineStatusQuery,
    {
      product,
    },
  );
  if (pipelineStatus === null) throw unknownProduct(product);
  return [pipelineStatus];
}

export const unknownProduct = (product: string) =>
  userError({
    code: 'HW_PRODUCT_UNKNOWN',
    message: `There is no data product ${product}.`,
    fix: 'List them with `headwater get products`; names are <domain>/<product>.',
  });
