import { expect, test } from 'vitest';
import { formatLogEntry, type TableMetaData } from '@headwater/core-delta';
import { batchSeqAppId, fenceAppId, primaryAppId } from './app-ids.ts';
import { readBatchRecord, type BatchRecord } from './batch-log.ts';
import { planPrimaryCommit } from './commit-plan.ts';
import type { Intent } from './intent.ts';
import { joinCommits, judgeStanding, mayJoin } from './joint-commit.ts';
import { noOffsets } from './ledger-balance.ts';

const pipelineId = '3f2c9a4e-0000-4000-8000-000000000001';
const topicId = 'a8b1f2d0-0000-4000-8000-00000000000a';

const intentOf = (lane: number): Intent => ({
  batchId: `0b5f9c1e-1111-4222-8333-94444444444${lane}`,
  pipelineId,
  lane,
  batchSeq: 17 + lane,
  revision: 0,
  fence: 3n,
  epoch: 2n,
  topic: 'ads.ad-events',
  topicId,
  ranges: [{ partition: lane, from: 10n, to: 20n, leaderEpoch: 4, losses: [] }],
  contractVersion: '1.2.0',
  schemaIds: [],
  transformHash: 'c0ffee',
  engine: 'duckdb',
  ingestedAtUs: 1_790_000_000_000_000n,
});
const batchOf = ({ batchId, batchSeq, lane, fence, contractVersion, engine }: Intent): BatchRecord => ({
  batchId,
  batchSeq,
  pipelineId,
  lane,
  fence,
  contractVersion,
  engine,
  entries: [
    {
      topicId,
      partition: lane,
      from: 10n,
      to: 20n,
      classes: { ...noOffsets, landed: 10n },
      samples: [{ offset: 10n, timestampMs: 1_790_000_000_000 }],
    },
  ],
  quarantine: [],
  losses: [],
});
const planOf = (lane: number, metaData?: TableMetaData) =>
  planPrimaryCommit(
    intentOf(lane),
    batchOf(intentOf(lane)),
    [
      {
        path: `part-${lane}.zstd.parquet`,
        partitionValues: {},
        size: 1_234,
        modificationTime: 1_790_000_000_000,
        dataChange: true,
        stats: '{"numRecords":10}',
      },
    ],
    metaData,
    1_790_000_001_000,
  );

test('[S14] one version holds the txns, ledgers and files of several lanes', async () => {
  const { actions, commitInfo } = joinCommits([planOf(0), planOf(1)]);
  const { operation, operationParameters, isBlindAppend, extra } = commitInfo;
  const info = { operation, operationParameters: operationParameters ?? {}, isBlindAppend, ...extra };
  const entry = [{ commitInfo: info }, ...actions];
  await expect(new TextDecoder().decode(formatLogEntry(entry))).toMatchFileSnapshot(
    'golden/joint-commit.ndjson',
  );
  for (const lane of [0, 1])
    expect(readBatchRecord(entry, { pipelineId, lane })).toEqual(batchOf(intentOf(lane)));
  expect(readBatchRecord(entry, { pipelineId, lane: 2 })).toBeUndefined();
});

test('[S14] the guards of every lane guard the version', () => {
  const { readAppIds } = joinCommits([planOf(0), planOf(1)]);
  expect([...readAppIds].sort()).toEqual(
    [0, 1].flatMap((lane) => [batchSeqAppId({ pipelineId, lane }), fenceAppId({ pipelineId, lane })]).sort(),
  );
});

test('[S14] a lane that commits alone writes what a pipeline of one lane writes', () => {
  const plan = planOf(0);
  expect(joinCommits([plan])).toBe(plan);
});

test('two different changes of the table do not share a version, the same one is made once', () => {
  const metaData = { schemaString: 'a', configuration: {} } as TableMetaData;
  const other = { schemaString: 'b', configuration: {} } as TableMetaData;
  expect(mayJoin([planOf(0, metaData), planOf(1, other)])).toBe(false);
  const plans = [planOf(0), planOf(1, metaData), planOf(2, metaData)];
  expect(mayJoin(plans)).toBe(true);
  expect(joinCommits(plans).actions.filter((action) => 'metaData' in action)).toEqual([{ metaData }]);
});

const standing = (over: readonly (readonly [string, bigint])[] = []) =>
  judgeStanding(
    new Map([
      [fenceAppId({ pipelineId, lane: 0 }), 3n],
      [batchSeqAppId({ pipelineId, lane: 0 }), 16n],
      [primaryAppId(pipelineId, topicId, 0), 10n],
      ...over,
    ]),
    intentOf(0),
    3n,
  ).kind;

test('[S7][S14] a lane whose fence, batch or position the log has moved is lost before anything is sent', () => {
  expect(standing()).toBe('stands');
  expect(standing([[fenceAppId({ pipelineId, lane: 0 }), 4n]])).toBe('lost');
  expect(standing([[batchSeqAppId({ pipelineId, lane: 0 }), 17n]])).toBe('lost');
  expect(standing([[primaryAppId(pipelineId, topicId, 0), 20n]])).toBe('lost');
  expect(standing([[fenceAppId({ pipelineId, lane: 1 }), 9n]])).toBe('stands');
});
