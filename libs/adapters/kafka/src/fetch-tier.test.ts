import { expect, test } from 'vitest';
import type { Interest } from './fetch-interest.ts';
import { chooseInterests, isAtEnd, questionBytesMax } from './fetch-tier.ts';

const interest = (
  topicId: string,
  partition: number,
  servedAt: number,
  over: Partial<Interest> = {},
): Interest => ({
  topic: topicId,
  topicId,
  partition,
  offset: 0n,
  lastFetchedEpoch: -1,
  view: { lastStableOffset: 10n, highWatermark: 10n, logStartOffset: 0n, recordsAtMs: 0, servedAt },
  bytesMax: 1_000,
  waiters: new Set(),
  claimedAtMs: 0,
  parked: undefined,
  problem: undefined,
  ...over,
});

test('the topic that waited longest comes first, so one with many partitions does not take all turns', () => {
  const many = [1, 2, 3, 4].map((partition) => interest('many', partition, 10 + partition));
  const chosen = [...chooseInterests([...many, interest('one', 0, 12)]).keys()];
  expect(chosen[0]).toBe('one/0');
  expect(chosen.slice(1)).toEqual(['many/1', 'many/2', 'many/3', 'many/4']);
});

test('a partition that never got its batch is first in its topic', () => {
  const chosen = chooseInterests([interest('a', 0, 7), interest('a', 1, 0), interest('a', 2, 9)]);
  expect([...chosen.keys()]).toEqual(['a/1', 'a/0', 'a/2']);
});

test('a partition that two lanes read at different offsets is asked for at one of them', () => {
  const chosen = chooseInterests([interest('a', 0, 1, { offset: 5n }), interest('a', 0, 1, { offset: 6n })]);
  expect(chosen.size).toBe(1);
});

test('an answer is bounded by what its lanes take together, and by 8 MiB', () => {
  expect(questionBytesMax([interest('a', 0, 0), interest('a', 1, 0), interest('b', 0, 0)])).toBe(2_000);
  const large = Array.from({ length: 10 }, (_, index) => interest(`${index}`, 0, 0, { bytesMax: 4 << 20 }));
  expect(questionBytesMax(large)).toBe(8 << 20);
});

test('a position is at the end only when the leader has said where that is', () => {
  expect(isAtEnd(interest('a', 0, 0, { offset: 10n }))).toBe(true);
  expect(isAtEnd(interest('a', 0, 0, { offset: 9n }))).toBe(false);
  const unknown = interest('a', 0, 0, { offset: 10n });
  unknown.view.lastStableOffset = undefined;
  expect(isAtEnd(unknown)).toBe(false);
});
