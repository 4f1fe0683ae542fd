/** Lets a few begin at a time, in the order they came. */
export interface TakeoverGate {
  /** Resolves with the way out when it is the caller's turn; undefined when it was given up meanwhile. */
  enter(signal: AbortSignal): Promise<(() => void) | undefined>;
  waiting(): number;
  inside(): number;
}

export function createTakeoverGate(insideMax: number): TakeoverGate {
  const queue = new Set<() => void>();
  let inside = 0;
  const admit = (): void => {
    for (const next of queue) {
      if (inside >= insideMax) return;
      queue.delete(next);
      inside++;
      next();
    }
  };
  const wayOut = () => {
    let isOut = false;
    return () => {
      if (isOut) return;
      isOut = true;
      inside--;
      admit();
    };
  };
  return {
    enter: (signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(undefined);
        const giveUp = () => {
          queue.delete(turn);
          resolve(undefined);
        };
        const turn = () => {
          signal.removeEventListener('abort', giveUp);
          resolve(wayOut());
        };
        signal.addEventListener('abort', giveUp, { once: true });
        queue.add(turn);
        admit();
      }),
    waiting: () => queue.size,
    inside: () => inside,
  };
}
