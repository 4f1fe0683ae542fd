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
