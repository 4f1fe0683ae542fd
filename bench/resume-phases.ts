import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Moments of one resumption, milliseconds since the epoch. */
export interface Resumption {
  readonly killedAtMs: number;
  readonly leaseEndedAtMs: number;
  readonly claimedAtMs: number;
  readonly fencedAtMs: number;
  /** Undefined when the open batch of the killed worker was landed first: that is the progress. */
  readonly recoveredAtMs: number | undefined;
  readonly committedAtMs: number;
}

export const resumptionPhases = ['lease', 'claim', 'fence', 'recover', 'batch', 'total'] as const;
export type ResumptionPhase = (typeof resumptionPhases)[number];

/** Seconds: until the lease of the killed worker ended, until another had claimed, fenced, recovered and committed. */
export function phasesOf(moments: Resumption): Readonly<Record<ResumptionPhase, number>> {
  const { killedAtMs, leaseEndedAtMs, claimedAtMs, fencedAtMs, committedAtMs } = moments;
  const recoveredAtMs = Math.min(moments.recoveredAtMs ?? committedAtMs, committedAtMs);
  const seconds = (from: number, to: number) => (to - from) / 1000;
  return {
    lease: seconds(killedAtMs, leaseEndedAtMs),
    claim: seconds(leaseEndedAtMs, claimedAtMs),
    fence: seconds(claimedAtMs, fencedAtMs),
    recover: seconds(fencedAtMs, recoveredAtMs),
    batch: seconds(recoveredAtMs, committedAtMs),
    total: seconds(killedAtMs, committedAtMs),
  };
}

/** When the lane was claimed, fenced and recovered after a moment, from the logs of the workers. */
export function readTakeover(
  home: string,
  instances: readonly string[],
  afterMs: number,
): Pick<Resumption, 'claimedAtMs' | 'fencedAtMs' | 'recoveredAtMs'> {
  const lines = instances
    .flatMap((instance) => readLines(path.join(home, 'logs', `${instance}.log`)))
    .filter(({ atMs }) => atMs > afterMs);
  const first = (fits: (line: Line) => boolean) => {
    const times = lines.filter(fits).map(({ atMs }) => atMs);
    return times.length === 0 ? undefined : Math.min(...times);
  };
  return {
    claimedAtMs: first(({ message }) => message === 'lane claimed') ?? Number.NaN,
    fencedAtMs: first(({ event }) => event === 'fenced') ?? Number.NaN,
    recoveredAtMs: first(({ event }) => event === 'recovered'),
  };
}

/** p50, p99 and the longest of each phase. */
export function summarise(resumptions: readonly Readonly<Record<ResumptionPhase, number>>[]) {
  return Object.fromEntries(
    resumptionPhases.map((phase) => {
      const sorted = resumptions.map((each) => each[phase]).toSorted((a, b) => a - b);
      const at = (share: number) => Number(sorted[Math.ceil(share * sorted.length) - 1]!.toFixed(2));
      return [phase, { p50: at(0.5), p99: at(0.99), max: at(1) }];
    }),
  );
}

interface Line {
  readonly atMs: number;
  readonly message: string;
  readonly event: string | undefined;
}

function readLines(file: string): readonly Line[] {
  // A worker that still starts has said nothing yet.
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text) => {
      if (!text.startsWith('{') || !text.endsWith('}')) return [];
      const { time, message, event } = JSON.parse(text) as Record<string, string>;
      return time === undefined || message === undefined ? [] : [{ atMs: Date.parse(time), message, event }];
    });
}
