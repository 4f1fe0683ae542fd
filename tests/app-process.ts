import { nodeArguments, nodeVariables } from '@headwater/platform-process';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export interface AppProcess {
  /** `http://host:port` of its HTTP server. */
  readonly url: string;
  output(): string;
  /** Answers the exit code; null when a signal ended it, which is SIGKILL when it does not end in time. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

export type AppName = 'control-plane' | 'staging-worker' | 'retention-worker';

export interface EndedProcess {
  readonly code: number | null;
  readonly output: string;
}

const ENDS_WITHIN_MS = 60_000;

/** Starts a built app as its own process and waits until it says where it listens. */
export async function startApp(app: AppName, env: Readonly<Record<string, string>>): Promise<AppProcess> {
  const running = launch(app, env);
  const url = await new Promise<string>((resolve, reject) => {
    running.child.stdout?.on('data', () => {
      const listening = /^\{"listening":"([^"]+)"\}$/m.exec(running.output())?.[1];
      if (listening !== undefined) resolve(listening);
    });
    running.ended.then(
      ({ code, output }) => reject(new Error(`${app} ended with ${code}\n${output}`)),
      reject,
    );
  });
  return {
    url,
    output: running.output,
    async kill(signal) {
      running.child.kill(signal);
      const late = setTimeout(() => running.child.kill('SIGKILL'), ENDS_WITHIN_MS);
      const { code } = await running.ended;
      clearTimeout(late);
      return code;
    },
  };
}

/** Runs a built app that is expected to end by itself. */
export const runApp = (app: AppName, env: Readonly<Record<string, string>>): Promise<EndedProcess> =>
  launch(app, env).ended;

function launch(
  app: string,
  env: Readonly<Record<string, string>>,
): { readonly child: ChildProcess; readonly ended: Promise<EndedProcess>; output(): string } {
  const bundle = path.join(import.meta.dirname, `../dist/release/${app}.mjs`);
  if (!existsSync(bundle)) throw new Error('dist/release is not built: run `npm run build` first');
  const child = spawn(process.execPath, [...nodeArguments, bundle], {
    env: {
      PATH: process.env['PATH'] ?? '',
      ...nodeVariables,
      HEADWATER_HTTP_HOST: '127.0.0.1',
      HEADWATER_HTTP_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-50_000)));
  }
  const ended = new Promise<EndedProcess>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  return { child, ended, output: () => output };
}
