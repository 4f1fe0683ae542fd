import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process says that it stops before it does: its state once it has, or after a second. */
export async function stoppedState(pid: number): Promise<string | undefined> {
  for (let look = 0; look < 100 && stateOf(pid) !== 'T'; look++) await sleep(10);
  return stateOf(pid);
}

/** The state letter of /proc/<pid>/stat, or of ps where there is no /proc. */
export function stateOf(pid: number): string | undefined {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
