import { setTimeout as sleep } from 'node:timers/promises';
import { readStatuses } from '../command/status.ts';
import type { CommandContext } from '../context.ts';
import type { ControlPlane } from '../control-plane/client.ts';
import type { PipelineStatus } from '../control-plane/types.ts';
import { formatSeconds } from '../output/format-values.ts';
import { renderLive, renderLiveLine } from './live-view.ts';

export interface LiveCountsOptions {
  readonly controlPlane: ControlPlane;
  /** Events this process has sent, by product. */
  readonly produced: ReadonlyMap<string, number>;
  readonly stopped: AbortSignal;
}

const pollMs = 1_000;
const firstRowPollMs = 200;
const lineMs = 5_000;

/**
 * Shows growing counts until stopped: drawn over at a terminal, a line for each changed pipeline every few seconds
 * elsewhere. Says when the first row has landed since this start. A control plane that is down for a moment is waited for.
 */
export async function showLiveCounts(
  { terminal, messages }: CommandContext,
  { controlPlane, produced, stopped }: LiveCountsOptions,
): Promise<void> {
  const landedAtStart = new Map<string, bigint>();
  const shownLines = new Map<string, string>();
  let hasFirstRow = false;
  let lastLineMs = Number.NEGATIVE_INFINITY;
  while (!stopped.aborted) {
    const statuses = await readStatuses(controlPlane, undefined).catch((): readonly PipelineStatus[] => []);
    if (stopped.aborted) return;
    const landed = newlyLanded(statuses, landedAtStart);
    if (!hasFirstRow && landed > 0n) {
      hasFirstRow = true;
      terminal.say(messages.live.firstRow(formatSeconds(performance.now() / 1000)));
    }
    const rows = statuses.map((status) => toRow(status, produced));
    terminal.redraw(renderLive(rows, messages, Date.now()));
    if (!terminal.isLive && performance.now() - lastLineMs >= lineMs) {
      lastLineMs = performance.now();
      for (const row of rows) {
        const line = renderLiveLine(row, messages);
        if (shownLines.get(row.status.productName) !== line) terminal.say(line);
        shownLines.set(row.status.productName, line);
      }
    }
    const waitMs = hasFirstRow ? pollMs : firstRowPollMs;
    await sleep(waitMs, undefined, { signal: stopped }).catch(() => undefined);
  }
}

function newlyLanded(statuses: readonly PipelineStatus[], atStart: Map<string, bigint>): bigint {
  let rows = 0n;
  for (const { pipelineId, ledger } of statuses) {
    const landed = BigInt(ledger.landed);
    const before = atStart.get(pipelineId) ?? landed;
    atStart.set(pipelineId, before);
    rows += landed - before;
  }
  return rows;
}

function toRow(status: PipelineStatus, produced: ReadonlyMap<string, number>) {
  const count = produced.get(status.productName);
  return count === undefined ? { status } : { status, produced: count };
}
