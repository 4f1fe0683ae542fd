import { chmodSync, mkdtempSync, readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess, resetStack } from '@headwater/platform-embedded';

const prefix = 'headwater-test-';

/** Where fetched servers are kept for all runs. */
export const testCacheDir = (): string =>
  process.env['HEADWATER_CACHE_DIR'] ?? join(homedir(), '.cache/headwater');

/** A fresh state folder; `removeAbandonedHomes` of a later run removes it when this run cannot. */
export function createTestHome(): string {
  const home = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  chmodSync(home, 0o755);
  return home;
}

/** Removes the state folders, and ends the servers, of runs that were killed. */
export async function removeAbandonedHomes(): Promise<void> {
  for (const entry of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(entry)?.[1];
    if (pid !== undefined && identifyProcess(Number(pid)) === undefined) {
      await resetStack(join(tmpdir(), entry), () => undefined).catch(() => undefined);
    }
  }
}
