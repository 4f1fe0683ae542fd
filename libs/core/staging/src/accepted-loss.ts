import type { Intent, IntentRange, LostRange } from './intent.ts';
import type { AcceptedLoss } from './ports.ts';

/**
 * The losses that apply where the lane stands: those that begin at or before a partition's next offset and reach past
 * it. What is already staged is not given up again.
 */
export function applicableLosses(
  losses: readonly AcceptedLoss[],
  nextOffsets: ReadonlyMap<number, bigint>,
): ReadonlyMap<number, LostRange> {
  const applicable = new Map<number, LostRange>();
  for (const { incidentId, partition, from, to } of losses) {
    const nextOffset = nextOffsets.get(partition);
    if (nextOffset === undefined || from > nextOffset || to <= nextOffset) continue;
    const known = applicable.get(partition);
    if (known === undefined || known.to < to) {
      applicable.set(partition, { incidentId, from: nextOffset, to });
    }
  }
  return applicable;
}

/** Losses that no longer reach past what is staged: nothing is left to give up. */
export const settledLosses = (
  losses: readonly AcceptedLoss[],
  nextOffsets: ReadonlyMap<number, bigint>,
): readonly AcceptedLoss[] =>
  losses.filter(({ partition, to }) => {
    const nextOffset = nextOffsets.get(partition);
    return nextOffset !== undefined && to <= nextOffset;
  });

/** Ranges of a batch that only gives up what was accepted. */
export const lossRanges = (applicable: ReadonlyMap<number, LostRange>): readonly IntentRange[] =>
  [...applicable]
    .sort(([a], [b]) => a - b)
    .map(([partition, loss]) => ({
      partition,
      from: loss.from,
      to: loss.to,
      leaderEpoch: -1,
      losses: [loss],
    }));

/**
 * The intent that supersedes an open one after a loss was accepted [S2]: the same batch and ranges, with the lost part
 * marked. What of the loss lies past the range waits for the next batch. Undefined when no range is touched.
 */
export function supersedeIntent(
  open: Intent,
  fence: bigint,
  applicable: ReadonlyMap<number, LostRange>,
): Intent | undefined {
  let isTouched = false;
  const ranges = open.ranges.map((range) => {
    const loss = applicable.get(range.partition);
    if (loss === undefined || loss.from >= range.to || loss.to <= range.from) return range;
    const lost: LostRange = {
      incidentId: loss.incidentId,
      from: loss.from > range.from ? loss.from : range.from,
      to: loss.to < range.to ? loss.to : range.to,
    };
    if (range.losses.some((known) => known.from <= lost.from && known.to >= lost.to)) return range;
    isTouched = true;
    return {
      ...range,
      losses: [...range.losses.filter((known) => known.to <= lost.from || known.from >= lost.to), lost].sort(
        (a, b) => (a.from < b.from ? -1 : 1),
      ),
    };
  });
  return isTouched ? { ...open, revision: open.revision + 1, fence, ranges } : undefined;
}
