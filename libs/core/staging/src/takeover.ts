import { nextOffsetsIn, batchSeqAppId, fenceAppId } from './app-ids.ts';
import type { LaneId } from './pipeline.ts';

/** fence = max(Postgres, log) + 1, where Postgres's share of the maximum is what it granted less one [S1]. */
export const decideFence = (granted: bigint, inLog: bigint | undefined): bigint =>
  inLog === undefined || granted > inLog ? granted : inLog + 1n;

/** Where a lane begins, read from the log alone after its fence is in it [S1][S5]. */
export interface LanePosition {
  /** Next offset per partition that was ever committed. */
  readonly nextOffsets: ReadonlyMap<number, bigint>;
  /** batchSeq of the next batch. */
  readonly nextBatchSeq: number;
}

export const readPosition = (
  txns: ReadonlyMap<string, bigint>,
  lane: LaneId,
  topicId: string,
): LanePosition => ({
  nextOffsets: nextOffsetsIn(txns, lane.pipelineId, topicId),
  nextBatchSeq: Number((txns.get(batchSeqAppId(lane)) ?? -1n) + 1n),
});

/**
 * Start offset of every partition of the topic: where the log says, and the earliest offset for a partition that the
 * log has never seen [S8].
 */
export function decideStart(
  partitions: readonly number[],
  nextOffsets: ReadonlyMap<number, bigint>,
  earliest: ReadonlyMap<number, bigint>,
): ReadonlyMap<number, bigint> {
  return new Map(
    partitions.map((partition) => [partition, nextOffsets.get(partition) ?? earliest.get(partition) ?? 0n]),
  );
}

/** True when another owner's fence is in the log: whoever holds the lower one is a zombie [S7]. */
export const isFenced = (txns: ReadonlyMap<string, bigint>, lane: LaneId, fence: bigint): boolean =>
  (txns.get(fenceAppId(lane)) ?? 0n) > fence;
