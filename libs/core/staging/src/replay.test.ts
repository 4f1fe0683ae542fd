import { expect, test } from 'vitest';
import type { PipelineSpec } from './pipeline.ts';
import {
  judgeReplay,
  plannedPositions,
  planReplay,
  planReplayCommit,
  readTransfers,
  replayAppId,
} from './replay.ts';

const pipeline = {
  pipelineId: 'p',
  productName: 'sales/orders',
  topicId: 't',
  tableUrl: 'file:///t',
  quarantineUrl: 'file:///q',
  transformHash: 'h',
  contract: { contractVersion: '1.0.1' },
} as PipelineSpec;
const found = { records: 3, bytes: 30n, ranges: [], coordinates: 'abc', judged: 3, accepted: 2 };
const group = { stage: 'map', reason: 'type', path: 'amount' };

test('a replay that cannot land anything is refused, so that it cannot run in a circle', () => {
  expect(judgeReplay({ ...found, accepted: 0 })).toMatchObject({ kind: 'none' });
  expect(judgeReplay({ ...found, records: 0, judged: 0, accepted: 0 })).toMatchObject({ kind: 'none' });
  expect(judgeReplay({ ...found, records: 9, accepted: 0 })).toEqual({ kind: 'sound' });
  expect(judgeReplay(found)).toEqual({ kind: 'sound' });
});

test('a plan keeps the positions it was made at, digit for digit', () => {
  const positions = new Map([
    [1, 9_007_199_254_740_993n],
    [0, 5n],
  ]);
  const plan = planReplay(pipeline, { limit: 3 }, found, positions);
  expect(plannedPositions(plan)).toEqual(positions);
  expect(plan.world).toMatchObject({ transformHash: 'h', coordinates: 'abc' });
  expect(plannedPositions(planReplay(pipeline, {}, found, new Map()))).toEqual(new Map());
});

test('[S10] the commit carries its transfers, moves its own txn and relies on nobody having moved it', () => {
  const run = { planId: 'plan', fence: 4n, before: 6n, nowMs: 1 };
  const commit = planReplayCommit(pipeline, run, [], [{ partition: 2, offsets: 5n, group }], undefined);
  expect(commit.readAppIds).toEqual(new Set([replayAppId('p')]));
  expect(commit.actions).toEqual([{ txn: { appId: replayAppId('p'), version: 7n, lastUpdated: 1 } }]);
  const actions = [{ commitInfo: { ...commit.commitInfo.extra } }];
  const at = { tableVersion: 9n, committedAtMs: 2 };
  expect(readTransfers(actions, 'plan', at)).toEqual([
    {
      ...at,
      transferId: 'plan:9',
      planId: 'plan',
      kind: 'replay',
      pipelineId: 'p',
      topicId: 't',
      partition: 2,
      fromClass: 'quarantined',
      toClass: 'landed',
      offsets: 5n,
      group,
    },
  ]);
  expect(readTransfers(actions, 'another plan', at)).toEqual([]);
});
