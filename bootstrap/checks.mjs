import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inRoot, nodeCommand, root, toolEnvironment } from './paths.mjs';

/** Runs every `check-` target of project.json through Nx, which repeats only what changed. Resolves the counts. */
export async function runChecks(args = []) {
  const { targets } = JSON.parse(readFileSync(inRoot('project.json'), 'utf8'));
  const checks = Object.keys(targets).filter((name) => name.startsWith('check-'));
  const { code, output } = await runNx([
    'run-many',
    '--projects=headwater',
    `--targets=${checks.join(',')}`,
    '--output-style=static',
    '--nxBail=false',
    ...args,
  ]);
  if (code === 0) return { passed: checks.length, failed: 0 };
  const failed = countFailed(output, checks);
  return { passed: failed === 0 ? 0 : checks.length - failed, failed: Math.max(failed, 1) };
}

/** How many of the checks Nx lists as failed at the end of its output. */
function countFailed(output, checks) {
  const at = output.lastIndexOf('Failed tasks:');
  return at < 0 ? 0 : checks.filter((name) => output.includes(`- headwater:${name}`, at)).length;
}

function runNx(args) {
  const child = spawn(nodeCommand(), [inRoot('node_modules/.bin/nx'), ...args], {
    cwd: root,
    env: toolEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    process.stdout.write(text);
    output = (output + text).slice(-100_000);
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: 1, output }));
    child.once('close', (code) => resolve({ code, output }));
  });
}
