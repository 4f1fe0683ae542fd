import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { runChecks } from './checks.mjs';
import { inRoot, nodeCommand, root, toolEnvironment } from './paths.mjs';

const report = 'dist/test-report.json';
const deadlineMs = 40 * 60_000;

/** The checks and every test; the last line on stdout holds the real totals. Resolves the exit code. */
export async function runTests(args) {
  const checks = args.length === 0 ? await runChecks() : { passed: 0, failed: 0 };
  const tests = await runVitest(args);
  process.stdout.write(`\nchecks: ${describe(checks)}\ntests: ${describe(tests)}\n`);
  const totals = {
    passed: checks.passed + tests.passed,
    failed: checks.failed + tests.failed,
    skipped: tests.skipped,
  };
  process.stdout.write(`${describe(totals)}\n`);
  return totals.failed === 0 ? 0 : 1;
}

const describe = ({ passed, failed, skipped = 0 }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

async function runVitest(args) {
  mkdirSync(inRoot('dist'), { recursive: true });
  rmSync(inRoot(report), { force: true });
  const child = spawn(
    nodeCommand(),
    [
      inRoot('node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    { cwd: root, env: toolEnvironment(), stdio: ['ignore', 'inherit', 'inherit'] },
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const deadline = setTimeout(() => stopHanging(child), deadlineMs);
  const code = await new Promise((resolve) => child.once('error', () => resolve(1)).once('close', resolve));
  clearTimeout(deadline);
  return countTests(readReport(), code);
}

/** A test that keeps its thread busy cannot be timed out by Vitest. */
function stopHanging(child) {
  process.stderr.write(`the tests did not end within ${deadlineMs / 60_000} minutes and are stopped\n`);
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
}

function readReport() {
  try {
    return JSON.parse(readFileSync(inRoot(report), 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Totals of a Vitest report. A file that failed without a failing test (it did not load), and a run that failed without
 * either (a crash, an unhandled error), count as one failure each.
 */
export function countTests(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const files = report.testResults;
  const statuses = files.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const count = (...wanted) => statuses.filter((status) => wanted.includes(status)).length;
  const crashedFiles = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  ).length;
  const failed = count('failed') + crashedFiles;
  const isUnexplained = failed === 0 && exitCode !== 0;
  return {
    passed: count('passed'),
    failed: failed + (isUnexplained ? 1 : 0),
    skipped: count('skipped', 'pending', 'todo', 'disabled'),
  };
}
