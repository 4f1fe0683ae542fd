import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runSql } from '@headwater/platform-wire';
import { testCacheDir, type SecuredStack } from '@headwater/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Variables } from './server-variables.ts';

const bundle = path.join(import.meta.dirname, '../../dist/release/cli.mjs');

/** "Your own servers" of the README: `npm start` and `headwater doctor` with every server outside. */
export function describeOwnServers(secured: () => SecuredStack, variables: () => Variables): void {
  let folder: string;
  let databaseUrl: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'headwater-own-'));
    await runSql(secured().superDatabaseUrl, 'CREATE DATABASE own OWNER app');
    const url = new URL(secured().databaseUrl);
    url.pathname = '/own';
    databaseUrl = url.href;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (args: readonly string[], change: Variables = {}) => {
    const { DATABASE_URL: _url, ...open } = variables();
    const file = path.join(folder, 'database-url');
    writeFileSync(file, `${databaseUrl}\n`, { mode: 0o600 });
    const child = spawn(process.execPath, [bundle, ...args], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        LANG: 'en_US.UTF-8',
        HEADWATER_HOME: path.join(folder, 'state'),
        HEADWATER_CACHE_DIR: testCacheDir(),
        LAKE_URL: pathToFileURL(path.join(folder, 'lake')).href,
        ...open,
        DATABASE_URL_FILE: file,
        ...change,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    return new Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>(
      (resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })),
    );
  };
  const expectNoSecret = (text: string): void => {
    for (const secret of secured().canaries) expect(text).not.toContain(secret);
  };

  test('doctor shows each server that is wrong with its own fix, and no secret', async () => {
    const ran = await run(['doctor', '-o', 'json'], {
      KAFKA_SSL_CA_FILE: secured().strangerFile,
      REDIS_URL: secured().redisUrl.replace('localhost', '127.0.0.1'),
      SCHEMA_REGISTRY_PASSWORD: 'wrong-canary',
    });
    expect(ran.code, ran.stderr).toBe(1);
    const findings = JSON.parse(ran.stdout) as readonly {
      id: string;
      state: string;
      found: string;
      fix?: string;
    }[];
    const of = (variable: string) => findings.find(({ id }) => id === `variable.${variable}`);
    expect(of('DATABASE_URL')).toMatchObject({ state: 'ok' });
    expect(of('KAFKA_BOOTSTRAP_SERVERS')).toMatchObject({
      state: 'wrong',
      fix: expect.stringContaining('KAFKA_SSL_CA_FILE'),
    });
    expect(of('REDIS_URL')).toMatchObject({ state: 'wrong', found: expect.stringContaining('another name') });
    expect(of('SCHEMA_REGISTRY_URL')).toMatchObject({
      state: 'wrong',
      fix: expect.stringContaining('SCHEMA_REGISTRY_PASSWORD'),
    });
    expectNoSecret(ran.stdout + ran.stderr);
    expect(ran.stdout + ran.stderr).not.toContain('wrong-canary');
  });

  test(
    'npm start uses all of them: a bounded demo ends with a balance sheet',
    { timeout: 200_000 },
    async () => {
      const ran = await run(['up', '--demo', 'ad-events', '--events', '2000', '--seed', '7', '--exit']);
      expect(ran.code, ran.stderr).toBe(0);
      const sheet = JSON.parse(ran.stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, number>;
      expect(sheet).toMatchObject({ produced: 2_000, lost: 0, duplicated: 0 });
      expect((sheet['landed'] ?? 0) + (sheet['quarantined'] ?? 0)).toBe(2_000);
      expectNoSecret(ran.stdout + ran.stderr);
    },
  );
}
