import {
  decideRetry,
  type ClaimedWork,
  type QueueName,
  type RunJob,
  type WorkItems,
} from '@headwater/core-jobs';
import { describeError, type Logger } from '@headwater/kernel';
import type { Doorbell } from './doorbell.ts';
import { startSweeper } from './sweeper.ts';

export interface WorkRunnerOptions {
  readonly queue: QueueName;
  readonly work: WorkItems;
  readonly doorbell: Doorbell;
  readonly runJob: RunJob;
  /** Name of this process in leases. */
  readonly owner: string;
  readonly logger: Logger;
  /** Items at the same time. */
  readonly concurrency?: number;
  readonly leaseMs?: number;
  readonly sweepIntervalMs?: number;
}

export interface WorkRunner {
  running(): number;
  /** Tells the handlers to stop and waits for them; what they leave undone is claimed by another process. */
  close(): Promise<void>;
}

/** A holder that did not renew for this long has lost its work. */
const leaseMsDefault = 15_000;
const renewalsPerLease = 3;

/** Carries out work of one queue: rung by the doorbell, claimed in Postgres, renewed while it runs. */
export function startWorkRunner(options: WorkRunnerOptions): WorkRunner {
  const { queue, work, doorbell, logger, concurrency = 2 } = options;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const claimAndRun = async (workId: string): Promise<void> => {
    if (stopping.signal.aborted || running.size >= concurrency) return;
    const turn = runOne(options, workId, stopping.signal).finally(() => running.delete(turn));
    running.add(turn);
    await turn;
  };
  const listener = doorbell.listen(queue, claimAndRun, concurrency);
  const sweeper = startSweeper({
    doorbell,
    queue,
    unheld: (limit) => (running.size >= concurrency ? Promise.resolve([]) : work.due(queue, limit)),
    onRing: claimAndRun,
    logger,
    ...(options.sweepIntervalMs === undefined ? {} : { intervalMs: options.sweepIntervalMs }),
  });
  return {
    running: () => running.size,
    async close() {
      stopping.abort();
      await sweeper.close();
      await listener.close();
      await Promise.allSettled(running);
    },
  };
}

async function runOne(options: WorkRunnerOptions, workId: string, stopping: AbortSignal): Promise<void> {
  const { queue, work, owner, logger, runJob, leaseMs = leaseMsDefault } = options;
  const claimed = await work.claim(queue, owner, leaseMs, workId);
  if (claimed === undefined) return;
  const lease = keepLease(options, claimed, leaseMs);
  try {
    await runJob(claimed.job, { work: claimed, signal: AbortSignal.any([stopping, lease.lost]) });
    await work.complete(claimed, owner);
  } catch (error) {
    // Work that was told to stop goes to another process at once.
    const failure = stopping.aborted
      ? { code: 'HW_JOB_STOPPED', message: 'The process stopped.', retryInMs: 0 }
      : decideRetry(claimed.job.name, claimed.attempt, error);
    logger.warn(
      { job: claimed.job.name, workId: claimed.id, attempt: claimed.attempt, retryInMs: failure.retryInMs },
      describeError(error),
    );
    await work.fail(claimed, owner, failure);
  } finally {
    lease.end();
  }
}

/** Renews until told to end; `lost` is aborted as soon as the work may belong to somebody else. */
function keepLease({ work, owner }: WorkRunnerOptions, claimed: ClaimedWork, leaseMs: number) {
  const lost = new AbortController();
  let heldUntil = performance.now() + leaseMs;
  const renew = async (): Promise<void> => {
    const askedAt = performance.now();
    const isOurs = await work.renew(claimed, owner, leaseMs).catch(() => undefined);
    if (isOurs === true) heldUntil = askedAt + leaseMs;
    else if (isOurs === false || performance.now() + leaseMs / renewalsPerLease > heldUntil)
      lost.abort(leaseLost(claimed));
  };
  const timer = setInterval(() => void renew(), leaseMs / renewalsPerLease);
  return { lost: lost.signal, end: () => clearInterval(timer) };
}

const leaseLost = (claimed: ClaimedWork): Error =>
  new Error(`the lease on work ${claimed.id} (fence ${claimed.fence}) was lost`);
