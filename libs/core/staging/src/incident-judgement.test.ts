import { describe, expect, test } from 'vitest';
import {
  HANGING_TRANSACTION_MS,
  judgeAbsent,
  judgeFetch,
  judgeStableOffset,
  judgeTopic,
  watchStableOffset,
} from './incident-judgement.ts';
import type { RecordSetReport } from './record-set-engine.ts';

const topic = {
  name: 'a.b',
  topicId: 't1',
  partitions: [{ partition: 0, leaderEpoch: 0 }],
  compacted: false,
};
const report = (over: Partial<RecordSetReport>): RecordSetReport => ({
  nextOffset: 20n,
  records: 10n,
  tombstones: 0n,
  control: 0n,
  aborted: 0n,
  absent: 0n,
  ...over,
});

describe('[S8] the topic', () => {
  const expected = { topic: 'a.b', topicId: 't1' };

  test('with its own id is no incident', () => {
    expect(judgeTopic(expected, topic)).toBeUndefined();
  });

  test('deleted and created again is an incident, not offset 0', () => {
    expect(judgeTopic(expected, { ...topic, topicId: 't2' })).toMatchObject({ kind: 'topic-recreated' });
  });

  test('that is gone is an incident', () => {
    expect(judgeTopic(expected, undefined)).toMatchObject({ kind: 'topic-missing' });
  });
});

describe('[S8] a fetch answer', () => {
  test('out of range below the log start is the exact gap that retention took', () => {
    const answer = {
      kind: 'offsetOutOfRange',
      partition: 3,
      logStartOffset: 150n,
      highWatermark: 900n,
    } as const;
    expect(judgeFetch('a.b', 100n, answer)).toMatchObject({
      kind: 'incident',
      incident: { kind: 'offset-out-of-range', partition: 3, from: 100n, to: 150n },
    });
  });

  test('out of range above the high watermark is a truncation back to it', () => {
    const answer = {
      kind: 'offsetOutOfRange',
      partition: 3,
      logStartOffset: 0n,
      highWatermark: 90n,
    } as const;
    expect(judgeFetch('a.b', 100n, answer)).toMatchObject({
      kind: 'incident',
      incident: { kind: 'truncated', partition: 3, from: 90n, to: 100n },
    });
  });

  test('out of range inside the log is a leader that is not up to date: asked again', () => {
    const answer = {
      kind: 'offsetOutOfRange',
      partition: 3,
      logStartOffset: 0n,
      highWatermark: 100n,
    } as const;
    expect(judgeFetch('a.b', 100n, answer).kind).toBe('retry');
    expect(judgeFetch('a.b', 0n, answer).kind).toBe('retry');
  });

  test('with a diverging epoch is a truncation to where that epoch ends', () => {
    const answer = { kind: 'divergingEpoch', partition: 3, epoch: 6, endOffset: 80n } as const;
    expect(judgeFetch('a.b', 100n, answer)).toMatchObject({
      kind: 'incident',
      incident: { kind: 'truncated', partition: 3, from: 80n, to: 100n },
    });
  });

  test('with an unknown topic id asks what became of the topic', () => {
    expect(judgeFetch('a.b', 0n, { kind: 'unknownTopicId', partition: 0 })).toEqual({ kind: 'describe' });
  });

  test('that says retry is retried', () => {
    expect(judgeFetch('a.b', 0n, { kind: 'retry', partition: 0, cause: 'NOT_LEADER' })).toEqual({
      kind: 'retry',
      cause: 'NOT_LEADER',
    });
  });
});

describe('[S10] offsets without a record', () => {
  test('are an incident on a topic that is not compacted, with the exact gap when it comes first', () => {
    expect(judgeAbsent(topic, 0, 5n, report({ absent: 5n, firstOffset: 10n }))).toMatchObject({
      kind: 'absent-offsets',
      from: 5n,
      to: 10n,
    });
  });

  test('are an incident over the scanned range when they lie inside it', () => {
    expect(judgeAbsent(topic, 0, 5n, report({ absent: 5n, firstOffset: 5n }))).toMatchObject({
      from: 5n,
      to: 20n,
    });
  });

  test('are what compaction leaves on a compacted topic', () => {
    expect(judgeAbsent({ ...topic, compacted: true }, 0, 5n, report({ absent: 5n }))).toBeUndefined();
    expect(judgeAbsent(topic, 0, 10n, report({ firstOffset: 10n }))).toBeUndefined();
  });
});

describe('[S8] a hanging transaction', () => {
  test('is a last stable offset that stays while the high watermark moves, for longer than a transaction may last', () => {
    const watch = watchStableOffset(undefined, 10n, 10n, 0);
    const later = watchStableOffset(watch, 10n, 500n, HANGING_TRANSACTION_MS);
    expect(judgeStableOffset('a.b', 1, later, 500n, HANGING_TRANSACTION_MS - 1)).toBeUndefined();
    expect(judgeStableOffset('a.b', 1, later, 500n, HANGING_TRANSACTION_MS)).toMatchObject({
      kind: 'hanging-transaction',
      partition: 1,
      from: 10n,
      to: 500n,
    });
  });

  test('is not a quiet partition, nor one that moves', () => {
    const watch = watchStableOffset(undefined, 10n, 20n, 0);
    expect(judgeStableOffset('a.b', 1, watch, 20n, HANGING_TRANSACTION_MS * 2)).toBeUndefined();
    const moved = watchStableOffset(watch, 11n, 30n, HANGING_TRANSACTION_MS);
    expect(judgeStableOffset('a.b', 1, moved, 40n, HANGING_TRANSACTION_MS + 1)).toBeUndefined();
    expect(watchStableOffset(watch, 20n, 20n, 5).sinceMs).toBe(5);
  });
});
