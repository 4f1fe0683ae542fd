import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { inRoot, nodeCommand, toolEnvironment } from './paths.mjs';
import { Problem } from './problem.mjs';

const parentLookMs = 1000;
// kafkajs, which plays the domain teams' producers, asks for timers that are a few milliseconds late.
const silentWarnings = ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning'];

/**
 * Runs the installed Node in place of this one: same terminal, same folder, signals passed on, its exit code returned.
 * When whoever started this process is gone, so is the reason to run, and the child is stopped in order.
 */
export async function handOver(args) {
  if (!existsSync(inRoot(args[0]))) {
    throw new Problem(
      `${args[0]} does not exist.`,
      'This version has no such program; `npm run build` makes dist/.',
    );
  }
  const child = spawn(nodeCommand(), [...silentWarnings, inRoot(args[0]), ...args.slice(1)], {
    stdio: 'inherit',
    env: toolEnvironment(),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, parentLookMs);
  const exit = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  clearInterval(watch);
  return exit.code ?? 128 + (signalNumbers[exit.signal] ?? 0);
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
