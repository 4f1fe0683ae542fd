import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * The folder where Node keeps what it compiled of this build, so that the next start is quicker (`NODE_COMPILE_CACHE`).
 * Those of other builds are removed: each build would leave some 10 MB for ever.
 */
export function openCompileCache(cacheDir: string, dist: string): string {
  const folder = path.join(cacheDir, 'node-compile');
  const madeFrom = path.join(dist, '.made-from');
  const build = existsSync(madeFrom) ? readFileSync(madeFrom, 'utf8').trim().slice(0, 16) : 'unnamed';
  mkdirSync(path.join(folder, build), { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name !== build) rmSync(path.join(folder, name), { recursive: true, force: true });
  }
  return path.join(folder, build);
}
