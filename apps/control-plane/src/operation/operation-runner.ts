import type {
  MeshDatabase,
  Operation,
  OperationError,
  OperationKind,
  OperationLeases,
  OperationStep,
} from '@headwater/core-mesh';
import { HeadwaterError, type Logger } from '@headwater/kernel';
import { withTrace } from '@headwater/platform-observability';
import type { Platform } from '../services.ts';

/** Carries out operations, a few at a time per process, and goes on with those a killed process left behind. */
export interface OperationRunner {
  /** Looks for work now instead of at the next sweep. */
  ring(): void;
  close(): Promise<void>;
}

/**
 * How one kind of operation is carried out: the deed of each step by its name. A deed is idempotent, since a step that was
 * running when the process died runs again. Its answer is shown as the detail of the step.
 */
export type StepDeed = (operation: Operation, run: StepRun) => Promise<string>;

export interface StepRun {
  /** The step began before and was not finished: what it makes may exist already, made by this operation. */
  readonly beganBefore: boolean;
  /** Shows how far the step is. */
  tell(detail: string): Promise<void>;
  /** False when the process stops or another one has the operation: the deed gives up at once. */
  mayGoOn(): boolean;
}

export type Executor = Readonly<Record<string, StepDeed>>;
export type Executors = Readonly<Record<OperationKind, Executor>>;

export interface OperationRunnerOptions {
  readonly database: MeshDatabase;
  readonly platform: Platform;
  readonly executors: Executors;
}

const leaseMs = 5_000;
const renewEveryMs = 1_500;
const sweepEveryMs = 1_000;
/** Most of an operation is waiting for others, so several share a process. */
const runningMax = 8;
/** Waits before a step that met an outage is tried again. */
const retryDelaysMs = [500, 1_000, 2_000];

export function createOperationRunner(options: OperationRunnerOptions): OperationRunner {
  const { database, platform } = options;
  const owner = `control-plane-${platform.ids.uuid()}`;
  const running = new Set<Promise<void>>();
  let isClosed = false;
  let wake: () => void = () => undefined;

  const startNext = async (): Promise<boolean> => {
    if (running.size >= runningMax) return false;
    const claim = await database.operationLeases.claim(owner, leaseMs).catch((error: unknown) => {
      platform.logger.warn({ error }, 'operations could not be looked for');
      return undefined;
    });
    if (claim === undefined) return false;
    const run = runClaimed(owner, claim, options, () => isClosed)
      .catch((error: unknown) => platform.logger.warn({ error }, 'an operation was left to its next owner'))
      .finally(() => {
        running.delete(run);
        wake();
      });
    running.add(run);
    return true;
  };
  const sweep = async (): Promise<void> => {
    while (!isClosed) {
      if (await startNext()) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, sweepEveryMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const sweeping = sweep();
  return {
    ring: () => wake(),
    async close() {
      isClosed = true;
      wake();
      await sweeping;
      await Promise.all(running);
    },
  };
}

async function runClaimed(
  owner: string,
  { operation, fence }: NonNullable<Awaited<ReturnType<OperationLeases['claim']>>>,
  { database, platform, executors }: OperationRunnerOptions,
  isClosed: () => boolean,
): Promise<void> {
  const logger = platform.logger.child({ operationId: operation.id, kind: operation.kind });
  let isOurs = true;
  const renewal = setInterval(() => {
    database.operationLeases.renew(operation.id, owner, fence, leaseMs).then(
      (renewed) => (isOurs = renewed),
      () => (isOurs = false),
    );
  }, renewEveryMs);
  try {
    const context = { executor: executors[operation.kind], database, platform, logger };
    const work = () => runSteps(operation, context, () => isOurs && !isClosed());
    await (operation.traceId === undefined ? work() : withTrace(operation.traceId, work));
  } finally {
    clearInterval(renewal);
    await database.operationLeases.release(operation.id, owner, fence);
  }
}

interface StepContext {
  readonly executor: Executor;
  readonly database: MeshDatabase;
  readonly platform: Platform;
  readonly logger: Logger;
}

async function runSteps(operation: Operation, context: StepContext, mayGoOn: () => boolean): Promise<void> {
  const { database, platform, logger, executor } = context;
  let current = await save(database, operation, { status: 'running', attempt: operation.attempt + 1 });
  for (const [position, step] of current.steps.entries()) {
    if (step.status === 'done') continue;
    if (!mayGoOn()) return;
    current = await saveStep(database, current, position, {
      status: 'running',
      startedAtMs: platform.clock.nowMs(),
    });
    const tell = async (detail: string): Promise<void> => {
      if (mayGoOn()) current = await saveStep(database, current, position, { detail });
    };
    const run = { beganBefore: step.status !== 'pending', tell, mayGoOn };
    const result = await attempt(executor[step.name], current, run);
    const finishedAtMs = platform.clock.nowMs();
    if (!mayGoOn()) return;
    if ('error' in result) {
      logger.warn({ step: step.name, error: result.cause }, 'an operation stopped at a step');
      current = await saveStep(database, current, position, {
        status: 'failed',
        detail: result.error.message,
        finishedAtMs,
      });
      await save(database, current, { status: 'failed', error: result.error });
      return;
    }
    current = await saveStep(database, current, position, {
      status: 'done',
      detail: result.detail,
      finishedAtMs,
    });
  }
  await save(database, current, { status: 'succeeded' });
  logger.info({}, 'operation succeeded');
}

type StepResult = { readonly detail: string } | { readonly error: OperationError; readonly cause: unknown };

async function attempt(deed: StepDeed | undefined, operation: Operation, run: StepRun): Promise<StepResult> {
  if (deed === undefined) {
    const error = { code: 'HW_OPERATION_STEP_UNKNOWN', message: 'This version does not know the step.' };
    return { error, cause: error };
  }
  for (let tries = 0; ; tries += 1) {
    try {
      return { detail: await deed(operation, { ...run, beganBefore: run.beganBefore || tries > 0 }) };
    } catch (cause) {
      const delayMs = retryDelaysMs[tries];
      const isOutage = cause instanceof HeadwaterError && cause.kind === 'operational' && cause.canRetry;
      if (!isOutage || delayMs === undefined || !run.mayGoOn())
        return { error: toOperationError(cause), cause };
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

const toOperationError = (cause: unknown): OperationError =>
  cause instanceof HeadwaterError
    ? { code: cause.code, message: cause.message, ...(cause.fix === undefined ? {} : { fix: cause.fix }) }
    : {
        code: 'HW_UNEXPECTED',
        message: 'Something is wrong on our side; the log of the control plane has the details.',
      };

const save = (
  database: MeshDatabase,
  operation: Operation,
  change: Partial<Pick<Operation, 'status' | 'steps' | 'error' | 'attempt'>>,
): Promise<Operation> => database.unit((unit) => unit.operations.update(operation.id, change));

const saveStep = (
  database: MeshDatabase,
  operation: Operation,
  position: number,
  change: Partial<OperationStep>,
): Promise<Operation> =>
  save(database, operation, {
    steps: operation.steps.map((step, at) => (at === position ? { ...step, ...change } : step)),
  });
