import path from 'node:path';
import { startStack, type OnStackEvent, type Stack } from '@headwater/platform-embedded';
import { controlPlaneAddress } from '../control-plane/connection.ts';
import type { CliEnvironment } from '../environment.ts';
import { appNames, runApp, type AppName, type AppOptions, type AppProcess } from './app-process.ts';

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
  readonly onRestart: AppOptions['onRestart'];
}

/**
 * Starts the servers, then the apps side by side; resolves when the control plane and the workers are ready. Leaves no
 * process behind when one of them cannot start.
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
    stack = await startStack({
      home: environment.home,
      cacheDir: environment.cacheDir,
      env: environment.variables,
      onProgress: (event) => {
        onProgress(event);
        if (event.kind === 'part.exited' && !isStopping)
          void stack?.[event.part].start().catch(() => undefined);
      },
    });
    const controlPlane = await startApps(stack, options, apps);
    stack.announce(controlPlaneAddress, controlPlane.url);
    return { stack, controlPlaneUrl: controlPlane.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Workers wait for the tables that the control plane's migrations make, so it goes first. */
async function startApps(stack: Stack, options: LocalSystemOptions, apps: AppProcess[]): Promise<AppProcess> {
  const start = async (name: AppName): Promise<AppProcess> => {
    const app = await runApp(stack, toAppOptions(name, stack, options));
    apps.push(app);
    await app.ready();
    options.onReady(name, app.url);
    return app;
  };
  const [first, ...workers] = appNames;
  const controlPlane = await start(first);
  await Promise.all(workers.map(start));
  return controlPlane;
}

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
      ...variables,
      ...stack.environment,
      HEADWATER_HOME: home,
      HEADWATER_INSECURE: '1',
      HEADWATER_LANG: language,
      NODE_COMPILE_CACHE: path.join(cacheDir, 'node-compile'),
    },
  };
}
