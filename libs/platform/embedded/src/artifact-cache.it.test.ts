import { mkdtempSync } from 'node:fs';
import { appendFile, copyFile, mkdir, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { artifactFolder, judgeArtifact, provideArtifact } from './artifact-cache.ts';
import type { StackEvent } from './events.ts';
import { findUsableJava } from './fetched-java.ts';

let cacheDir = '';
let events: StackEvent[] = [];

beforeAll(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'headwater-cache-'));
});

beforeEach(() => {
  events = [];
});

afterAll(() => rm(cacheDir, { recursive: true, force: true }));

async function provide(
  env: Readonly<Record<string, string | undefined>> = process.env,
  into = cacheDir,
): Promise<string> {
  const { home: javaHome } = await findUsableJava({ env: process.env, cacheDir });
  const onProgress = (event: StackEvent): void => void events.push(event);
  return provideArtifact('kafka', { cacheDir: into, env, javaHome, onProgress });
}

const fetches = (): number => events.filter(({ kind }) => kind === 'download.started').length;

test('the broker is fetched once, every jar with its pinned checksum', async () => {
  const folder = await provide();
  expect((await readdir(folder)).filter((file) => file.endsWith('.jar'))).toHaveLength(46);
  expect(await judgeArtifact(cacheDir, 'kafka', 'content')).toBe('complete');
  await provide();
  expect(fetches()).toBe(1);
});

test.each([
  ['cut short', (jar: string) => truncate(jar, 1_000)],
  ['with other bytes', (jar: string) => appendFile(jar, 'x')],
  ['gone', (jar: string) => rm(jar)],
])('a jar %s makes the artifact broken', async (_case, damage) => {
  const folder = await provide();
  await damage(join(folder, 'jspecify-1.0.0.jar'));
  expect(await judgeArtifact(cacheDir, 'kafka', 'size and time')).toBe('broken');
  await copyFile(join(folder, 'slf4j-api-1.7.36.jar'), join(folder, 'jspecify-1.0.0.jar'));
  expect(await judgeArtifact(cacheDir, 'kafka', 'content')).toBe('broken');
});

test('a broken artifact is fetched again, and what an interrupted fetch left is removed', async () => {
  const folder = await provide();
  await truncate(join(folder, 'kafka-clients-4.3.1.jar'), 1_000);
  await mkdir(join(cacheDir, '.fetch-kafka-999999999'));
  events = [];
  await provide();
  expect(fetches()).toBe(1);
  expect(await judgeArtifact(cacheDir, 'kafka', 'content')).toBe('complete');
  expect(await readdir(cacheDir)).toEqual(['kafka-4.3.1']);
});

test('a folder without its list of checksums is fetched again', async () => {
  await rm(join(artifactFolder(cacheDir, 'kafka'), '.verified.json'), { force: true });
  await provide();
  expect(fetches()).toBe(1);
});

test('no Maven is one sentence that says how to get it', async () => {
  await expect(provide({ PATH: '/nowhere' }, join(cacheDir, 'empty'))).rejects.toMatchObject({
    code: 'HW_STACK_MAVEN_MISSING',
    message: expect.stringContaining('mvn'),
    fix: expect.stringMatching(/Install it .*docker compose/),
  });
});

test('no network is one sentence that says what is kept, and leaves nothing half made', async () => {
  const nowhere =
    '-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=1 -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=1';
  const env = {
    ...process.env,
    MAVEN_OPTS: `${nowhere} -Dmaven.repo.local=${join(cacheDir, 'empty/repository')}`,
  };
  await expect(provide(env, join(cacheDir, 'empty'))).rejects.toMatchObject({
    code: 'HW_STACK_NETWORK_UNREACHABLE',
    canRetry: true,
    fix: expect.stringMatching(/what is complete is kept.*docker compose/),
  });
  expect(await judgeArtifact(join(cacheDir, 'empty'), 'kafka', 'size and time')).toBe('absent');
});
