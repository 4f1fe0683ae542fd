import { expect, test } from 'vitest';
import {
  backfillAppId,
  backfillIdentity,
  backfillPosition,
  backfillQuarantineAppId,
  encodeBackfillManifest,
  joinBackfillLedger,
  parseBackfillManifest,
  toBackfillProgress,
} from './backfill.ts';
import { noOffsets } from './ledger-balance.ts';
import type { LedgerEntry } from './ledger.ts';
import { judgeRanges } from './offset-range.ts';
import type { PipelineSpec } from './pipeline.ts';
import { judgeFile } from './range-files.ts';
import { epochOf, epochTableUrl, judgeRestart } from './restart.ts';

const held = new Map([
  [0, { earliest: 10n, end: 100n }],
  [1, { earliest: 0n, end: 50n }],
]);
const range = (partition: number, from: bigint, to: bigint) => ({ partition, from, to });

test('a range is one piece of one partition that the topic still holds', () => {
  expect(judgeRanges([range(1, 0n, 50n), range(0, 10n, 11n)], held)).toEqual({
    kind: 'sound',
    ranges: [range(0, 10n, 11n), range(1, 0n, 50n)],
  });
  const refused = [
    [],
    [range(2, 0n, 1n)],
    [range(0, 9n, 20n)],
    [range(0, 10n, 101n)],
    [range(0, 20n, 20n)],
    [range(0, 30n, 20n)],
    [range(0, 10n, 20n), range(0, 30n, 40n)],
  ];
  for (const ranges of refused) expect(judgeRanges(ranges, held).kind).toBe('refused');
});

test('the same ranges by the same contract are the same backfill, anything else is another', () => {
  const pipeline = { pipelineId: 'p', topicId: 't', transformHash: 'h' } as PipelineSpec;
  const id = backfillIdentity(pipeline, [range(0, 1n, 2n)]);
  expect(backfillIdentity({ ...pipeline }, [range(0, 1n, 2n)])).toBe(id);
  expect(backfillIdentity({ ...pipeline, transformHash: 'other' }, [range(0, 1n, 2n)])).not.toBe(id);
  expect(backfillIdentity(pipeline, [range(0, 1n, 3n)])).not.toBe(id);
});

test('[S4] a part whose refused records are committed binds the run that finds them', () => {
  const whole = range(0, 10n, 100n);
  const primary = new Map([[backfillAppId('b', 0), 40n]]);
  const at = (offset: bigint) => new Map([[backfillQuarantineAppId('b', 0), offset]]);
  expect(backfillPosition('b', whole, new Map(), new Map())).toEqual({ from: 10n });
  expect(backfillPosition('b', whole, primary, at(40n))).toEqual({ from: 40n });
  expect(backfillPosition('b', whole, primary, at(30n))).toEqual({ from: 40n });
  expect(backfillPosition('b', whole, primary, at(60n))).toEqual({ from: 40n, boundTo: 60n });
  expect(backfillPosition('b', whole, new Map(), at(25n))).toEqual({ from: 10n, boundTo: 25n });
});

const entry = (partition: number, from: bigint, to: bigint): LedgerEntry => ({
  topicId: 't',
  partition,
  from,
  to,
  classes: { ...noOffsets, landed: to - from - 1n, quarantined: 1n },
  samples: [],
});

test('[S10] the account of a side table has no gap, no overlap and ends where its range ends', () => {
  const ranges = [range(0, 0n, 10n), range(1, 5n, 9n)];
  const parts = [entry(0, 0n, 4n), entry(1, 5n, 9n), entry(0, 4n, 10n)];
  const whole = joinBackfillLedger(ranges, parts);
  expect(whole.problem).toBeUndefined();
  expect(toBackfillProgress(whole.totals, 7n)).toMatchObject({
    records: 14,
    landed: 11,
    refused: 3,
    mirroredVersion: '7',
    ledger: { 0: { landed: '8', quarantined: '2' }, 1: { landed: '3', quarantined: '1' } },
  });
  expect(joinBackfillLedger(ranges, parts.slice(0, 2)).problem).toContain('filled up to 4');
  expect(joinBackfillLedger(ranges, [entry(0, 0n, 4n), entry(0, 5n, 10n)]).problem).toContain('not at 4');
  expect(joinBackfillLedger(ranges, [entry(0, 0n, 4n), entry(0, 3n, 10n)]).problem).toContain('not at 4');
  expect(joinBackfillLedger(ranges, [...parts, entry(2, 0n, 1n)]).problem).toContain('partition 2');
});

