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

/** Where accepted losses begin that lie ahead: a batch that reads on ends there, so that the next one gives them up. */
export function lossesAhead(
  losses: readonly AcceptedLoss[],
  nextOffsets: ReadonlyMap<number, bigint>,
): ReadonlyMap<number, bigint> {
  const starts = new Map<number, bigint>();
  for (const { partition, from } of losses) {
    const nextOffset = nextOffsets.get(partition);
    if (nextOffset === undefined || from <= nextOffset) continue;
    const known = starts.get(partition);
    if (known === undefined || from < known) starts.set(partition, from);
  }
  return starts;
}

/** The first loss inside each range of an open batch that its intent does not give up yet, cut to the range. */
export function lossesInside(losses: readonly AcceptedLoss[], open: Intent): ReadonlyMap<number, LostRange> {
  const inside = new Map<number, LostRange>();
  for (const range of open.ranges) {
    for (const { incidentId, partition, from, to } of losses) {
      if (partition !== range.partition || from >= range.to || to <= range.from) continue;
      const lost = {
        incidentId,
        from: from > range.from ? from : range.from,
        to: to < range.to ? to : range.to,
      };
      if (range.losses.some((known) => known.from <= lost.from && known.to >= lost.to)) continue;
      const known = inside.get(partition);
      const isBetter =
        known === undefined || lost.from < known.from || (lost.from === known.from && lost.to > known.to);
      if (isBetter) inside.set(partition, lost);
    }
  }
  return inside;
}

/** True when the loss answers an incident that begins at `from`. */
export const answersIncident = (
  loss: AcceptedLoss,
  incident: { readonly partition?: number; readonly from?: bigint },
): boolean =>
  loss.partition === incident.partition &&
  incident.from !== undefined &&
  loss.from <= incident.from &&
  incident.from < loss.to;

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
