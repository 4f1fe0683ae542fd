import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'headwater-bootstrap-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const { countTests } = (await import(path.join(root, 'bootstrap/test-run.mjs'))) as {
  countTests(report: unknown, exitCode: number): Totals;
};

const file = (status: string, ...results: string[]) => ({
  status,
  assertionResults: results.map((result) => ({ status: result })),
});

describe('the totals of a test run', () => {
  test('count every test of every file', () => {
    const testResults = [
      file('passed', 'passed', 'passed', 'skipped'),
      file('failed', 'failed', 'passed', 'todo'),
    ];
    expect(countTests({ testResults }, 1)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  test('count a file that did not load as a failure', () => {
    expect(countTests({ testResults: [file('failed'), file('passed', 'passed')] }, 1)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });

  test('count a run that failed with nothing failing as a failure', () => {
    expect(countTests({ testResults: [file('passed', 'passed')] }, 1).failed).toBe(1);
  });

  test('count a run without a report as a failure', () => {
    expect(countTests(undefined, 0).failed).toBe(1);
  });
});

/** A folder with the bootstrap alone, and a PATH that holds `programs` of this machine and nothing else. */
function runAlone(name: string, programs: readonly string[], args: readonly string[]) {
  const home = path.join(folder, name);
  const bin = path.join(home, 'path');
  mkdirSync(bin, { recursive: true });
  cpSync(path.join(root, 'bootstrap'), path.join(home, 'bootstrap'), { recursive: true });
  writeFileSync(path.join(home, 'package.json'), '{"name":"alone","version":"0.0.0","private":true}');
  writeFileSync(
    path.join(home, 'package-lock.json'),
    JSON.stringify({ name: 'alone', version: '0.0.0', lockfileVersion: 3, packages: { '': {} } }),
  );
  for (const program of programs) {
    const found = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(found, path.join(bin, program));
  }
  const {
    KAFKA_BOOTSTRAP_SERVERS: _kafka,
    SCHEMA_REGISTRY_URL: _registry,
    npm_config_user_agent: _npm,
    ...env
  } = process.env;
  const { status, stderr } = spawnSync(process.execPath, ['bootstrap/run.mjs', ...args], {
    cwd: home,
    env: { ...env, PATH: bin },
    encoding: 'utf8',
  });
  return { status, stderr };
}

describe('what is missing is told in one sentence with its fix', () => {
  test('no npm', () => {
    const { status, stderr } = runAlone('no-npm', ['sh'], ['build']);
    expect(stderr).toMatch(/^\nnpm 10 or newer is needed, none was found\.\nFix: Install npm .*\n$/);
    expect(status).toBe(1);
  });

  test('no Maven', () => {
    const { status, stderr } = runAlone('no-maven', ['sh', 'node', 'npm', 'java', 'python3'], ['up']);
    expect(stderr).toMatch(/there is no mvn on PATH\.\nFix: Install it .*docker compose up -d.*\n$/);
    expect(status).toBe(1);
  });

  test('packages that do not include Node 24', () => {
    const { status, stderr } = runAlone('no-node', ['sh', 'node', 'npm'], ['build']);
    expect(stderr).toMatch(/lack Node 24\.\nFix: Allow install scripts/);
    expect(status).toBe(1);
  });

  test('a command that does not exist', () => {
    const { status, stderr } = runAlone('no-command', [], ['upp']);
    expect(stderr).toMatch(/There is no command "upp"\.\nFix: Use one of: up, cli, build/);
    expect(status).toBe(1);
  });
});
