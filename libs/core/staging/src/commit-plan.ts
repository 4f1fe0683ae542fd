import type { Action, AddFile, CommitInfoInput, TableMetaData } from '@headwater/core-delta';
import { batchSeqAppId, fenceAppId, outputAppId, primaryAppId, type SideOutput } from './app-ids.ts';
import { toCommitInfo, type BatchRecord } from './batch-log.ts';
import type { Intent } from './intent.ts';
import type { LaneId } from './pipeline.ts';

/** What one commit of staging holds; the caller adds snapshot, attempt id and time. */
export interface CommitPlan {
  readonly actions: readonly Action[];
  readonly commitInfo: CommitInfoInput;
  /** A winner that moved one of these is another owner: the lane stops [S7]. */
  readonly readAppIds: ReadonlySet<string>;
}

/** The first commit of an owner, in each table it writes: nothing of an older fence lands after it [S1][I6]. */
export const planFenceCommit = (lane: LaneId, fence: bigint, nowMs: number): CommitPlan => ({
  actions: [{ txn: { appId: fenceAppId(lane), version: fence, lastUpdated: nowMs } }],
  commitInfo: {
    operation: 'STREAMING UPDATE',
    operationParameters: { outputMode: 'Append', step: 'fence' },
    isBlindAppend: true,
    extra: { headwater: { fence: fence.toString(), pipelineId: lane.pipelineId, lane: lane.lane } },
  },
  readAppIds: new Set(),
});

/** A side output of a batch, before the primary [S4]. */
export function planOutputCommit(
  intent: Intent,
  output: SideOutput,
  files: readonly AddFile[],
  nowMs: number,
): CommitPlan {
  const txns = intent.ranges.map(({ partition, to }) => ({
    txn: {
      appId: outputAppId(intent.pipelineId, intent.topicId, partition, output),
      version: to,
      lastUpdated: nowMs,
    },
  }));
  return {
    actions: [...txns, ...files.map((add) => ({ add }))],
    commitInfo: {
      operation: 'STREAMING UPDATE',
      operationParameters: { outputMode: 'Append', step: output },
      isBlindAppend: true,
      extra: {
        headwater: {
          output,
          batchId: intent.batchId,
          batchSeq: intent.batchSeq,
          pipelineId: intent.pipelineId,
          lane: intent.lane,
        },
      },
    },
    readAppIds: new Set([fenceAppId(intent)]),
  };
}

/** The linearisation point of a batch [S4]: its rows, its positions and its ledger in one commit. */
export function planPrimaryCommit(
  intent: Intent,
  batch: BatchRecord,
  files: readonly AddFile[],
  metaData: TableMetaData | undefined,
  nowMs: number,
): CommitPlan {
  const txn = (appId: string, version: bigint) => ({ txn: { appId, version, lastUpdated: nowMs } });
  return {
    actions: [
      ...(metaData === undefined ? [] : [{ metaData }]),
      ...intent.ranges.map(({ partition, to }) =>
        txn(primaryAppId(intent.pipelineId, intent.topicId, partition), to),
      ),
      txn(batchSeqAppId(intent), BigInt(intent.batchSeq)),
      ...files.map((add) => ({ add })),
    ],
    commitInfo: {
      operation: 'STREAMING UPDATE',
      operationParameters: { outputMode: 'Append', step: 'batch' },
      isBlindAppend: true,
      extra: toCommitInfo(batch),
    },
    readAppIds: new Set([fenceAppId(intent), batchSeqAppId(intent)]),
  };
}
