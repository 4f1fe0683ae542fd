import type { PartitionFetch } from '@headwater/core-staging';
import type { PartitionView } from './partition-view.ts';

/** One position that lanes wait at. It ends when its records, or the reason why there are none, are delivered. */
export interface Interest {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly lastFetchedEpoch: number;
  readonly view: PartitionView;
  /** Most bytes one answer for it may hold. */
  bytesMax: number;
  /** Calls of lanes that wait for it now. Empty while the lane is busy with what it got before. */
  readonly waiters: Set<Waiter>;
  /** Monotonic milliseconds of the last call that named it. */
  claimedAtMs: number;
  /** An answer that came while nobody waited. */
  parked: PartitionFetch | undefined;
  /** Why the last attempt told nothing. */
  problem: string | undefined;
}

/** One call of a lane. */
export interface Waiter {
  readonly bytesMax: number;
  readonly interests: Interest[];
  readonly answers: PartitionFetch[];
  bytes: number;
  readonly resolve: (answers: readonly PartitionFetch[]) => void;
  readonly reject: (error: Error) => void;
}

/** A lane that has not asked again for this long is busy, paused or gone: its positions are no longer fetched. */
const UNCLAIMED_MS_MAX = 2_000;

export const isAbandoned = ({ waiters, claimedAtMs }: Interest, nowMs: number): boolean =>
  waiters.size === 0 && nowMs - claimedAtMs > UNCLAIMED_MS_MAX;

export const recordBytes = (answer: PartitionFetch): number =>
  answer.kind === 'records' ? answer.recordSet.length : 0;