test('a manifest survives its text, and a damaged one is told', () => {
  const manifest = {
    backfillId: '0123456789ab',
    pipelineId: 'p',
    topicId: 't',
    transformHash: 'h',
    contractVersion: '1.0.0',
    ranges: [range(0, 0n, 9_223_372_036_854_775_807n)],
  };
  expect(parseBackfillManifest(encodeBackfillManifest(manifest))).toEqual({ ok: true, value: manifest });
  for (const text of ['', '{}', '{"ranges":[]}', 'null'])
    expect(parseBackfillManifest(new TextEncoder().encode(text)).ok).toBe(false);
});

const statsOf = (partitions: readonly [unknown, unknown], offsets: readonly [unknown, unknown], nulls = 0) =>
  JSON.stringify({
    numRecords: 5,
    minValues: { _partition: partitions[0], _offset: offsets[0] },
    maxValues: { _partition: partitions[1], _offset: offsets[1] },
    nullCount: { _partition: nulls, _offset: 0 },
  });

test('only statistics that prove it take a file out of a range, or wholly into it', () => {
  const columns = { partition: '_partition', offset: '_offset' };
  const ranges = [range(1, 10n, 20n)];
  const judge = (stats: string | undefined) => judgeFile(stats, columns, ranges);
  expect(judge(statsOf([1, 1], [10, 19]))).toBe('inside');
  expect(judge(statsOf([1, 1], [10, 20]))).toBe('mixed');
  expect(judge(statsOf([1, 1], [9, 19]))).toBe('mixed');
  expect(judge(statsOf([0, 1], [10, 19]))).toBe('mixed');
  expect(judge(statsOf([0, 2], [0, 10]))).toBe('mixed');
  expect(judge(statsOf([1, 1], [20, 30]))).toBe('outside');
  expect(judge(statsOf([1, 1], [0, 9]))).toBe('outside');
  expect(judge(statsOf([2, 3], [10, 19]))).toBe('outside');
  expect(judge(statsOf([1, 1], [10, 19], 1))).toBe('mixed');
  for (const stats of [undefined, '{}', statsOf([1, 1], [2 ** 60, 2 ** 61]), statsOf(['1', '1'], [1, 2])])
    expect(judge(stats)).toBe('mixed');
});

test('a restart begins on the topic and skips nothing; partitions left out begin at their first offset', () => {
  const committed = new Map([
    [0, 60n],
    [1, 50n],
  ]);
  const judge = (...wanted: [number, bigint][]) => judgeRestart(new Map(wanted), held, committed);
  expect(judge()).toEqual({ kind: 'sound', starts: new Map([[0, 10n], [1, 0n]]) }); // prettier-ignore
  expect(judge([0, 60n], [1, 3n])).toEqual({ kind: 'sound', starts: new Map([[0, 60n], [1, 3n]]) }); // prettier-ignore
  expect(judge([0, 61n])).toMatchObject({ kind: 'refused', code: 'HW_RESTART_SKIPS' });
  for (const wanted of [
    [0, 9n],
    [0, 101n],
    [7, 0n],
  ] as [number, bigint][])
    expect(judge(wanted)).toMatchObject({ kind: 'refused', code: 'HW_RESTART_RANGE' });
  expect(judgeRestart(new Map([[1, 1n]]), held, new Map())).toMatchObject({ code: 'HW_RESTART_SKIPS' });
});

test('each epoch has a table of its own name', () => {
  const second = epochTableUrl('file:///lake/a/b', 2);
  expect([second, epochTableUrl(second, 3)]).toEqual([
    'file:///lake/a/b__epoch_2',
    'file:///lake/a/b__epoch_3',
  ]);
  expect([epochOf('file:///lake/a/b'), epochOf(second)]).toEqual([1, 2]);
});
