/**
 * When a worker must stop believing in its lease [S1]. Times are monotonic milliseconds of this process. The lease is
 * counted from before the request was *sent*: Postgres granted it later than that, so the worker always stops first.
 */
export interface LeaseTiming {
  readonly ttlMs: number;
  readonly renewEveryMs: number;
  /** The worker stops this long before the end, so that a commit already on its way is answered inside the lease. */
  readonly marginMs: number;
}

export const leaseTiming: LeaseTiming = { ttlMs: 5_000, renewEveryMs: 1_500, marginMs: 1_000 };

export interface LeaseClock {
  readonly endsAtMs: number;
  readonly renewAtMs: number;
}

export const leaseGranted = (sentAtMs: number, timing: LeaseTiming): LeaseClock => ({
  endsAtMs: sentAtMs + timing.ttlMs - timing.marginMs,
  renewAtMs: sentAtMs + timing.renewEveryMs,
});

/**
 * A renewal that was sent earlier but answered later never shortens what a newer one granted.
 */
export function leaseRenewed(clock: LeaseClock, sentAtMs: number, timing: LeaseTiming): LeaseClock {
  const renewed = leaseGranted(sentAtMs, timing);
  return renewed.endsAtMs > clock.endsAtMs ? renewed : clock;
}

export const judgeLease = (clock: LeaseClock, nowMs: number): 'held' | 'renew' | 'ended' =>
  nowMs >= clock.endsAtMs ? 'ended' : nowMs >= clock.renewAtMs ? 'renew' : 'held';
