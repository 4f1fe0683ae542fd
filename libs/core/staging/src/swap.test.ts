import type { AddFile } from '@headwater/core-delta';
import { expect, test } from 'vitest';
import { noOffsets } from './ledger-balance.ts';
import type { OffsetRange } from './offset-range.ts';
import type { PipelineSpec } from './pipeline.ts';
import { judgeFile } from './range-files.ts';
import { countSwapped, judgeSwap, planSwap, type SwapComparison, type SwapFound } from './swap.ts';
import { filesGone, judgeSwapFiles, planSwapFiles } from './swap-files.ts';

const file = (path: string, over: Partial<AddFile> = {}): AddFile => ({
  path,
  partitionValues: {},
  size: 10,
  modificationTime: 1,
  dataChange: true,
  ...over,
});
const range = (partition: number, from: bigint, to: bigint): OffsetRange => ({ partition, from, to });

/** A file as a lane lands it: rows of several partitions, all of whose offsets are named. */
const landed = (path: string, rows: readonly (readonly [number, number])[]) => {
  const [partitions, offsets] = [rows.map(([p]) => p), rows.map(([, o]) => o)];
  const bounds = (pick: (...values: number[]) => number) => ({ p: pick(...partitions), o: pick(...offsets) });
  const stats = JSON.stringify({
    numRecords: rows.length,
    minValues: bounds(Math.min),
    maxValues: bounds(Math.max),
    nullCount: { p: 0, o: 0 },
  });
  return { add: file(path, { stats }), rows };
};

/** What counting would find, for the files that statistics do not rule out. */
const planOver = (files: readonly ReturnType<typeof landed>[], ranges: readonly OffsetRange[]) => {
  const inside = ([p, o]: readonly [number, number]) =>
    ranges.some(({ partition, from, to }) => partition === p && BigInt(o) >= from && BigInt(o) < to);
  const { whole, straddling } = planSwapFiles(
    files
      .filter(({ add }) => judgeFile(add.stats, { partition: 'p', offset: 'o' }, ranges) !== 'outside')
      .map(({ add, rows }) => ({
        add,
        rows: BigInt(rows.length),
        inside: BigInt(rows.filter(inside).length),
      })),
  );
  const names = (adds: readonly AddFile[]) => adds.map(({ path }) => path);
  return { whole: names(whole), straddling: names(straddling) };
};

test('[S15] files wholly in the ranges leave, those on both sides are written again, others are not touched', () => {
  const files = [
    landed('before', [[0, 0], [0, 4]]), // prettier-ignore
    landed('straddles the beginning', [[0, 4], [0, 5]]), // prettier-ignore
    landed('inside', [[0, 6], [0, 8]]), // prettier-ignore
    landed('straddles the end', [[0, 9], [0, 10]]), // prettier-ignore
    landed('behind', [[0, 10], [0, 12]]), // prettier-ignore
    landed('around, with no row inside', [[0, 1], [0, 90]]), // prettier-ignore
    landed('of another partition', [[1, 6]]),
  ];
  expect(planOver(files, [range(0, 5n, 10n)])).toEqual({
    whole: ['inside'],
    straddling: ['straddles the beginning', 'straddles the end'],
  });
});

test('[S15] ranges over several partitions: a file of two of them leaves whole only when both ranges hold all of it', () => {
  const files = [
    landed('both inside', [[0, 5], [1, 7]]), // prettier-ignore
    landed('one outside', [[0, 5], [1, 9]]), // prettier-ignore
    landed('of a third', [[2, 5]]),
    landed('between', [[0, 5], [2, 5]]), // prettier-ignore
  ];
  expect(planOver(files, [range(0, 0n, 9n), range(1, 7n, 9n)])).toEqual({
    whole: ['both inside'],
    straddling: ['one outside', 'between'],
  });
});

test('files with masked rows, files of other folders and too many files are not swapped', () => {
  const vector = { storageType: 'u', pathOrInlineDv: 'x', sizeInBytes: 1, cardinality: 1 };
  expect(judgeSwapFiles([file('a')])).toBeUndefined();
  expect(judgeSwapFiles([file('a', { deletionVector: vector })])).toContain('deletion vector');
  expect(judgeSwapFiles([file('file:///elsewhere/a')])).toContain('outside of its table');
  expect(judgeSwapFiles(Array.from({ length: 10_001 }, (_, at) => file(`${at}`)))).toContain('10001');
  const live = new Map([['a', file('a')], ['b', file('b', { deletionVector: vector })]]); // prettier-ignore
  expect(filesGone([file('a'), file('b'), file('c')], live).map(({ path }) => path)).toEqual(['b', 'c']);
});

