import type { AddFile } from '@headwater/core-delta';
import { expect, test } from 'vitest';
import type { PipelineSpec } from './pipeline.ts';
import { replayAppId } from './replay.ts';
import { judgeSwapReady, openSwaps, planSwapCommit, readSwapTransfers, swapAppId } from './swap-commit.ts';
import {
  encodeSwapIntent,
  parseSwapIntent,
  swapIntentPath,
  withoutStatistics,
  type SwapIntent,
} from './swap-intent.ts';
import { judgeUndo, planUndo, reversedTransfers, swapWaitMsMax, undoableUntilMs } from './swap-undo.ts';

const file = (path: string): AddFile => ({
  path,
  partitionValues: { day: null },
  size: 10,
  modificationTime: 1,
  dataChange: true,
  stats: '{"numRecords":3,"maxValues":{"n":9007199254740993}}',
});
const intent: SwapIntent = {
  ...{ planId: 'plan', kind: 'swap', backfillId: '0123456789ab', pipelineId: 'p', topicId: 't' },
  ranges: [{ partition: 2, from: 2n ** 60n, to: 2n ** 60n + 9n }],
  ...{ baseVersion: 7n, quarantineVersion: 4n, rewrites: 3n, atMs: 1_000 },
  primary: { removes: [file('old')], adds: [file('new')] },
  quarantine: { removes: [], adds: [file('refused')] },
  before: [{ partition: 2, landed: 9n, quarantined: 0n }],
  after: [{ partition: 2, landed: 8n, quarantined: 1n }],
  transfers: [
    {
      ...{ partition: 2, fromClass: 'landed', toClass: 'quarantined', offsets: 1n },
      group: { stage: 'map', reason: 'type', path: 'amount' },
      exampleOffset: 2n ** 60n + 1n,
    },
  ],
};

test('[S15] an intent keeps every digit, and statistics only of files that come in until it is finished', () => {
  const { stats: _, ...old } = file('old');
  expect(parseSwapIntent(encodeSwapIntent(intent))).toEqual({
    ok: true,
    value: { ...intent, primary: { removes: [old], adds: [file('new')] } },
  });
  expect(swapIntentPath(intent)).toBe('_headwater/swaps/0123456789ab/plan.json');
  expect(parseSwapIntent(new TextEncoder().encode('{}')).ok).toBe(false);
  const finished = encodeSwapIntent(withoutStatistics(intent));
  expect(new TextDecoder().decode(finished)).not.toContain('maxValues');
  expect(parseSwapIntent(finished)).toMatchObject({
    ok: true,
    value: { primary: { adds: [{ path: 'new' }] } },
  });
});

const live = new Map([['old', file('old')]]);
const rewrites = (version: bigint) => new Map([[replayAppId('p'), version]]);

test('[S15] the first commit is sent on the table it was planned on only, and never twice', () => {
  const ready = (txns: ReadonlyMap<string, bigint>, files = live) =>
    judgeSwapReady(intent, { txns, files }).kind;
  expect(ready(rewrites(3n))).toBe('ready');
  expect(ready(rewrites(4n))).toBe('moved');
  expect(ready(new Map())).toBe('moved');
  expect(ready(rewrites(3n), new Map())).toBe('moved');
  expect(ready(new Map([[swapAppId(intent), 1n]]), new Map())).toBe('done');
});

test('[S15] both commits rely on no other verb having rewritten rows; the primary holds the transfers [S10]', () => {
  const facts = { exchange: intent.primary, rewrites: 3n, fence: 5n, nowMs: 9 };
  const commit = planSwapCommit('primary', intent, facts);
  expect(commit.readAppIds).toEqual(new Set([swapAppId(intent), replayAppId('p')]));
  expect(commit.actions.map((action) => Object.keys(action)[0])).toEqual(['txn', 'txn', 'remove', 'add']);
  expect(commit.commitInfo.isBlindAppend).toBe(false);
  const actions = [{ commitInfo: { ...commit.commitInfo.extra } }];
  const at = { tableVersion: 9n, committedAtMs: 2 };
  expect(readSwapTransfers(actions, intent, at)).toEqual([
    {
      ...intent.transfers[0],
      ...at,
      transferId: 'plan:9',
      planId: 'plan',
      kind: 'swap',
      pipelineId: 'p',
      topicId: 't',
    },
  ]);
  expect(readSwapTransfers(actions, { planId: 'another', kind: 'swap' }, at)).toEqual([]);
  const beside = planSwapCommit('quarantine', intent, { ...facts, exchange: intent.quarantine });
  expect(readSwapTransfers([{ commitInfo: { ...beside.commitInfo.extra } }], intent, at)).toEqual([]);
});

test('[S15] a swap is open from the commit of the primary to that of quarantine', () => {
  const done = new Map([[swapAppId(intent), 1n], ['headwater:p:swap-like', 1n], [replayAppId('p'), 1n]]); // prettier-ignore
  const { pipelineId, backfillId, planId } = intent;
  expect(openSwaps('p', done, new Map())).toEqual([{ pipelineId, backfillId, planId }]);
  expect(openSwaps('p', done, done)).toEqual([]);
  expect(openSwaps('another', done, new Map())).toEqual([]);
});

test('the plan of an undo says what comes back and until when', () => {
  const pipeline = { pipelineId: 'p', productName: 'sales/orders', topicId: 't' } as PipelineSpec;
  const plan = planUndo(pipeline, intent, 7 * day);
  expect(plan).toMatchObject({ kind: 'undo-swap', records: '9', bytes: '10', world: { swap: 'plan' } });
  expect(plan.details[1]).toBe(
    '1 files come back into the tables, 2 leave them. They are kept until 1970-01-07T23:00:01.000Z.',
  );
});

const day = 86_400_000;

test('[S15] an undo needs what the swap brought in untouched, and what left still kept', () => {
  const kept = { changed: 0, strangers: 0n, lost: 0, deletedFileRetentionMs: 7 * day, nowMs: 2_000 };
  const verdict = (over: Partial<typeof kept>) => {
    const judged = judgeUndo({ intent, ...kept, ...over });
    return judged.kind === 'refused' ? judged.code : judged.kind;
  };
  expect(verdict({})).toBe('sound');
  expect(verdict({ changed: 1 })).toBe('HW_SWAP_UNDO_CHANGED');
  expect(verdict({ strangers: 1n })).toBe('HW_SWAP_UNDO_CHANGED');
  expect(verdict({ lost: 1 })).toBe('HW_SWAP_UNDO_EXPIRED');
  expect(verdict({ nowMs: undoableUntilMs(1_000, 7 * day) - 1 })).toBe('sound');
  expect(verdict({ nowMs: undoableUntilMs(1_000, 7 * day) })).toBe('HW_SWAP_UNDO_EXPIRED');
  expect(verdict({ nowMs: 2_000, deletedFileRetentionMs: 0 })).toBe('HW_SWAP_UNDO_EXPIRED');
});

test('an undo that was begun in time cannot wait until vacuum may come', () => {
  for (const retention of [day / 24, day, 7 * day])
    expect(undoableUntilMs(0, retention) + swapWaitMsMax(retention)).toBeLessThan(retention);
});

test('[S10] what an undo transfers is what the swap did, the other way round', () => {
  const [there] = intent.transfers;
  const [back] = reversedTransfers(intent.transfers);
  expect(back).toEqual({ ...there, fromClass: 'quarantined', toClass: 'landed' });
  expect(reversedTransfers(reversedTransfers(intent.transfers))).toEqual(intent.transfers);
});
