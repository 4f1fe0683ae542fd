import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inRoot, nodeCommand, root, toolEnvironment } from './paths.mjs';

/** Runs every `check-` target of project.json through Nx, which repeats only what changed. Resolves the counts. */
export async function runChecks(args = []) {
  const targets = Object.keys(JSON.parse(readFileSync(inRoot('project.json'), 'utf8')).targets).filter(
    (name) => name.startsWith('check-'),
  );
  const outcomes = [];
  for (const target of targets) {
    outcomes.push(await runNx(['run', `headwater:${target}`, '--output-style=stream', ...args]));
  }
  const failed = outcomes.filter((code) => code !== 0).length;
  return { passed: outcomes.length - failed, failed };
}

function runNx(args) {
  const child = spawn(nodeCommand(), [inRoot('node_modules/.bin/nx'), ...args], {
    cwd: root,
    env: toolEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve) => child.once('error', () => resolve(1)).once('close', resolve));
}
