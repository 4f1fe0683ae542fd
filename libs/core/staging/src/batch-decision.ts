import type { IntentRange } from './intent.ts';
import type { PartitionAccount } from './partition-account.ts';

export interface FillState {
  /** Bytes held for the batch that is filling, and for the one that is landing. */
  readonly fillingBytes: number;
  readonly landingBytes: number;
  /** Monotonic milliseconds when the first offset of the batch arrived; undefined while it is empty. */
  readonly firstArrivalMs: number | undefined;
  /** Monotonic milliseconds when records of the batch arrived last. */
  readonly lastArrivalMs: number | undefined;
  /** Nothing that the broker was known to have is left to fetch. */
  readonly isCaughtUp: boolean;
  readonly isLanding: boolean;
  /** The lane wants everything buffered on the table now: it pauses or stops. */
  readonly isSettling: boolean;
  readonly nowMs: number;
}

export interface FillLimits {
  readonly flushIntervalMs: number;
  readonly flushBytesMax: number;
  /** Most bytes of one lane, filling and landing together [S11]. */
  readonly laneBytesMax: number;
}

/**
 * What a lane does next with the batch it fills. `cut`: fix its range and land it. `fetch`: ask for more, at most
 * `bytesMax` and waiting at most `waitMsMax`. `gather`: leave a slow topic alone for a while, because many small answers
 * cost more than a few large ones. `hold`: the budget is used up until the landing batch is done.
 */
export type FillDecision =
  | { readonly kind: 'cut' }
  | { readonly kind: 'fetch'; readonly bytesMax: number; readonly waitMsMax: number }
  | { readonly kind: 'gather'; readonly waitMs: number }
  | { readonly kind: 'hold' };

/** One answer is at most this large, so that the judge never keeps the event loop for long. */
export const FETCH_BYTES_MAX = 4 << 20;
const FETCH_BYTES_MIN = 64 << 10;

export function decideFill(state: FillState, limits: FillLimits): FillDecision {
  const { fillingBytes, firstArrivalMs, isLanding, nowMs } = state;
  // Half of the budget each for the batch that fills and the one that lands.
  const flushBytesMax = Math.min(limits.flushBytesMax, limits.laneBytesMax / 2);
  const isDue =
    firstArrivalMs !== undefined &&
    (state.isSettling || fillingBytes >= flushBytesMax || nowMs - firstArrivalMs >= limits.flushIntervalMs);
  if (isDue && !isLanding) return { kind: 'cut' };
  if (state.isSettling) return { kind: 'hold' };
  const room = limits.laneBytesMax - fillingBytes - state.landingBytes;
  if (room < FETCH_BYTES_MIN || fillingBytes >= flushBytesMax) return { kind: 'hold' };
  const untilDue =
    firstArrivalMs === undefined ? WAIT_MS_MAX : firstArrivalMs + limits.flushIntervalMs - nowMs;
  const gatherMs = isDue ? 0 : gatherFor(state, untilDue, limits);
  if (gatherMs > 0) return { kind: 'gather', waitMs: gatherMs };
  const waitMsMax = isDue ? LANDING_WAIT_MS : Math.max(1, Math.min(untilDue, WAIT_MS_MAX));
  return { kind: 'fetch', bytesMax: Math.min(room, FETCH_BYTES_MAX), waitMsMax };
}

/** Until the next look at a slow topic; the last looks before the batch is due are as frequent as can be. */
function gatherFor(
  { isCaughtUp, lastArrivalMs, nowMs }: FillState,
  untilDue: number,
  { flushIntervalMs }: FillLimits,
): number {
  if (!isCaughtUp || lastArrivalMs === undefined) return 0;
  const untilLook = lastArrivalMs + Math.min(flushIntervalMs / 10, GATHER_MS_MAX) - nowMs;
  return Math.max(0, Math.min(untilLook, untilDue - LAST_LOOK_MS));
}

const GATHER_MS_MAX = 100;
/** A look at the broker takes less. */
const LAST_LOOK_MS = 10;

/**
 * How long the first batch of an owner fills. `lastIngestedAtMs` is when the batch before it began to fill, wall clock:
 * an interval that passed while nobody ran the lane is not waited for again [S14].
 */
export function firstFlushMs(
  flushIntervalMs: number,
  lastIngestedAtMs: number | undefined,
  nowMs: number,
): number {
  if (lastIngestedAtMs === undefined) return flushIntervalMs;
  const dueInMs = lastIngestedAtMs + 2 * flushIntervalMs - nowMs;
  return Math.min(flushIntervalMs, Math.max(FIRST_FLUSH_MS_MIN, dueInMs));
}

/** So long the first batch gathers what waits in all partitions. */
const FIRST_FLUSH_MS_MIN = 100;

/** A lane without records asks again after so long; whoever wants something else of it wakes it. */
const WAIT_MS_MAX = 5_000;
/** How long to wait for more while a due batch waits for the one that lands. */
const LANDING_WAIT_MS = 20;

/**
 * The ranges of a batch: per partition the contiguous range that was scanned, which begins where the log ends and never
 * passes the last stable offset [S2][S8]. `broken` is a bug of the lane: nothing may be written.
 */
export type BatchDecision =
  | { readonly kind: 'batch'; readonly ranges: readonly IntentRange[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'broken'; readonly partition: number; readonly cause: string };

export function decideBatch(
  accounts: Iterable<PartitionAccount>,
  committed: ReadonlyMap<number, bigint>,
  lastStableOffsets: ReadonlyMap<number, bigint>,
): BatchDecision {
  const ranges: IntentRange[] = [];
  for (const account of accounts) {
    if (account.nextOffset === account.from) continue;
    const cause = brokenBecause(
      account,
      committed.get(account.partition),
      lastStableOffsets.get(account.partition),
    );
    if (cause !== undefined) return { kind: 'broken', partition: account.partition, cause };
    ranges.push({
      partition: account.partition,
      from: account.from,
      to: account.nextOffset,
      leaderEpoch: account.leaderEpoch,
      losses: [],
    });
  }
  if (ranges.length === 0) return { kind: 'nothing' };
  return { kind: 'batch', ranges: ranges.sort((a, b) => a.partition - b.partition) };
}

function brokenBecause(
  { from, nextOffset }: PartitionAccount,
  committed: bigint | undefined,
  lastStableOffset: bigint | undefined,
): string | undefined {
  if (committed !== undefined && committed !== from) {
    return `the batch begins at ${from}, the log ends at ${committed}`;
  }
  if (lastStableOffset === undefined || nextOffset > lastStableOffset) {
    return `the batch ends at ${nextOffset}, past the last stable offset ${lastStableOffset ?? 'unknown'}`;
  }
  return undefined;
}
