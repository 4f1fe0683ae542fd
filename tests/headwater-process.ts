import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testCacheDir } from '@headwater/testkit';

const root = path.join(import.meta.dirname, '..');
const bundle = path.join(root, 'dist/release/cli.mjs');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A person at a shell: their own folder, their own state folder, the built command line. */
export interface Shell {
  readonly folder: string;
  readonly home: string;
  run(args: readonly string[], input?: string): Promise<Ran>;
  /** Runs and parses standard output as JSON. Fails with what was written to standard error unless the code is 0. */
  json(args: readonly string[]): Promise<unknown>;
  /** Starts a command that goes on by itself. */
  start(args: readonly string[]): {
    readonly child: ChildProcess;
    readonly ended: Promise<Ran>;
    stderr(): string;
  };
  remove(): void;
}

export function openShell(): Shell {
  if (!existsSync(bundle)) throw new Error('dist/release is not built: run `npm run build` first');
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-walk-'));
  const home = path.join(folder, 'state');
  const start = (args: readonly string[], input = '') => {
    const child = spawn(process.execPath, [bundle, ...args], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        HEADWATER_HOME: home,
        HEADWATER_CACHE_DIR: testCacheDir(),
        LANG: 'en_US.UTF-8',
      },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.end(input);
    const ended = new Promise<Ran>((resolve) =>
      child.once('close', (code) => resolve({ code, stdout, stderr })),
    );
    return { child, ended, stderr: () => stderr };
  };
  return {
    folder,
    home,
    start,
    run: (args, input) => start(args, input).ended,
    async json(args) {
      const { code, stdout, stderr } = await start(args).ended;
      if (code !== 0) throw new Error(`headwater ${args.join(' ')} ended with ${code}\n${stderr}`);
      return JSON.parse(stdout) as unknown;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Asks until the answer is not undefined; fails with `what` after the deadline. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  secondsMax: number,
): Promise<T> {
  const end = performance.now() + secondsMax * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`${what}: not within ${secondsMax} s`);
    await sleep(200);
  }
}

export const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
