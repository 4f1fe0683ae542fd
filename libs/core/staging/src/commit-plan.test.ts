import { describe, expect, test } from 'vitest';
import { formatLogEntry, type AddFile } from '@headwater/core-delta';
import { planFenceCommit, planOutputCommit, planPrimaryCommit, type CommitPlan } from './commit-plan.ts';
import { noOffsets } from './ledger-balance.ts';
import type { Intent } from './intent.ts';

const intent: Intent = {
  batchId: '0b5f9c1e-1111-4222-8333-944444444444',
  pipelineId: '3f2c9a4e-0000-4000-8000-000000000001',
  lane: 0,
  batchSeq: 17,
  revision: 0,
  fence: 3n,
  topic: 'ads.ad-events',
  topicId: 'a8b1f2d0-0000-4000-8000-00000000000a',
  ranges: [
    { partition: 0, from: 10n, to: 20n, leaderEpoch: 4, losses: [] },
    {
      partition: 3,
      from: 0n,
      to: 9_007_199_254_740_993n,
      leaderEpoch: -1,
      losses: [{ incidentId: 'incident', from: 0n, to: 9_007_199_254_740_990n }],
    },
  ],
  contractVersion: '1.2.0',
  schemaIds: [],
  transformHash: 'c0ffee',
  engine: 'duckdb',
  ingestedAtUs: 1_790_000_000_000_000n,
};
const add: AddFile = {
  path: 'part-1.zstd.parquet',
  partitionValues: {},
  size: 1_234,
  modificationTime: 1_790_000_000_000,
  dataChange: true,
  stats: '{"numRecords":12}',
};
const batch = {
  batchId: intent.batchId,
  batchSeq: 17,
  pipelineId: intent.pipelineId,
  lane: 0,
  fence: 3n,
  contractVersion: '1.2.0',
  engine: 'duckdb',
  entries: [
    {
      topicId: intent.topicId,
      partition: 0,
      from: 10n,
      to: 20n,
      classes: { ...noOffsets, landed: 9n, quarantined: 1n },
      samples: [{ offset: 10n, timestampMs: 1_790_000_000_000 }],
    },
  ],
  quarantine: [{ stage: 'map', reason: 'type', path: 'id', records: 1, partition: 0, offset: 13n }],
  losses: [{ incidentId: 'incident', partition: 3, from: 0n, to: 9_007_199_254_740_990n }],
};
const NOW_MS = 1_790_000_001_000;

/** The plan as the lines a reader of the table sees. */
function toLines({ actions, commitInfo }: CommitPlan): string {
  const { extra, operation, isBlindAppend, operationParameters } = commitInfo;
  const info = { operation, operationParameters: operationParameters ?? {}, isBlindAppend, ...extra };
  return new TextDecoder().decode(formatLogEntry([{ commitInfo: info }, ...actions]));
}
const txnsOf = ({ actions }: CommitPlan) =>
  actions.flatMap((action) => ('txn' in action ? [action.txn.appId] : []));

describe('[S4] what a batch writes into the logs', () => {
  test('the first commit of an owner holds its fence and nothing else', async () => {
    const plan = planFenceCommit(intent, 3n, NOW_MS);
    expect(plan.actions).toHaveLength(1);
    await expect(toLines(plan)).toMatchFileSnapshot('golden/fence-commit.ndjson');
  });

  test('quarantine holds its rows and its own positions', async () => {
    const plan = planOutputCommit(intent, 'quarantine', [add], NOW_MS);
    await expect(toLines(plan)).toMatchFileSnapshot('golden/quarantine-commit.ndjson');
  });

  test('the primary holds rows, positions, batchSeq and ledger in one commit', async () => {
    const plan = planPrimaryCommit(intent, batch, [add], undefined, NOW_MS);
    await expect(toLines(plan)).toMatchFileSnapshot('golden/primary-commit.ndjson');
  });

  test('the primary of a batch without rows still moves every position', () => {
    const plan = planPrimaryCommit(intent, batch, [], undefined, NOW_MS);
    expect(txnsOf(plan)).toHaveLength(3);
  });

  test('[S7] every commit of a batch stops at another owner’s fence, the primary at another owner’s batch too', () => {
    const fence = `headwater:${intent.pipelineId}:lane:0:fence`;
    const batchSeq = `headwater:${intent.pipelineId}:lane:0:batchSeq`;
    expect(planOutputCommit(intent, 'quarantine', [], NOW_MS).readAppIds).toEqual(new Set([fence]));
    const primary = planPrimaryCommit(intent, batch, [], undefined, NOW_MS);
    expect(primary.readAppIds).toEqual(new Set([fence, batchSeq]));
    expect(txnsOf(primary)).toContain(batchSeq);
    expect(txnsOf(primary)).not.toContain(fence);
  });
});
