import type { LaneId, PipelineSpec } from './pipeline.ts';
import type { LedgerEntry } from './ledger.ts';

/** Leases with fences, kept in Postgres and compared by Postgres's clock only [S1]. */
export interface LaneLeases {
  /**
   * Lanes of running pipelines that nobody holds now, at most `limit`: those that committed lately first, the others in
   * an order of each owner's own, so that owners that look at the same moment take different ones.
   */
  unleased(owner: string, limit: number): Promise<readonly LaneId[]>;
  /** Takes the lane when its lease has ended. The fence is one more than the highest this lane ever had. */
  claim(lane: LaneId, owner: string, ttlMs: number): Promise<{ readonly fence: bigint } | undefined>;
  /** Raises the stored fence when the log already holds a higher one. */
  raiseFence(lane: LaneId, owner: string, fence: bigint): Promise<void>;
  /** Extends every one of these leases that is still ours, in one statement; answers which. */
  renew(owner: string, lanes: readonly FencedLane[], ttlMs: number): Promise<readonly LaneId[]>;
  /** Gives the lane back at once (orderly stop). */
  release(lane: LaneId, owner: string, fence: bigint): Promise<void>;
}

/** A lane with the fence it is held under. */
export interface FencedLane extends LaneId {
  readonly fence: bigint;
}

/** Which workers there are, by Postgres's clock, and how many lanes each holds. */
export interface WorkerRoster {
  /** Says that the worker lives for another `ttlMs` and holds `held` lanes, and answers how all of them stand. */
  report(worker: WorkerReport, ttlMs: number): Promise<LaneCensus>;
  /** The worker takes no more lanes. */
  leave(owner: string): Promise<void>;
}

export interface WorkerReport {
  readonly owner: string;
  /** Lanes the worker holds: by its own account in its report, by live leases in a census. */
  readonly held: number;
  readonly lanesMax: number;
}

export interface LaneCensus {
  /** The asking worker among them; without those that let a lease end since they reported last. */
  readonly workers: readonly WorkerReport[];
  /** Lanes of running pipelines that nobody holds. */
  readonly unheld: number;
  /** Milliseconds until the first lease of another worker ends, if it is not renewed. */
  readonly nextEndMs?: number;
}

/** What a lane reports and reads; all of it can be rebuilt from the Delta log and the intents. */
export interface StagingStore {
  pipeline(pipelineId: string): Promise<PipelineSpec | undefined>;
  /** What may have changed about these pipelines, in one statement. One that is not there has no mark. */
  pipelineMarks(pipelineIds: readonly string[]): Promise<ReadonlyMap<string, PipelineMark>>;
  /** Copies the ledger of one committed batch; a batch already copied is left as it is. */
  mirrorLedger(lane: LaneId, batch: MirroredBatch): Promise<void>;
  /** Highest batchSeq mirrored for the lane, -1 when none: the mirror catches up from the log after a crash. */
  mirroredThrough(lane: LaneId): Promise<number>;
  /** Writes the status of each of these lanes, in one statement. */
  reportStatuses(reports: readonly LaneStatusReport[]): Promise<void>;
  /** Opens an incident once per (pipeline, kind, partition, from); an open one is updated, never doubled. */
  openIncident(incident: NewIncident): Promise<{ readonly incidentId: string }>;
  /** Loss accepted by an operator for this pipeline and not yet applied by a lane. */
  acceptedLosses(pipelineId: string): Promise<readonly AcceptedLoss[]>;
  markLossApplied(incidentId: string, batchId: string): Promise<void>;
  /** The log has the number of lanes that was asked for: those beyond are looked for no more [S13]. */
  lanesSettled(pipelineId: string, lanes: number): Promise<void>;
}

export interface PipelineMark {
  readonly generation: number;
  readonly hasAcceptedLosses: boolean;
}

export interface LaneStatusReport {
  readonly lane: LaneId;
  readonly status: LaneStatus;
}

export interface MirroredBatch {
  readonly batchId: string;
  readonly batchSeq: number;
  readonly fence: bigint;
  readonly tableVersion: bigint;
  readonly committedAtMs: number;
  readonly contractVersion: string;
  readonly entries: readonly LedgerEntry[];
  readonly quarantine: readonly QuarantineCount[];
}

export interface QuarantineCount {
  readonly stage: string;
  readonly reason: string;
  readonly path: string;
  readonly records: number;
  /** Coordinates of one example. */
  readonly partition: number;
  readonly offset: bigint;
}

export interface LaneStatus {
  readonly state: 'starting' | 'running' | 'paused' | 'stopped-by-incident' | 'draining' | 'stopped';
  readonly engine: string;
  readonly partitions: readonly PartitionStatus[];
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly tableVersion: bigint;
  readonly lastCommitAtMs?: number;
  readonly error?: { readonly code: string; readonly message: string; readonly fix?: string };
  /** The batch in flight; absent between batches. */
  readonly activity?: LaneActivity;
  /** Why this engine serves the lane; absent when there is nothing to say. */
  readonly engineReason?: string;
}

export interface LaneActivity {
  readonly batchId: string;
  /** A word of docs/metrics.md: fill, judge, encode, upload, quarantine-commit, commit, mirror. */
  readonly phase: string;
  readonly records: number;
  readonly bytes: number;
  /** Wall clock, milliseconds: when its first record set came. */
  readonly sinceMs: number;
}

export interface PartitionStatus {
  readonly partition: number;
  readonly nextOffset: bigint;
  readonly highWatermark: bigint;
  /** Age of the oldest record not staged yet, in seconds; absent when unknown, never 0 for unknown. */
  readonly lagSeconds?: number;
}

export interface NewIncident {
  readonly pipelineId: string;
  readonly kind:
    | 'offset-out-of-range'
    | 'topic-recreated'
    | 'topic-missing'
    | 'truncated'
    | 'absent-offsets'
    | 'hanging-transaction'
    | 'ledger-imbalance'
    | 'outputs-disagree'
    | 'table-refused'
    | 'poison'
    | 'disk-full'
    /** Seen by the control plane: the registry holds a schema that is not the contract's. */
    | 'quality-failed'
    | 'foreign-registration';
  readonly partition?: number;
  /** The exact gap: [from, to). */
  readonly from?: bigint;
  readonly to?: bigint;
  readonly cause: string;
  readonly fix: string;
  /** Reasons with counts and one coordinate each; never a value. */
  readonly samples?: readonly QuarantineCount[];
}

export interface AcceptedLoss {
  readonly incidentId: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly reason: string;
  readonly acceptedBy: string;
}
