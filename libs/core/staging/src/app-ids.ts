import type { LaneId } from './pipeline.ts';

/** Names of the outputs beside the primary table; they commit before it, in name order [S4]. */
export type SideOutput = 'quarantine';

/**
 * appIds of the `txn` actions that carry the truth of staging [S1][S4]. They live as long as the table: changing a
 * spelling would lose the position of every pipeline.
 */
export const primaryAppId = (pipelineId: string, topicId: string, partition: number): string =>
  `headwater:${pipelineId}:${topicId}:${partition}`;

export const outputAppId = (
  pipelineId: string,
  topicId: string,
  partition: number,
  output: SideOutput,
): string => `${primaryAppId(pipelineId, topicId, partition)}:${output}`;

export const fenceAppId = ({ pipelineId, lane }: LaneId): string =>
  `headwater:${pipelineId}:lane:${lane}:fence`;

export const batchSeqAppId = ({ pipelineId, lane }: LaneId): string =>
  `headwater:${pipelineId}:lane:${lane}:batchSeq`;

/** Epoch of the pipeline's lanes, how many lanes it has and how many partitions it spreads over them [S13]. */
export const epochAppId = (pipelineId: string): string => `headwater:${pipelineId}:epoch`;
export const epochLanesAppId = (pipelineId: string): string => `${epochAppId(pipelineId)}:lanes`;
export const epochPartitionsAppId = (pipelineId: string): string => `${epochAppId(pipelineId)}:partitions`;

/** The epoch the lane has closed for [S13]. */
export const closedAppId = ({ pipelineId, lane }: LaneId): string =>
  `headwater:${pipelineId}:lane:${lane}:closed`;

/**
 * Next offset per partition, read from the `txn` versions of one table. `output` undefined reads the primary's.
 * Versions of other topics (an earlier topic of the same name has another id) are left out.
 */
export function nextOffsetsIn(
  txns: ReadonlyMap<string, bigint>,
  pipelineId: string,
  topicId: string,
  output?: SideOutput,
): ReadonlyMap<number, bigint> {
  const prefix = `headwater:${pipelineId}:${topicId}:`;
  const suffix = output === undefined ? '' : `:${output}`;
  const offsets = new Map<number, bigint>();
  for (const [appId, version] of txns) {
    if (!appId.startsWith(prefix) || !appId.endsWith(suffix)) continue;
    const partition = appId.slice(prefix.length, appId.length - suffix.length);
    if (/^\d+$/.test(partition)) offsets.set(Number(partition), version);
  }
  return offsets;
}
