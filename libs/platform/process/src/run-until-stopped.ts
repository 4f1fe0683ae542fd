import { describeError } from '@headwater/kernel';
import type { Logger } from '@headwater/kernel';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Lifetime<Running> {
  /** Starts everything. `signal` is aborted when the process is told to stop before this resolves. */
  start(signal: AbortSignal): Promise<Running>;
  /** Drains and releases everything that `start` made. Called at most once. */
  stop(running: Running): Promise<void>;
  /** Resolves an exit code when the work ends by itself; without it the process runs until it is told to stop. */
  untilDone?(running: Running): Promise<number>;
  /** How long `stop` may take, counted from the signal. */
  readonly deadlineMs: number;
  readonly logger: Logger;
  /** True also stops when the parent process is gone. */
  readonly stopsWithParent?: boolean;
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
// One Ctrl-C arrives several times: from the terminal and from each parent that passes it on.
const sameSignalMs = 1_000;
const parentLookMs = 1_000;
const forcedExitCode = 130;
const restBeforeExitMs = 100;

/**
 * The life of a process, from start to exit. SIGINT, SIGTERM and SIGHUP stop it in order and end it with 0, or with 1
 * when draining fails or passes its deadline; a second signal ends it at once with 130. A failed start, an unhandled
 * rejection and an uncaught exception are logged and end it with 1.
 */
export async function runUntilStopped<Running>(lifetime: Lifetime<Running>): Promise<never> {
  const { logger } = lifetime;
  process.on('uncaughtException', (error) => exitAfter(logger, error, 'uncaught exception'));
  process.on('unhandledRejection', (error) => exitAfter(logger, error, 'unhandled rejection'));
  const told = listenForStop(lifetime);
  let running: Running;
  try {
    running = await lifetime.start(told.signal);
  } catch (error) {
    if (told.signal.aborted) process.exit(0);
    return exitAfter(logger, error, 'start failed');
  }
  const done = lifetime.untilDone?.(running);
  const exitCode = await (done === undefined ? told.stopped : Promise.race([told.stopped, done]));
  const deadline = setTimeout(() => {
    logger.error({ deadlineMs: lifetime.deadlineMs }, 'stop passed its deadline');
    process.exit(1);
  }, told.remainingMs());
  try {
    await lifetime.stop(running);
  } catch (error) {
    return exitAfter(logger, error, 'stop failed');
  }
  clearTimeout(deadline);
  // Workaround for nodejs/node#54918: process.exit waits for compilers that run beside the main thread, and one that needs
  // a collection waits for the main thread. While the event loop rests, they get it and finish.
  await sleep(restBeforeExitMs);
  process.exit(exitCode);
}

interface StopRequest {
  readonly signal: AbortSignal;
  /** Resolves the exit code of an orderly stop. */
  readonly stopped: Promise<number>;
  remainingMs(): number;
}

function listenForStop({
  logger,
  deadlineMs,
  stopsWithParent,
}: Pick<Lifetime<unknown>, 'logger' | 'deadlineMs' | 'stopsWithParent'>): StopRequest {
  const controller = new AbortController();
  let toldAtMs: number | undefined;
  const stopped = new Promise<number>((resolve) => {
    const request = (reason: string): void => {
      const nowMs = performance.now();
      if (toldAtMs !== undefined && nowMs - toldAtMs < sameSignalMs) return;
      if (toldAtMs !== undefined) {
        logger.warn({ reason }, 'stopping at once');
        process.exit(forcedExitCode);
      }
      toldAtMs = nowMs;
      logger.info({ reason }, 'stopping');
      controller.abort();
      resolve(0);
    };
    for (const signal of stopSignals) process.on(signal, () => request(signal));
    if (stopsWithParent === true) watchParent(() => request('parent is gone'));
  });
  return {
    signal: controller.signal,
    stopped,
    remainingMs: () => Math.max(0, deadlineMs - (toldAtMs === undefined ? 0 : performance.now() - toldAtMs)),
  };
}

function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, parentLookMs);
  timer.unref();
}

function exitAfter(logger: Logger, error: unknown, what: string): never {
  const stack = error instanceof Error ? error.stack : undefined;
  logger.error({ what, ...(stack === undefined ? {} : { stack }) }, describeError(error));
  process.exit(1);
}
