import { setTimeout as sleep } from 'node:timers/promises';

/** One load that many callers share: at most one runs, at most one waits, and they begin some time apart. */
export interface SharedRefresh {
  /** Resolves after a load that began after this call; rejects with that load's error. */
  run(): Promise<void>;
}

export function createSharedRefresh(load: () => Promise<void>, apartMs: number): SharedRefresh {
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  let begunAtMs = -Infinity;

  const begin = async (): Promise<void> => {
    await running?.catch(() => undefined);
    const untilMs = begunAtMs + apartMs - performance.now();
    if (untilMs > 0) await sleep(untilMs);
    waiting = undefined;
    begunAtMs = performance.now();
    running = load().finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    run() {
      waiting ??= begin();
      return waiting;
    },
  };
}
