import type { Clock } from '@headwater/kernel';

/** How long lanes that failed are left alone here. */
export interface RetryWaits {
  mustWait(key: string): boolean;
  /** Waits twice as long as the last time, unless the lane had lived long before it failed. */
  failed(key: string, startedMs: number): void;
  clear(key: string): void;
  count(): number;
}

const WAIT_MS_MIN = 500;
const WAIT_MS_MAX = 30_000;
/** A lane that lived so long before it failed begins with a short wait again. */
const STEADY_MS = 60_000;

export function createRetryWaits(clock: Clock): RetryWaits {
  const waits = new Map<string, { readonly waitMs: number; readonly untilMs: number }>();
  return {
    mustWait: (key) => (waits.get(key)?.untilMs ?? 0) > clock.monotonicMs(),
    failed(key, startedMs) {
      const nowMs = clock.monotonicMs();
      const before = nowMs - startedMs > STEADY_MS ? undefined : waits.get(key);
      const waitMs = Math.min(WAIT_MS_MAX, before === undefined ? WAIT_MS_MIN : before.waitMs * 2);
      waits.set(key, { waitMs, untilMs: nowMs + waitMs });
    },
    clear: (key) => void waits.delete(key),
    count: () => waits.size,
  };
}
