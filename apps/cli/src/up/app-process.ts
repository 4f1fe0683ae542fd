import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { operationalError } from '@headwater/kernel';
import type { Stack, SupervisedProcess } from '@headwater/platform-embedded';
import { nodeArguments, nodeVariables } from '@headwater/platform-process';
import { countEnds, restartDelayMs } from './restart-delay.ts';

export const workerNames = ['staging-worker', 'retention-worker'] as const;
export type AppName = 'control-plane' | (typeof workerNames)[number];

export interface AppOptions {
  readonly name: AppName;
  /** File of the bundle. */
  readonly bundle: string;
  /** Its whole environment but for the port. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder of logs, for messages. */
  readonly home: string;
  /** Told when the app ended by itself and is started again after `delayMs`. */
  readonly onRestart: (name: AppName, delayMs: number, log: string) => void;
}

export interface AppProcess {
  readonly name: AppName;
  readonly url: string;
  /**
   * Resolves when `/readyz` says so. Throws with the end of the log when that takes longer than 60 s or when the app has
   * ended three times before, and when the signal is aborted.
   */
  ready(stopped: AbortSignal): Promise<void>;
  /** No more restarts. The stack ends the process itself. */
  release(): void;
}

const readyMsMax = 60_000;
const readyPollMs = 50;
const endsBeforeReadyMax = 3;
const stopDeadlineMs = 15_000;

/** Runs one app under the stack and starts it again, with growing waits, whenever it ends by itself. */
export async function runApp(stack: Stack, options: AppOptions): Promise<AppProcess> {
  const { name, home } = options;
  const port = await stack.choosePort(name);
  const url = `http://127.0.0.1:${port}`;
  let isReleased = false;
  let ends = 0;
  let process = await launch(stack, options, port);
  const keepRunning = async (): Promise<void> => {
    while (!isReleased) {
      const startedMs = performance.now();
      await process.exited;
      if (isReleased) return;
      ends = countEnds(ends, performance.now() - startedMs);
      const delayMs = restartDelayMs(ends);
      options.onRestart(name, delayMs, logOf(home, name));
      await sleep(delayMs, undefined, { ref: false });
      if (!isReleased) process = await launch(stack, options, port);
    }
  };
  void keepRunning().catch((error: unknown) => {
    if (!isReleased) throw error;
  });
  return {
    name,
    url,
    ready: (stopped) =>
      waitUntilReady(url, stopped, () => ends < endsBeforeReadyMax).catch((error: unknown) => {
        throw stopped.aborted ? error : notReady(options, process);
      }),
    release: () => void (isReleased = true),
  };
}

const logOf = (home: string, name: string): string => path.join(home, 'logs', `${name}.log`);

function launch(
  stack: Stack,
  { name, bundle, environment }: AppOptions,
  port: number,
): Promise<SupervisedProcess> {
  return stack.run({
    name,
    command: globalThis.process.execPath,
    args: [...nodeArguments, bundle],
    env: {
      ...nodeVariables,
      ...environment,
      HEADWATER_HTTP_HOST: '127.0.0.1',
      HEADWATER_HTTP_PORT: String(port),
    },
    stopSignal: 'SIGTERM',
    stopDeadlineMs,
  });
}

async function waitUntilReady(url: string, stopped: AbortSignal, isWorthIt: () => boolean): Promise<void> {
  const end = performance.now() + readyMsMax;
  while (!(await isReady(url))) {
    stopped.throwIfAborted();
    if (performance.now() > end || !isWorthIt()) throw new Error('not ready');
    await sleep(readyPollMs);
  }
}

const notReady = ({ name, home }: AppOptions, process: SupervisedProcess) =>
  operationalError({
    code: 'HW_UP_APP_NOT_READY',
    message: `${name} does not become ready.\n${process.logTail()}`,
    fix: `Read ${logOf(home, name)}; \`headwater doctor\` checks what it needs.`,
  });

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) })).ok;
  } catch {
    return false;
  }
}
