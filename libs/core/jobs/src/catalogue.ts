import { err, ok, unexpectedError, type HeadwaterError, type Result } from '@headwater/kernel';
import { z } from 'zod';

/** Which processes listen: control-plane, staging-worker, retention-worker. */
export const queueNames = ['operations', 'staging', 'operating', 'retention', 'quality'] as const;
export type QueueName = (typeof queueNames)[number];

/** How long to wait before the next attempt: doubles with each one, never longer than `delayMsMax`. */
export interface Backoff {
  readonly delayMs: number;
  readonly delayMsMax: number;
}

export interface JobDefinition<Payload extends z.ZodType = z.ZodType> {
  readonly queue: QueueName;
  /** Identifiers only: payloads are kept in clear text and shown to operators. */
  readonly payload: Payload;
  readonly attemptsMax: number;
  readonly backoff: Backoff;
  /** Two waiting or running items with the same dedup id are one. */
  readonly dedupId: (payload: z.infer<Payload>) => string;
}

const job = <Payload extends z.ZodType>(definition: JobDefinition<Payload>): JobDefinition<Payload> =>
  definition;

/** Every kind of work that is carried out later. Names are imperative kebab case. */
export const jobCatalogue = {
  /** Computes what an operator's verb would do to a pipeline and stores it as a preview. */
  'plan-operating': job({
    queue: 'operating',
    payload: z.strictObject({ planId: z.uuid() }),
    attemptsMax: 3,
    backoff: { delayMs: 500, delayMsMax: 5_000 },
    dedupId: ({ planId }) => `plan-${planId}`,
  }),
  /** Carries out a stored operating plan, going on where an earlier attempt ended. */
  'apply-operating': job({
    queue: 'operating',
    payload: z.strictObject({ planId: z.uuid() }),
    attemptsMax: 10,
    backoff: { delayMs: 1_000, delayMsMax: 60_000 },
    dedupId: ({ planId }) => `apply-${planId}`,
  }),
  /** Computes what is due under a product's promise, stores it as a preview and refreshes the retention ledger. */
  'plan-retention': job({
    queue: 'retention',
    payload: z.strictObject({ productId: z.uuid() }),
    attemptsMax: 5,
    backoff: { delayMs: 1_000, delayMsMax: 60_000 },
    dedupId: ({ productId }) => `plan-${productId}`,
  }),
  /** Carries out a stored retention plan exactly as it was shown, then verifies it. */
  'apply-retention': job({
    queue: 'retention',
    payload: z.strictObject({ productId: z.uuid(), planId: z.uuid() }),
    attemptsMax: 10,
    backoff: { delayMs: 1_000, delayMsMax: 300_000 },
    dedupId: ({ productId }) => `apply-${productId}`,
  }),
  /** The scheduled round of one product: plans, and applies what is within the blast radius. */
  'enforce-retention': job({
    queue: 'retention',
    payload: z.strictObject({ productId: z.uuid() }),
    attemptsMax: 5,
    backoff: { delayMs: 5_000, delayMsMax: 300_000 },
    dedupId: ({ productId }) => `enforce-${productId}`,
  }),
  /** Measures the checks of a product's contract over its table and keeps the results. */
  'measure-quality': job({
    queue: 'quality',
    payload: z.strictObject({ productId: z.uuid(), trigger: z.enum(['commit', 'asked']) }),
    attemptsMax: 3,
    backoff: { delayMs: 1_000, delayMsMax: 30_000 },
    /** Somebody who asks must not get what was begun before. */
    dedupId: ({ productId, trigger }) => `measure-${productId}-${trigger}`,
  }),
} as const;

export type JobName = keyof typeof jobCatalogue;
export type JobPayload<Name extends JobName> = z.infer<(typeof jobCatalogue)[Name]['payload']>;
/** A job with its payload, for every job of the catalogue. */
export type Job = {
  readonly [Name in JobName]: { readonly name: Name; readonly payload: JobPayload<Name> };
}[JobName];

export const jobNames = Object.keys(jobCatalogue) as readonly JobName[];
export const isJobName = (name: string): name is JobName => Object.hasOwn(jobCatalogue, name);
export const jobsOf = (queue: QueueName): readonly JobName[] =>
  jobNames.filter((name) => jobCatalogue[name].queue === queue);

/** Checks a job before it is stored and again before it is run. */
export function parseJob(name: string, payload: unknown): Result<Job, HeadwaterError> {
  if (!isJobName(name)) {
    return err(
      unexpectedError({
        code: 'HW_JOB_UNKNOWN',
        message: `There is no job named ${name}.`,
        fix: 'Start the version that stored it, or delete the work item.',
      }),
    );
  }
  const parsed = jobCatalogue[name].payload.safeParse(payload);
  if (parsed.success) return ok({ name, payload: parsed.data } as Job);
  const [issue] = parsed.error.issues;
  return err(
    unexpectedError({
      code: 'HW_JOB_PAYLOAD',
      message: `The payload of ${name} is invalid at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`,
    }),
  );
}

/** The dedup id of a parsed job. */
export const dedupIdOf = (parsed: Job): string =>
  (jobCatalogue[parsed.name].dedupId as (payload: unknown) => string)(parsed.payload);
