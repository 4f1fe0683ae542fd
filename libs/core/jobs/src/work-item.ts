import type { HeadwaterError } from '@headwater/kernel';
import { jobCatalogue, type Job, type JobName, type QueueName } from './catalogue.ts';

/** A piece of work somebody holds. The fence goes with every effect it has outside Postgres. */
export interface ClaimedWork {
  readonly id: string;
  readonly job: Job;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly fence: bigint;
}

export type WorkState = 'waiting' | 'running' | 'done' | 'failed';

export interface WorkStatus {
  readonly id: string;
  readonly state: WorkState;
  readonly attempt: number;
  readonly error?: { readonly code: string; readonly message: string; readonly fix?: string };
}

/** Adds work in the transaction of the intent, so that neither exists without the other. */
export interface WorkStore {
  /** Returns the id of the item, which is an older one when one with the same dedup id still waits or runs. */
  add(job: Job): Promise<string>;
}

/** Work items in Postgres, leased and compared by Postgres's clock only. Implementation: libs/adapters/postgres. */
export interface WorkItems extends WorkStore {
  /** Items of the queue that are due and held by nobody, oldest first. */
  due(queue: QueueName, limit: number): Promise<readonly string[]>;
  /** Takes the item (or the oldest due one). An item whose holder went away counts as one more attempt. */
  claim(queue: QueueName, owner: string, ttlMs: number, workId?: string): Promise<ClaimedWork | undefined>;
  renew(work: ClaimedWork, owner: string, ttlMs: number): Promise<boolean>;
  /** False when the item is no longer ours: another holder decides its end. */
  complete(work: ClaimedWork, owner: string): Promise<boolean>;
  fail(work: ClaimedWork, owner: string, failure: WorkFailure): Promise<boolean>;
  status(workId: string): Promise<WorkStatus | undefined>;
  /** Removes items that ended longer ago than this; returns how many. */
  prune(endedBeforeMs: number): Promise<number>;
}

export interface WorkFailure {
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  /** Wait before the next attempt; absent when this was the last one. */
  readonly retryInMs?: number;
}

/** Whether and when failed work is tried again. User errors and bugs are final; outages wait longer each time. */
export function decideRetry(job: JobName, attempt: number, error: unknown): WorkFailure {
  const facts = toFacts(error);
  const { attemptsMax, backoff } = jobCatalogue[job];
  if (!facts.canRetry || attempt >= attemptsMax) return facts.failure;
  const retryInMs = Math.min(backoff.delayMsMax, backoff.delayMs * 2 ** Math.min(attempt - 1, 30));
  return { ...facts.failure, retryInMs };
}

function toFacts(error: unknown): { readonly failure: WorkFailure; readonly canRetry: boolean } {
  if (isHeadwaterError(error)) {
    const { code, message, fix, kind, canRetry } = error;
    return {
      failure: { code, message, ...(fix === undefined ? {} : { fix }) },
      canRetry: kind === 'operational' || canRetry,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { failure: { code: 'HW_JOB_UNEXPECTED', message }, canRetry: true };
}

const isHeadwaterError = (error: unknown): error is HeadwaterError =>
  error instanceof Error && error.name === 'HeadwaterError';
