import { unexpectedError } from '@headwater/kernel';
import type { ClaimedWork } from './work-item.ts';
import { jobsOf, type Job, type JobName, type JobPayload, type QueueName } from './catalogue.ts';

/** What a handler knows besides its payload. */
export interface WorkContext {
  readonly work: ClaimedWork;
  /** Aborted when the lease is lost or the process stops: nothing may be changed outside after that. */
  readonly signal: AbortSignal;
}

export interface JobHandler<Name extends JobName = JobName> {
  readonly job: Name;
  run(payload: JobPayload<Name>, context: WorkContext): Promise<void>;
}

export type RunJob = (job: Job, context: WorkContext) => Promise<void>;

/** Throws `HW_JOB_HANDLERS` unless each job of the queue has exactly one handler. Called once at start. */
export function bindHandlers(queue: QueueName, handlers: readonly JobHandler[]): RunJob {
  const wanted = jobsOf(queue);
  const problems = [
    ...wanted
      .map((name) => ({ name, count: handlers.filter(({ job }) => job === name).length }))
      .filter(({ count }) => count !== 1)
      .map(({ name, count }) => `${name} has ${count} handlers`),
    ...handlers.filter(({ job }) => !wanted.includes(job)).map(({ job }) => `${job} is not of this queue`),
  ];
  if (problems.length > 0) {
    throw unexpectedError({
      code: 'HW_JOB_HANDLERS',
      message: `The jobs of queue ${queue} cannot be run: ${problems.join(', ')}.`,
    });
  }
  const byName = new Map(handlers.map((handler) => [handler.job, handler]));
  return async (job, context) => {
    const handler = byName.get(job.name);
    if (handler !== undefined) await handler.run(job.payload as never, context);
  };
}
