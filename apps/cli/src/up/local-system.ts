import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectObjectStore } from '@headwater/adapter-object-store';
import { secretFileOf } from '@headwater/platform-config';
import { startStack, type OnStackEvent, type Stack, type StackPart } from '@headwater/platform-embedded';
import { controlPlaneAddress, readLocalToken } from '../control-plane/connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { runApp, workerNames, type AppName, type AppOptions, type AppProcess } from './app-process.ts';
import { openCompileCache } from './compile-cache.ts';
import { restartDelayMs } from './restart-delay.ts';

/** The whole product on one machine: servers and apps. */
export interface LocalSystem {
  readonly stack: Stack;
  readonly controlPlaneUrl: string;
  /** Orderly: apps first, then the servers. May be called twice. */
  stop(): Promise<void>;
}

export interface LocalSystemOptions {
  readonly environment: CliEnvironment;
  readonly onProgress: OnStackEvent;
  readonly onReady: (app: AppName, url: string) => void;
  readonly onNotReady: (error: unknown) => void;
  readonly onRestart: AppOptions['onRestart'];
  /** Aborted when the start is no longer wanted. */
  readonly stopped: AbortSignal;
}

/**
 * Starts the servers, then the apps; resolves when the control plane is ready. Leaves no process behind when a server or
 * the control plane cannot start.
 */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const { environment, onProgress } = options;
  const apps: AppProcess[] = [];
  let stack: Stack | undefined;
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    for (const app of apps) app.release();
    await stack?.stop();
  };
  try {
    await probeLake(environment.variables['LAKE_URL']?.trim());
    stack = await startStack({
      home: environment.home,
      cacheDir: environment.cacheDir,
      env: environment.variables,
      onProgress: (event) => {
        onProgress(event);
        if (event.kind === 'part.exited' && stack !== undefined) {
          void restartPart(stack[event.part], () => isStopping);
        }
      },
    });
    options.stopped.throwIfAborted();
    const controlPlane = await startApps(stack, options, apps);
    stack.announce(controlPlaneAddress, controlPlane.url);
    return { stack, controlPlaneUrl: controlPlane.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A store that cannot hold the lake is told before anything starts [S9]. */
async function probeLake(lakeUrl: string | undefined): Promise<void> {
  if (lakeUrl?.startsWith('s3:') === true) await connectObjectStore(lakeUrl, 'write');
}

const partStartsMax = 10;

/** Starts a server that ended by itself again, with growing waits; its clients reconnect to the same port. */
async function restartPart(part: StackPart, isStopping: () => boolean): Promise<void> {
  for (let attempt = 1; attempt <= partStartsMax; attempt++) {
    await sleep(restartDelayMs(attempt), undefined, { ref: false });
    if (isStopping()) return;
    const isStarted = await part.start().then(
      () => true,
      () => false,
    );
    if (isStarted) return;
  }
}

/**
 * Workers need the tables that the control plane's migrations make, so it goes first the first time; later they start
 * side by side. A worker that does not become ready is told and goes on being restarted.
 */
async function startApps(stack: Stack, options: LocalSystemOptions, apps: AppProcess[]): Promise<AppProcess> {
  const run = async (name: AppName): Promise<AppProcess> => {
    const app = await runApp(stack, toAppOptions(name, stack, options));
    apps.push(app);
    return app;
  };
  const awaitReady = async (app: AppProcess): Promise<void> => {
    await app.ready(options.stopped);
    options.onReady(app.name, app.url);
  };
  const runWorker = async (name: AppName): Promise<void> => {
    const worker = await run(name);
    void awaitReady(worker).catch((error: unknown) => {
      if (!options.stopped.aborted) options.onNotReady(error);
    });
  };
  const isFirstStart = readLocalToken(options.environment.home) === undefined;
  const controlPlane = await run('control-plane');
  if (isFirstStart) await awaitReady(controlPlane);
  for (const name of workerNames) await runWorker(name);
  if (!isFirstStart) await awaitReady(controlPlane);
  return controlPlane;
}

/** What the stack gives replaces the file it may have been read from; both at once would be refused. */
const withoutSecretFiles = (
  variables: CliEnvironment['variables'],
  given: Stack['environment'],
): CliEnvironment['variables'] =>
  Object.fromEntries(
    Object.entries(variables).filter(
      ([name]) => !Object.keys(given).some((replaced) => secretFileOf(replaced) === name),
    ),
  );

function toAppOptions(
  name: AppName,
  stack: Stack,
  { environment, onRestart }: LocalSystemOptions,
): AppOptions {
  const { root, home, cacheDir, language, variables } = environment;
  return {
    name,
    home,
    onRestart,
    bundle: path.join(root, 'dist', 'release', `${name}.mjs`),
    environment: {
      ...withoutSecretFiles(variables, stack.environment),
      ...stack.environment,
      HEADWATER_HOME: home,
      HEADWATER_INSECURE: '1',
      HEADWATER_LANG: language,
      NODE_COMPILE_CACHE: openCompileCache(cacheDir, path.join(root, 'dist', 'release')),
    },
  };
}
