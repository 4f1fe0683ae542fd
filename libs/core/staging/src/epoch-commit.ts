import { closedAppId, epochAppId, epochLanesAppId, epochPartitionsAppId, fenceAppId } from './app-ids.ts';
import type { CommitPlan } from './commit-plan.ts';
import type { EpochPlan } from './epoch.ts';
import type { LaneId } from './pipeline.ts';

/** The lane says that everything it began is committed and that it writes nothing before this epoch [S13]. */
export const planCloseCommit = (lane: LaneId, fence: bigint, epoch: bigint, nowMs: number): CommitPlan => ({
  actions: [{ txn: { appId: closedAppId(lane), version: epoch, lastUpdated: nowMs } }],
  commitInfo: {
    operation: 'STREAMING UPDATE',
    operationParameters: { outputMode: 'Append', step: 'close' },
    isBlindAppend: true,
    extra: {
      headwater: {
        closed: epoch.toString(),
        fence: fence.toString(),
        pipelineId: lane.pipelineId,
        lane: lane.lane,
      },
    },
  },
  readAppIds: new Set([fenceAppId(lane), epochAppId(lane.pipelineId)]),
});

/** The next epoch: from this version on the partitions belong to its lanes [S13]. */
export function planLaneEpochCommit(lane: LaneId, { next, closing }: EpochPlan, nowMs: number): CommitPlan {
  const { pipelineId } = lane;
  const txn = (appId: string, version: bigint) => ({ txn: { appId, version, lastUpdated: nowMs } });
  return {
    actions: [
      txn(epochAppId(pipelineId), next.epoch),
      txn(epochLanesAppId(pipelineId), BigInt(next.lanes)),
      txn(epochPartitionsAppId(pipelineId), BigInt(next.partitions ?? 0)),
    ],
    commitInfo: {
      operation: 'STREAMING UPDATE',
      operationParameters: { outputMode: 'Append', step: 'lane-epoch' },
      isBlindAppend: true,
      extra: {
        headwater: {
          epoch: next.epoch.toString(),
          lanes: next.lanes,
          partitions: next.partitions ?? 0,
          closed: [...closing],
          pipelineId,
          by: lane.lane,
        },
      },
    },
    readAppIds: new Set([
      fenceAppId(lane),
      ...closing.map((each) => closedAppId({ pipelineId, lane: each })),
    ]),
  };
}
