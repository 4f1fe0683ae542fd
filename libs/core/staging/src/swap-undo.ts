import { formatRange } from './offset-range.ts';
import type { OperatingPlan } from './operating.ts';
import type { PipelineSpec } from './pipeline.ts';
import type { SwapVerdict } from './swap.ts';
import type { SwapCounts, SwapIntent, SwapTransfer } from './swap-intent.ts';

/** What stands in the way of bringing back what a swap took out. */
export interface UndoFound {
  /** The newest swap of the backfill that is in the table. */
  readonly intent: SwapIntent;
  /** Files the swap brought in that are no longer in the tables. */
  readonly changed: number;
  /** Rows of the ranges in files the swap did not bring in. */
  readonly strangers: bigint;
  /** Files that left and that storage or the log no longer holds. */
  readonly lost: number;
  readonly deletedFileRetentionMs: number;
  readonly nowMs: number;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * Until when removed files may be named again: vacuum may take them from the end of their retention on, and one that has
 * planned to must not meet an undo, hence the margin.
 */
export const undoableUntilMs = (swappedAtMs: number, deletedFileRetentionMs: number): number =>
  swappedAtMs + deletedFileRetentionMs - Math.min(HOUR_MS, deletedFileRetentionMs / 10);

export function judgeUndo(found: UndoFound): SwapVerdict {
  const { intent, changed, strangers, lost, deletedFileRetentionMs, nowMs } = found;
  const refused = (code: string, cause: string, fix: string): SwapVerdict => ({
    kind: 'refused',
    code,
    cause,
    fix,
  });
  if (changed > 0 || strangers > 0n)
    return refused(
      'HW_SWAP_UNDO_CHANGED',
      changed > 0
        ? `${changed} files that the swap brought in were removed or rewritten since: what stood there before would bring back rows that were deleted, or repeat others.`
        : `${strangers} rows of the ranges were landed since.`,
      'Backfill the range again and swap that.',
    );
  const until = undoableUntilMs(intent.atMs, deletedFileRetentionMs);
  if (lost > 0 || nowMs >= until)
    return refused(
      'HW_SWAP_UNDO_EXPIRED',
      lost > 0
        ? `${lost} of the files that left the tables were vacuumed, or the log that names them was cleaned up.`
        : `The files that left the tables were kept until ${new Date(until).toISOString()} and may be vacuumed at any moment.`,
      'Backfill the range again, with the contract of before, and swap that.',
    );
  return { kind: 'sound' };
}

/**
 * How long the files of an intent may wait for its first commit: those of an undo are about to leave storage, and no log
 * entry names those of a swap yet.
 */
export const swapWaitMsMax = (deletedFileRetentionMs: number): number =>
  Math.max(MINUTE_MS, Math.min(HOUR_MS, deletedFileRetentionMs / 10) / 2);

export const reversedTransfers = (transfers: readonly SwapTransfer[]): readonly SwapTransfer[] =>
  transfers.map((each) => ({ ...each, fromClass: each.toClass, toClass: each.fromClass }));

export function planUndo(
  pipeline: PipelineSpec,
  intent: SwapIntent,
  deletedFileRetentionMs: number,
): OperatingPlan {
  const { backfillId, ranges, primary, quarantine, before } = intent;
  const recordsIn = (each: SwapCounts) => each.landed + each.quarantined;
  const files = [...primary.removes, ...quarantine.removes];
  const until = new Date(undoableUntilMs(intent.atMs, deletedFileRetentionMs)).toISOString();
  return {
    kind: 'undo-swap',
    pipelineId: pipeline.pipelineId,
    productName: pipeline.productName,
    request: { kind: 'undo-swap', backfillId },
    records: before.reduce((sum, each) => sum + recordsIn(each), 0n).toString(),
    bytes: files.reduce((sum, { size }) => sum + size, 0).toString(),
    ranges: ranges.map(({ partition, from, to }) => ({
      partition,
      from: from.toString(),
      to: to.toString(),
      records: before
        .filter((each) => each.partition === partition)
        .reduce((sum, each) => sum + recordsIn(each), 0n)
        .toString(),
    })),
    tables: [pipeline.tableUrl, pipeline.quarantineUrl],
    details: [
      ...ranges.map(
        (range) =>
          `Partition ${formatRange(range)} is again as it was before the swap of backfill ${backfillId}.`,
      ),
      `${files.length} files come back into the tables, ${primary.adds.length + quarantine.adds.length} leave them. They are kept until ${until}.`,
    ],
    world: { backfillId, topicId: pipeline.topicId, swap: intent.planId },
  };
}
