import type { AskedPartition, FetchQuestion } from './fetch-answer.ts';
import type { Interest } from './fetch-interest.ts';
import { partitionKey } from './fetch-session.ts';

/**
 * How a position is fetched from its broker. Each tier has a connection of its own, because a broker answers the requests
 * of one connection in order. `drain`: records are known, or nothing is known; the broker answers at once. `active`: at
 * the end of a partition that moved lately; short waits, so that another position joins soon. `watch`: at the end of a
 * quiet partition; one long poll of a fetch session holds all of them.
 */
export type FetchTier = 'drain' | 'active' | 'watch';

export const tierWaitMs: Readonly<Record<FetchTier, number>> = { drain: 0, active: 25, watch: 500 };

/** A partition without new records for this long is quiet. */
const QUIET_AFTER_MS = 2_000;
const QUESTION_BYTES_MAX = 8 << 20;
const QUESTION_PARTITIONS_MAX = 5_000;

export const isAtEnd = ({ offset, view }: Interest): boolean =>
  view.lastStableOffset !== undefined && offset >= view.lastStableOffset;

export const isQuiet = ({ view }: Interest, nowMs: number): boolean =>
  nowMs - view.recordsAtMs > QUIET_AFTER_MS;

/**
 * The positions of the next request by partition, in the order the broker fills its answer: the topic and then the
 * partition that waited longest for records comes first. That one alone may get a batch above the limits, so every batch
 * gets its turn. A partition is asked for at one offset.
 */
export function chooseInterests(candidates: Iterable<Interest>): ReadonlyMap<string, Interest> {
  const served = new Map<string, number>();
  const all = [...candidates];
  for (const { topicId, view } of all) {
    served.set(topicId, Math.max(served.get(topicId) ?? 0, view.servedAt));
  }
  const turn = ({ topicId }: Interest): number => served.get(topicId) ?? 0;
  all.sort(
    (a, b) => turn(a) - turn(b) || a.view.servedAt - b.view.servedAt || b.waiters.size - a.waiters.size,
  );
  const chosen = new Map<string, Interest>();
  for (const interest of all) {
    const key = partitionKey(interest);
    if (!chosen.has(key)) chosen.set(key, interest);
    if (chosen.size >= QUESTION_PARTITIONS_MAX) break;
  }
  return chosen;
}

/** Each lane's own bound, summed over the topics, but never more than one answer may hold. */
export function questionBytesMax(chosen: Iterable<Interest>): FetchQuestion['bytesMax'] {
  const byTopic = new Map<string, number>();
  for (const { topicId, bytesMax } of chosen) {
    byTopic.set(topicId, Math.max(byTopic.get(topicId) ?? 0, bytesMax));
  }
  return Math.min(
    QUESTION_BYTES_MAX,
    [...byTopic.values()].reduce((sum, bytes) => sum + bytes, 0),
  );
}

export const toAsked = (interest: Interest, leaderEpoch: number): AskedPartition => ({
  topicId: interest.topicId,
  partition: interest.partition,
  leaderEpoch,
  offset: interest.offset,
  lastFetchedEpoch: interest.lastFetchedEpoch,
  bytesMax: interest.bytesMax,
});
