import type {
  Intent,
  LaneEpoch,
  LaneId,
  LaneState,
  IntentRange,
  PipelineSpec,
  PartitionFetch,
  SourceTopic,
  StableOffsetWatch,
  IncidentFacts,
  PoisonWindow,
} from '@headwater/core-staging';
import type { Logger } from '@headwater/kernel';
import type { Bell } from './bell.ts';
import type { Fill, PartitionView } from './fill.ts';
import type { JointCommits } from './joint-commits.ts';
import type { LaneTables } from './lane-table.ts';
import type { LaneWorld } from './lane-world.ts';
import type { HeldLease } from './lease.ts';

/** A lane while it is owned. The parts that change are changed by the lane's own loop and its watchers only. */
export interface LaneContext {
  readonly world: LaneWorld;
  readonly id: LaneId;
  readonly lease: HeldLease;
  readonly tables: LaneTables;
  readonly logger: Logger;
  readonly joint: JointCommits;
  pipeline: PipelineSpec;
  topic: SourceTopic;
  state: LaneState;
  /** Next offset per partition as the log has it, and the epoch it was read with. */
  readonly positions: Map<number, LanePartition>;
  readonly views: Map<number, PartitionView>;
  /** Which partitions the lane reads. */
  share: LaneShare;
  /** The epoch the positions were read in; -1 while there are none. */
  positionsEpoch: bigint;
  nextBatchSeq: number;
  /** When the batch that the lane found committed last began to fill, wall clock. */
  lastIngestedAtMs: number | undefined;
  /** Revision of the next intent: above 0 where one of an ended epoch bears its number. */
  nextRevision: number;
  /** The batch that fills, and the one that lands. */
  filling: Fill | undefined;
  landing: Fill | undefined;
  /** A newer pipeline row that takes effect between two batches. */
  nextPipeline: PipelineSpec | undefined;
  /** Found by a watcher; the loop acts on it between two steps. */
  pendingIncident: IncidentFacts | undefined;
  /** What stopped the lane, until it goes on. */
  blockedBy: IncidentFacts | undefined;
  /** Where accepted losses begin that the lane has not reached, by partition. */
  lossesAhead: ReadonlyMap<number, bigint>;
  /** Last stable offset per partition since it moved last. */
  readonly stable: Map<number, StableOffsetWatch>;
  /** Rung when the lane has something else to do than to wait for records. */
  readonly bell: Bell;
  /** The fetch that is on its way, for the positions as they are. */
  asked: Promise<readonly PartitionFetch[]> | undefined;
  /** What was reported last. */
  reported: Reading | undefined;
  /** Records refused lately. */
  poison: PoisonWindow | undefined;
  readonly facts: LaneFacts;
}

/** Which partitions a lane reads, as the log has it [S13]. */
export interface LaneShare {
  readonly epoch: LaneEpoch;
  /** The epoch the lane has closed for. */
  readonly closed: bigint;
}

export interface LanePartition {
  readonly nextOffset: bigint;
  readonly leaderEpoch: number;
}

/** How far a lane was when its status was taken. */
export interface Reading {
  readonly atMs: number;
  readonly records: number;
  readonly bytes: number;
  /** Equal to the one before when there is nothing new to tell. */
  readonly signature: string;
}

/** What status and metrics tell. */
export interface LaneFacts {
  tableVersion: bigint;
  lastCommitAtMs: number | undefined;
  recordsTaken: number;
  bytesTaken: number;
  error: { readonly code: string; readonly message: string; readonly fix?: string } | undefined;
}

export const laneKey = ({ pipelineId, lane }: LaneId): string => `${pipelineId}/${lane}`;

/** The intent that fixes these ranges as the lane's next batch. */
export const draftIntent = (
  lane: LaneContext,
  batch: { readonly batchId: string; readonly ingestedAtUs: bigint; readonly ranges: readonly IntentRange[] },
): Intent => ({
  ...batch,
  pipelineId: lane.id.pipelineId,
  lane: lane.id.lane,
  batchSeq: lane.nextBatchSeq,
  revision: lane.nextRevision,
  fence: lane.lease.fence,
  ...(lane.share.epoch.epoch === 0n ? {} : { epoch: lane.share.epoch.epoch }),
  topic: lane.pipeline.topic,
  topicId: lane.pipeline.topicId,
  contractVersion: lane.pipeline.contract.contractVersion,
  schemaIds: lane.pipeline.schemaIds,
  transformHash: lane.pipeline.transformHash,
  engine: lane.world.engine.name,
});
