import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Unfinished files of one process. */
export interface Scratch {
  /** The folder below `parent`, made on first use; folders of processes that no longer run on this machine are removed then. */
  folder(): Promise<string>;
}

export function openScratch(parent: string): Scratch {
  const own = join(parent, `${hostname()}~${process.pid}~${randomUUID().slice(0, 8)}`);
  let made: Promise<string> | undefined;
  return {
    folder: () => {
      made ??= removeAbandoned(parent).then(async () => {
        await mkdir(own, { recursive: true });
        return own;
      });
      return made;
    },
  };
}

async function removeAbandoned(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const [host, pid] = name.split('~');
    if (host === hostname() && pid !== undefined && !isRunning(Number(pid))) {
      await rm(join(parent, name), { recursive: true, force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
