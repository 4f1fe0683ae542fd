import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Stop {
  readonly isStopped: boolean;
  /** What was seen, for a person. */
  readonly words: string;
}

const STOPS_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 10;

/** A process says that it stops before it does, and a busy machine may keep it from its next step for a while. */
export async function untilStopped(pid: number): Promise<Stop> {
  const startedMs = performance.now();
  const seen = new Set<string>();
  while (performance.now() - startedMs < STOPS_WITHIN_MS) {
    const state = stateOf(pid) ?? 'none';
    const tookMs = Math.round(performance.now() - startedMs);
    if (state === 'T') return { isStopped: true, words: `state T after ${tookMs} ms` };
    seen.add(state);
    await sleep(LOOK_EVERY_MS);
  }
  return { isStopped: false, words: `never in state T, but in ${[...seen].join()}; ${waitsIn(pid)}` };
}

/** Wakes a process that slept all the time; answers whether it did. */
export function wake(pid: number): boolean {
  const hasSlept = stateOf(pid) === 'T';
  process.kill(pid, 'SIGCONT');
  return hasSlept;
}

/** The state letter of /proc/<pid>/stat. */
function stateOf(pid: number): string | undefined {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/** Where in the kernel it waits, and the signals it has not taken. */
function waitsIn(pid: number): string {
  try {
    const pending = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^(Sig|Shd)Pnd:\s+\w+/gm) ?? [];
    return `waits in ${readFileSync(`/proc/${pid}/wchan`, 'utf8')}, ${pending.join(', ')}`;
  } catch (error) {
    return String(error);
  }
}