const pipeline = {
  ...{ pipelineId: 'p', productName: 'sales/orders', topicId: 't', transformHash: 'h' },
  ...{ tableUrl: 'file:///t', quarantineUrl: 'file:///q' },
} as PipelineSpec;
const same: SwapComparison = {
  ...{ partition: 0, rows: 8n, quarantined: 2n, sideRows: 9n, sideQuarantined: 1n },
  ...{ onlySide: 0n, onlyTable: 0n, repeated: 0n },
};
const found: SwapFound = {
  manifest: {
    ...{ backfillId: '0123456789ab', pipelineId: 'p', topicId: 't', transformHash: 'h' },
    contractVersion: '1.1.0',
    ranges: [range(0, 5n, 15n)],
  },
  ledger: { totals: new Map([[0, { ...noOffsets, landed: 9n, quarantined: 1n }]]) },
  positions: new Map([[0, 15n]]),
  compared: [same],
  primary: { whole: [file('old')], straddling: [file('edge')] },
  quarantine: { whole: [], straddling: [] },
  side: { primary: [file('new')], quarantine: [] },
  transfers: [],
};

test('[S15] a swap is refused unless the side table is whole, in force, staged and holds the same records', () => {
  const verdict = (over: Partial<SwapFound>) => {
    const judged = judgeSwap(pipeline, { ...found, ...over });
    return judged.kind === 'refused' ? judged.code : judged.kind;
  };
  const compared = (over: Partial<SwapComparison>) => ({ compared: [{ ...same, ...over }] });
  const manifest = (over: Partial<SwapFound['manifest']>) => ({ manifest: { ...found.manifest, ...over } });
  expect(verdict({})).toBe('sound');
  expect(verdict(manifest({ pipelineId: 'of the epoch before' }))).toBe('HW_SWAP_OUTDATED');
  expect(verdict(manifest({ transformHash: 'of before' }))).toBe('HW_SWAP_OUTDATED');
  expect(verdict({ ledger: { ...found.ledger, problem: 'a part is missing' } })).toBe('HW_SWAP_UNFINISHED');
  expect(verdict(compared({ sideRows: 8n }))).toBe('HW_SWAP_UNFINISHED');
  expect(verdict({ positions: new Map([[0, 14n]]) })).toBe('HW_SWAP_NOT_STAGED');
  expect(verdict({ positions: new Map() })).toBe('HW_SWAP_NOT_STAGED');
  expect(verdict(compared({ repeated: 1n }))).toBe('HW_SWAP_REPEATED');
  expect(verdict(compared({ rows: 7n, onlySide: 1n }))).toBe('HW_SWAP_ROWS_DELETED');
  expect(verdict(compared({ rows: 9n, onlyTable: 1n }))).toBe('HW_SWAP_ROWS_MISSING');
});

test('a range that holds no record has nothing to swap', () => {
  const ledger = { totals: new Map([[0, { ...noOffsets, tombstones: 10n }]]) };
  expect(judgeSwap(pipeline, { ...found, ledger, compared: [] })).toMatchObject({ code: 'HW_SWAP_NOTHING' });
});

test('[S10] the plan shows what gives way to what, and names every file it was made on', () => {
  const digest = (text: string) => text;
  const plan = planSwap(pipeline, found, digest);
  expect(plan).toMatchObject({
    kind: 'swap',
    records: '10',
    bytes: '20',
    tables: ['file:///t', 'file:///q'],
  });
  expect(plan.details.slice(0, 2)).toEqual([
    'Of partition 0 [5, 15) 8 rows and 2 quarantined records give way to 9 rows and 1 quarantined records of backfill 0123456789ab.',
    '1 files leave the table, 1 are written again without the ranges, 1 are copied into it.',
  ]);
  expect(countSwapped(found.compared)).toEqual({
    before: [{ partition: 0, landed: 8n, quarantined: 2n }],
    after: [{ partition: 0, landed: 9n, quarantined: 1n }],
  });
  const moved = { ...found, primary: { ...found.primary, whole: [file('rewritten')] } };
  expect(planSwap(pipeline, moved, digest).world['files']).not.toBe(plan.world['files']);
});
