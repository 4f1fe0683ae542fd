import type { FaultPointName, PlantedBug } from '@headwater/core-staging';

/** What is done to the system when the point is reached. */
export const faultKinds = [
  'kill-worker',
  'kill-api',
  'stop-worker',
  'out-of-memory',
  'disk-full',
  'redis-kill',
  'redis-flush',
  'redis-refuses-writes',
  'redis-slow',
  'postgres-restart',
  'connection-reset',
  'broker-kill',
  'broker-other-leader',
  'topic-recreated',
  'offsets-expired',
  's3-500-burst',
  's3-success-then-timeout',
  's3-reset-mid-body',
  's3-conflict-storm',
  'clock-jump',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One pair of point and kind with a seed: the same seed makes the same records, occurrence and choices. */
export interface Cell {
  readonly point: FaultPointName;
  readonly kind: FaultKind;
  readonly seed: number;
  readonly planted?: PlantedBug;
}

export interface CellResult {
  readonly cell: Cell;
  readonly seconds: number;
  /** What proves that the fault fired; absent means that it did not. */
  readonly proof?: string;
  readonly staged: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Empty when every invariant holds. */
  readonly problems: readonly string[];
}

export const nameOf = ({ point, kind, seed }: Cell): string => `${point}:${kind}:${seed}`;

/** A number for the cell's randomness (FNV-1a). */
export function seedOf({ point, kind, seed }: Cell): number {
  let hash = 0x811c9dc5;
  for (const char of `${point}:${kind}:${seed}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}

export const secondsSince = (startedMs: number): number =>
  Math.round((performance.now() - startedMs) / 100) / 10;

/** Of a cell that this machine cannot run. */
export const unable = (cell: Cell, startedMs: number, problem: string): CellResult => ({
  cell,
  seconds: secondsSince(startedMs),
  staged: 0,
  lost: 0,
  duplicated: 0,
  problems: [problem],
});

/** One line for a person. */
export const describeCell = ({
  cell,
  seconds,
  proof,
  staged,
  lost,
  duplicated,
  problems,
}: CellResult): string =>
  `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${nameOf(cell).padEnd(50)} ${seconds.toFixed(1).padStart(5)} s  staged ${String(staged).padStart(5)}, lost ${lost}, duplicated ${duplicated}  ${problems[0] ?? proof ?? ''}`;
