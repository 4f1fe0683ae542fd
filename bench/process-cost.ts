import { readdirSync, readFileSync } from 'node:fs';

/** What a process has cost so far, from the kernel's own books (Linux). */
export interface ProcessCost {
  readonly cpuSeconds: number;
  readonly rssPeakMb: number;
}

const TICKS_PER_SECOND = 100;

export function readProcessCost(pid: number): ProcessCost {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuSeconds: readCpu(`/proc/${pid}/stat`).seconds,
    rssPeakMb: Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024),
  };
}

/** CPU seconds of the threads that live, summed by name (Linux), the most expensive first. */
export function readThreadCosts(pid: number): readonly { readonly name: string; readonly seconds: number }[] {
  const byName = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const { name, seconds } = readCpu(`/proc/${pid}/task/${thread}/stat`);
    byName.set(name, (byName.get(name) ?? 0) + seconds);
  }
  return [...byName]
    .map(([name, seconds]) => ({ name, seconds }))
    .sort((left, right) => right.seconds - left.seconds);
}

/** proc_pid_stat(5): the name in brackets, then utime and stime as fields 14 and 15. */
function readCpu(file: string): { readonly name: string; readonly seconds: number } {
  const stat = readFileSync(file, 'utf8');
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  return { name: stat.slice(stat.indexOf('(') + 1, end), seconds };
}
