import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { operationalError } from '@headwater/kernel';

/** Bytes this user may still write below `path`, which need not exist yet. */
export async function freeBytes(path: string): Promise<number> {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return bavail * bsize;
}

export const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`;

/** Fails with a sentence when less than `bytesMin` is free; called before a download rather than in the middle of it. */
export async function requireFreeBytes(path: string, bytesMin: number, purpose: string): Promise<void> {
  const free = await freeBytes(path);
  if (free >= bytesMin) return;
  throw operationalError({
    code: 'HW_STACK_DISK_FULL',
    message: `${purpose} needs ${megabytes(bytesMin)} below ${path}, and ${megabytes(free)} are free.`,
    fix: 'Free some space, or point HEADWATER_CACHE_DIR (downloads) and HEADWATER_HOME (data) at another disk.',
    canRetry: true,
  });
}
