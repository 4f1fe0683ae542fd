import { setTimeout as sleep } from 'node:timers/promises';

/** Asks every `everyMs` until the answer is true or `deadlineMs` have passed; resolves whether it became true. */
export async function becomesTrue(
  ask: () => boolean | Promise<boolean>,
  deadlineMs: number,
  everyMs = 25,
): Promise<boolean> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    if (await ask()) return true;
    if (performance.now() >= end) return false;
    await sleep(everyMs);
  }
}
