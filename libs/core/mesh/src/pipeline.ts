import type { LaneStatus, LedgerClasses, PipelineSpec } from '@headwater/core-staging';
import type { Page, PageRequest } from './page.ts';

/** A staging pipeline as stored, with the product it belongs to. */
export interface PipelineRecord {
  readonly productId: string;
  readonly spec: PipelineSpec;
}

export interface PipelineReads {
  byIds(pipelineIds: readonly string[]): Promise<readonly PipelineRecord[]>;
  /** The pipelines of these products, also retired ones. */
  byProductIds(productIds: readonly string[]): Promise<readonly PipelineRecord[]>;
  /** Pipelines that are not retired, ordered by product name, at most `limit`. */
  living(limit: number): Promise<readonly PipelineRecord[]>;
}

export interface PipelineStore extends PipelineReads {
  /** Stores the pipeline and the leases of its lanes. A pipeline of this id that is there already is left alone. */
  create(pipeline: {
    readonly productId: string;
    readonly spec: Omit<PipelineSpec, 'generation'>;
  }): Promise<PipelineRecord>;
  /** Throws `HW_STORE_GENERATION` when the stored generation is another one. */
  update(
    pipelineId: string,
    expectedGeneration: number,
    change: Partial<
      Pick<
        PipelineSpec,
        | 'contract'
        | 'transformHash'
        | 'schemaIds'
        | 'flushIntervalMs'
        | 'flushBytesMax'
        | 'desiredState'
        | 'poison'
        | 'lanes'
      >
    > & {
      /** Undefined ends a drain. */
      readonly drainTo?: PipelineSpec['drainTo'] | undefined;
    },
  ): Promise<PipelineRecord>;
}

/** What the lanes of one pipeline last reported, and the sums of what they did. */
export interface PipelineReport {
  readonly pipelineId: string;
  readonly lanes: readonly LaneReport[];
  readonly totals: LedgerClasses;
}

export interface LaneReport {
  readonly lane: number;
  /** Who holds the lease now; absent when nobody does. */
  readonly owner?: string;
  readonly fence?: bigint;
  readonly reportedAtMs?: number;
  readonly status?: LaneStatus;
}

export interface QuarantineGroup {
  readonly pipelineId: string;
  readonly stage: string;
  readonly reason: string;
  readonly path: string;
  readonly records: bigint;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
  readonly examplePartition: number;
  readonly exampleOffset: bigint;
}

export interface LedgerRow {
  readonly batchId: string;
  readonly batchSeq: number;
  readonly lane: number;
  readonly tableVersion: bigint;
  readonly committedAtMs: number;
  readonly contractVersion: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly classes: LedgerClasses;
}

/** What staging workers wrote down in Postgres, read only. */
export interface StagingReports {
  /** One report per pipeline asked for, in one or two statements whatever their number. */
  reports(pipelineIds: readonly string[]): Promise<readonly PipelineReport[]>;
  /** Largest group first, at most `limit` per pipeline. */
  quarantineGroups(pipelineIds: readonly string[], limit: number): Promise<readonly QuarantineGroup[]>;
  /** Newest batch first; ordered by (committedAt, batchSeq, partition). */
  ledger(pipelineId: string, page: PageRequest, partition?: number): Promise<Page<LedgerRow>>;
}
