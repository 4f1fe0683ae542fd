import type { QueueName } from '@headwater/core-jobs';
import type { Logger } from '@headwater/kernel';
import type { Doorbell } from './doorbell.ts';

export interface SweeperOptions {
  readonly doorbell: Pick<Doorbell, 'ring'>;
  readonly queue: QueueName;
  /** Identifiers of work that nobody holds, from Postgres; at most the number asked for. */
  readonly unheld: (limit: number) => Promise<readonly string[]>;
  /**
   * Called in this process when Redis is away or rang and nobody took it: a ring whose listener was killed stays in Redis
   * as being answered, and swallows every later ring of the same work until Redis gives it up.
   */
  readonly onRing: (id: string) => Promise<void>;
  readonly logger: Logger;
  readonly intervalMs?: number;
}

export interface Sweeper {
  /** Sweeps now, once. Returns how many were rung. */
  sweep(): Promise<number>;
  close(): Promise<void>;
}

/** With one sweep in between, whatever Redis forgot is rung again within 5 s. */
export const sweepIntervalMs = 3_000;
const rungAtOnceMax = 500;

/** Rings whatever nobody holds, again and again: Redis may forget everything at any time and no work is lost. */
export function startSweeper(options: SweeperOptions): Sweeper {
  const { doorbell, queue, unheld, onRing, logger, intervalMs = sweepIntervalMs } = options;
  let running: Promise<number> | undefined;
  const untold = (error: unknown): void =>
    logger.warn({ queue, problem: String(error) }, 'work could not be answered without Redis');
  let rungBefore: ReadonlySet<string> = new Set();
  const sweepOnce = async (): Promise<number> => {
    const ids = await unheld(rungAtOnceMax);
    for (const id of ids) {
      const isHeard = !rungBefore.has(id) && (await doorbell.ring(queue, id));
      if (!isHeard) void onRing(id).catch(untold);
    }
    rungBefore = new Set(ids);
    return ids.length;
  };
  const sweep = (): Promise<number> => {
    running ??= sweepOnce().finally(() => (running = undefined));
    return running;
  };
  const timer = setInterval(() => {
    sweep().catch((error: unknown) => logger.warn({ queue, problem: String(error) }, 'sweep failed'));
  }, intervalMs);
  return {
    sweep,
    async close() {
      clearInterval(timer);
      await running?.catch(() => undefined);
    },
  };
}
