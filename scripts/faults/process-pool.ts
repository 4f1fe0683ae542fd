import { untilReady, type OrderedProcess } from './processes.ts';
import type { FaultOrder } from '@headwater/platform-process';

/** Processes of one app that were started ahead and wait at a point for their order. */
export interface ProcessPool {
  /** One that is ready and waits; others start in the background. */
  take(): Promise<OrderedProcess>;
  /** Takes one back that is alive and owns nothing. */
  giveBack(process: OrderedProcess): void;
  /** Ends all of them, also those that were taken. */
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly size: number;
  readonly launch: () => Promise<OrderedProcess>;
  readonly waiting: Omit<FaultOrder, 'serial'>;
}

const STARTS_MAX = 5;

export function createPool({ size, launch, waiting }: PoolOptions): ProcessPool {
  const spare: Promise<OrderedProcess>[] = [];
  const all = new Set<OrderedProcess>();
  let isClosed = false;
  const stockUp = (): void => {
    while (!isClosed && spare.length < size) {
      const next = launch();
      next.catch(() => undefined);
      spare.push(next);
    }
  };
  stockUp();
  return {
    async take() {
      // One that was starting while its server was away has ended.
      for (let attempt = 1; ; attempt++) {
        const process = await (spare.shift() ?? launch());
        all.add(process);
        stockUp();
        try {
          await untilReady(process);
          return process;
        } catch (error) {
          if (attempt >= STARTS_MAX) throw error;
        }
      }
    },
    giveBack(process) {
      process.plant([]);
      process.order(waiting);
      spare.unshift(Promise.resolve(process));
    },
    async close() {
      isClosed = true;
      for (const each of await Promise.allSettled(spare))
        if (each.status === 'fulfilled') all.add(each.value);
      await Promise.all([...all].map((each) => each.process.kill().catch(() => undefined)));
    },
  };
}
