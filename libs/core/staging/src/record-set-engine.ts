import type { ReasonCode } from '@headwater/core-contract';
import type { AbortedTransaction } from './record-source.ts';
import type { PipelineSpec } from './pipeline.ts';

/**
 * The seam between fetching and committing: record set bytes in, columns and doubts inside, Parquet files out. It may
 * lie between threads, so inputs and results are plain data that can be cloned, and record sets the only large thing in
 * them. Every implementation passes the contract suite in libs/testkit.
 */
export interface RecordSetEngine {
  /** Shown in status and metrics. */
  readonly name: string;
  /** The engine that serves the pipeline, where it is chosen by its contract; `name` otherwise. */
  nameFor?(pipeline: PipelineSpec): string;
  /** Why this engine serves the pipeline and not a faster one, for status; absent when there is nothing to say. */
  why?(pipeline: PipelineSpec): string | undefined;
  /** Makes ready for a batch that comes soon, without waiting; an engine that is always ready has none. */
  warm?(): void;
  /** Begins a batch. At most one is open per lane and engine, except that the next may fill while one lands. */
  beginBatch(batch: BatchInput): Promise<RecordSetBatch>;
  close(): Promise<void>;
}

export interface BatchInput {
  readonly pipeline: PipelineSpec;
  readonly batchId: string;
  /** Microseconds; the same on every retry, from the intent. */
  readonly ingestedAtUs: bigint;
  /** Lane of the pipeline, 0 when it is left out: batches of one lane follow each other. */
  readonly lane?: number;
}

export interface RecordSetBatch {
  /**
   * Adds the records of `recordSet` whose offset lies in [from, to). Sets of one partition arrive in offset order, and
   * a set is added only after the one before it has answered. The engine keeps no view of the bytes. When it rejects, the
   * batch holds an unknown part of the set and can only be discarded.
   */
  add(input: RecordSetInput): Promise<RecordSetReport>;
  /** Bytes held now, for back-pressure [S11]; each output file that has begun counts for its writer's buffers. */
  bufferedBytes(): number;
  /** Writes the outputs as finished local files in `scratchFolder`; the caller publishes and commits them [S3]. */
  land(scratchFolder: string): Promise<LandedOutputs>;
  /** Drops everything; safe at any time. */
  discard(): Promise<void>;
}

export interface RecordSetInput {
  readonly partition: number;
  readonly recordSet: Uint8Array;
  readonly from: bigint;
  readonly to: bigint;
  readonly aborted: readonly AbortedTransaction[];
}

/** What the scan saw of [from, to). `nextOffset` is where the next set must begin. */
export interface RecordSetReport {
  readonly nextOffset: bigint;
  readonly records: bigint;
  readonly tombstones: bigint;
  readonly control: bigint;
  readonly aborted: bigint;
  /** Offsets inside the scanned range that hold no record at all. */
  readonly absent: bigint;
  /** First and last offset of [from, nextOffset) that hold anything, with their timestamps; left out when none does. */
  readonly firstOffset?: bigint;
  readonly firstTimestampMs?: number;
  readonly lastOffset?: bigint;
  readonly lastTimestampMs?: number;
  /** Leader epoch of the last batch that reached into the range: the `lastFetchedEpoch` of the next fetch. */
  readonly leaderEpoch?: number;
}

export interface LandedOutputs {
  readonly primary: readonly LandedFile[];
  readonly quarantine: readonly LandedFile[];
  /** Per partition: how many records went where. */
  readonly counts: ReadonlyMap<number, { readonly landed: bigint; readonly quarantined: bigint }>;
  readonly reasons: readonly {
    readonly stage: string;
    readonly reason: ReasonCode;
    readonly path: string;
    readonly records: number;
    readonly partition: number;
    readonly offset: bigint;
  }[];
  /** What a fast engine left to the guarded path; absent from an engine that has no other path. */
  readonly guarded?: {
    /** Records judged again one by one. */
    readonly records: number;
    /** Failures inside of the engine that were caught; each is a bug worth a report. */
    readonly traps: number;
  };
}

export interface LandedFile {
  /** Absolute path of the finished Parquet file. */
  readonly localFile: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly records: number;
  /** Delta statistics as the JSON text of `add.stats`. */
  readonly stats: string;
}
