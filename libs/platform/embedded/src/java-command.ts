import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Java } from './java-home.ts';
import { identifyProcess } from './process-identity.ts';

/**
 * Class data archive (AppCDS) of one program on one Java: it halves the start. Written by the first orderly stop to a
 * file of its own and moved into place, because a running Java may have the old one mapped.
 */
export interface ClassArchive {
  readonly flags: readonly string[];
  /** Call when the process that ran with `flags` has stopped in order. */
  keep(): Promise<void>;
}

export async function chooseClassArchive(
  cacheDir: string,
  program: string,
  java: Java,
  classPath: string,
): Promise<ClassArchive> {
  const key = createHash('sha256').update(`${java.home}\n${java.version}\n${classPath}`).digest('hex');
  const folder = join(cacheDir, 'class-archives');
  const archive = join(folder, `${program}-${key.slice(0, 16)}.jsa`);
  await mkdir(folder, { recursive: true });
  await removeAbandoned(folder);
  const quiet = ['-Xshare:auto', '-Xlog:cds=off', '-Xlog:cds+dynamic=off', '-Xlog:disable', '-Xlog:all=off'];
  if (existsSync(archive)) {
    return { flags: [...quiet, `-XX:SharedArchiveFile=${archive}`], keep: async () => undefined };
  }
  const pending = `${archive}.${process.pid}`;
  return {
    flags: [...quiet, `-XX:ArchiveClassesAtExit=${pending}`],
    async keep() {
      if (existsSync(archive)) await rm(pending, { force: true });
      else if (existsSync(pending)) await rename(pending, archive);
    },
  };
}

/** Removes what a supervisor that was killed could not move into place. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    const pid = /\.jsa\.(\d+)$/.exec(entry)?.[1];
    if (pid !== undefined && identifyProcess(Number(pid)) === undefined) {
      await rm(join(folder, entry), { force: true });
    }
  }
}
