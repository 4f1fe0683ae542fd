import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, userError } from '@headwater/kernel';
import { identifyProcess, isRunning } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** Makes this process the only supervisor of a state folder. Returns the release. */
export function lockHome(home: string): () => void {
  mkdirSync(home, { recursive: true });
  const file = join(home, 'supervisor.lock');
  const own = identifyProcess(process.pid);
  assert(own !== undefined, 'this process is running');
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      writeFileSync(file, JSON.stringify(own), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = readHolder(file);
    if (holder !== undefined && isRunning(holder)) throw alreadyRunning(home, holder.pid);
    rmSync(file, { force: true });
  }
  throw alreadyRunning(home, 0);
}

function readHolder(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

function alreadyRunning(home: string, pid: number): Error {
  return userError({
    code: 'HW_STACK_ALREADY_RUNNING',
    message: `Headwater already runs with the state folder ${home} (process ${pid}).`,
    fix: `Use the one that runs, stop it with Ctrl-C or \`kill ${pid}\`, or set HEADWATER_HOME to another folder.`,
  });
}
