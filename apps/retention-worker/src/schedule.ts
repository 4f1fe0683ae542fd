import type { WorkStore } from '@headwater/core-jobs';
import { defaultSettings, type RetentionStore } from '@headwater/core-retention';
import { faultPoint } from '@headwater/core-staging';
import { describeError, type Clock, type Logger } from '@headwater/kernel';

export interface ScheduleOptions {
  readonly store: Pick<RetentionStore, 'targetsByAge'>;
  readonly work: WorkStore;
  readonly ring: (workId: string) => void;
  /** Called once an hour: our own tables must not grow for ever [I14]. */
  readonly prune: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalMs: number;
}

export interface Schedule {
  close(): Promise<void>;
}

/** Products looked at in one round. */
const productsAtOnceMax = 500;
const pruneIntervalMs = 3_600_000;

/** Adds a run for every product whose ledger is older than half its run interval, so that runs keep to the interval. */
export function startSchedule(options: ScheduleOptions): Schedule {
  let running: Promise<void> = Promise.resolve();
  let prunedAtMs = 0;
  const round = async (): Promise<void> => {
    try {
      await addDueRuns(options);
      if (options.clock.monotonicMs() - prunedAtMs < pruneIntervalMs && prunedAtMs > 0) return;
      prunedAtMs = options.clock.monotonicMs();
      await options.prune();
    } catch (error) {
      options.logger.warn({ problem: describeError(error) }, 'the retention schedule could not be read');
    }
  };
  running = round();
  const timer = setInterval(() => {
    running = running.then(round);
  }, options.intervalMs);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}

async function addDueRuns({ store, work, ring, clock }: ScheduleOptions): Promise<void> {
  for (const { productId, periodMs, computedAtMs } of await store.targetsByAge(productsAtOnceMax)) {
    const dueAtMs = (computedAtMs ?? -Infinity) + defaultSettings(periodMs).runIntervalMs / 2;
    if (dueAtMs > clock.nowMs()) continue;
    if (__HEADWATER_FAULTS__) await faultPoint('outbox.insert');
    const workId = await work.add({ name: 'enforce-retention', payload: { productId } });
    if (__HEADWATER_FAULTS__) await faultPoint('outbox.ring');
    ring(workId);
  }
}
