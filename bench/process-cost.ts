import { readFileSync } from 'node:fs';

/** What a process has cost so far, from the kernel's own books (Linux). */
export interface ProcessCost {
  readonly cpuSeconds: number;
  readonly rssPeakMb: number;
}

const TICKS_PER_SECOND = 100;

export function readProcessCost(pid: number): ProcessCost {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    rssPeakMb: Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024),
  };
}
