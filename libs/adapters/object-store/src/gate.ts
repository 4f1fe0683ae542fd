/** Lets a bounded number of actions run at the same time; the others wait in order. */
export interface Gate {
  run<T>(action: () => Promise<T>): Promise<T>;
}

export function createGate(runningMax: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async run(action) {
      if (running >= runningMax) await new Promise<void>((resolve) => waiting.push(resolve));
      else running++;
      try {
        return await action();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running--;
        else next();
      }
    },
  };
}
