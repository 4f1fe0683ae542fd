import { sleep } from './lane-world.ts';

/** Wakes a lane that waits. Waiting leaves nothing behind, so an idle lane may wait for years. */
export interface Bell {
  ring(): void;
  /** Calls back at the next ring; the answer takes it back. */
  listen(heard: () => void): () => void;
}

export function createBell(): Bell {
  const listeners = new Set<() => void>();
  return {
    ring() {
      for (const heard of [...listeners]) heard();
    },
    listen(heard) {
      listeners.add(heard);
      return () => void listeners.delete(heard);
    },
  };
}

/** The answer, or undefined when the bell rang first; the answer can be waited for again. */
export function orRung<T extends object>(answer: Promise<T>, bell: Bell): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = bell.listen(() => {
      stop();
      resolve(undefined);
    });
    answer.then(
      (value) => {
        stop();
        resolve(value);
      },
      (error: unknown) => {
        stop();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

/** Resolves at the next ring, after the time at the latest. */
export async function sleepUnlessRung(ms: number, bell: Bell): Promise<void> {
  const woken = new AbortController();
  const stop = bell.listen(() => woken.abort());
  await sleep(ms, woken.signal);
  stop();
}
