import type { Clock } from '@headwater/kernel';

/** Where the time of a batch goes, in the order of its life. docs/metrics.md says what each holds. */
export const batchPhases = [
  'fill',
  'judge',
  'encode',
  'upload',
  'quarantine-commit',
  'commit',
  'mirror',
] as const;
export type BatchPhase = (typeof batchPhases)[number];

/** One phase of one batch. Times are milliseconds since the epoch; `busyMs` leaves out pauses between its parts. */
export interface PhaseTime {
  readonly phase: BatchPhase;
  readonly startMs: number;
  readonly endMs: number;
  readonly busyMs: number;
}

/** Measures one batch. Phases may be entered again and again: judging is one entry per record set. */
export interface BatchPhases {
  measure<T>(clock: Clock, phase: Exclude<BatchPhase, 'fill'>, work: () => Promise<T> | T): Promise<T>;
  /** What the batch is doing now; `fill` between record sets, undefined before its first. */
  current(): BatchPhase | undefined;
  /** What was measured so far. `fill` lasts from the first record set to the beginning of encoding. */
  times(): readonly PhaseTime[];
}

export function createBatchPhases(): BatchPhases {
  const measured = new Map<BatchPhase, PhaseTime>();
  const running: BatchPhase[] = [];
  const add = (phase: BatchPhase, startMs: number, busyMs: number): void => {
    const before = measured.get(phase);
    measured.set(phase, {
      phase,
      startMs: before?.startMs ?? startMs,
      endMs: startMs + busyMs,
      busyMs: (before?.busyMs ?? 0) + busyMs,
    });
  };
  return {
    async measure(clock, phase, work) {
      const startMs = clock.nowMs();
      const sinceMs = clock.monotonicMs();
      running.push(phase);
      try {
        return await work();
      } finally {
        running.splice(running.lastIndexOf(phase), 1);
        add(phase, startMs, clock.monotonicMs() - sinceMs);
      }
    },
    current: () => running.at(-1) ?? (measured.size === 0 ? undefined : 'fill'),
    times() {
      const first = measured.get('judge');
      const filledMs = measured.get('encode')?.startMs;
      const fill =
        first === undefined || filledMs === undefined
          ? []
          : [timeOf('fill', first.startMs, Math.max(first.startMs, filledMs))];
      return [...fill, ...batchPhases.flatMap((phase) => measured.get(phase) ?? [])];
    },
  };
}

const timeOf = (phase: BatchPhase, startMs: number, endMs: number): PhaseTime => ({
  phase,
  startMs,
  endMs,
  busyMs: endMs - startMs,
});
