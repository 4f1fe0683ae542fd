import type { LedgerClass } from './ledger.ts';
import type { OffsetRange } from './offset-range.ts';

/** Verbs of operators that change what a table holds. Each is previewed as a plan and carried out by its hash. */
export type OperatingKind = 'replay' | 'backfill' | 'restart' | 'swap' | 'undo-swap';

/** What of quarantine is replayed; an absent member leaves that narrowing out. */
export interface ReplayRequest {
  readonly stage?: string;
  readonly reason?: string;
  readonly path?: string;
  /** At most so many records, in order of partition and offset. */
  readonly limit?: number;
}

/** What is read again into a side table: stated offsets, or everything written in [fromMs, toMs). */
export type BackfillRequest =
  | { readonly ranges: readonly OffsetRange<string>[] }
  | { readonly times: { readonly fromMs: number; readonly toMs: number } };

/** Where every partition begins again. Partitions without an offset of their own go on where they are. */
export type RestartRequest =
  | { readonly from: 'earliest' }
  | { readonly from: { readonly timeMs: number } }
  | { readonly from: { readonly offsets: Readonly<Record<string, string>> } };

/** The side table that takes the place of its ranges, or gives it back. */
export interface SwapRequest {
  readonly backfillId: string;
}

export type OperatingRequest =
  | ({ readonly kind: 'replay' } & ReplayRequest)
  | ({ readonly kind: 'backfill' } & BackfillRequest)
  | ({ readonly kind: 'restart' } & RestartRequest)
  | ({ readonly kind: 'swap' } & SwapRequest)
  | ({ readonly kind: 'undo-swap' } & SwapRequest);
export type OperatingRequestOf<Kind extends OperatingKind> = Extract<OperatingRequest, { kind: Kind }>;

/** What a verb would do. Plain data that is shown and hashed; offsets and counts as text. */
export interface OperatingPlan {
  readonly kind: OperatingKind;
  readonly pipelineId: string;
  readonly productName: string;
  readonly request: OperatingRequest;
  /** Records it takes, and the bytes of their values. */
  readonly records: string;
  readonly bytes: string;
  readonly ranges: readonly OperatingRange[];
  /** URLs of the tables it writes. */
  readonly tables: readonly string[];
  /** What will happen, one sentence each. */
  readonly details: readonly string[];
  /** What must still hold when it is carried out. */
  readonly world: Readonly<Record<string, string>>;
}

export interface OperatingRange {
  readonly partition: number;
  /** [from, to) spans the records; not every offset between is taken. */
  readonly from: string;
  readonly to: string;
  readonly records: string;
}

export type OperatingPlanState =
  'planning' | 'previewed' | 'applying' | 'applied' | 'superseded' | 'refused' | 'failed';

export interface StoredOperatingPlan {
  readonly id: string;
  readonly pipelineId: string;
  readonly kind: OperatingKind;
  readonly state: OperatingPlanState;
  readonly request: OperatingRequest;
  readonly plan?: OperatingPlan;
  readonly hash?: string;
  readonly progress?: OperatingProgress;
  readonly error?: { readonly code: string; readonly message: string; readonly fix?: string };
  readonly requestedBy: string;
  readonly requestedAtMs: number;
  readonly computedAtMs?: number;
  readonly finishedAtMs?: number;
}

/** How far a run is; the next holder of its work goes on behind it. */
export interface OperatingProgress {
  /** Looked at so far; of a backfill, offsets. */
  readonly records: number;
  readonly landed: number;
  /** Refused: they are in quarantine. */
  readonly refused: number;
  /** The account of a backfill, by partition and class; classes that hold nothing are left out. */
  readonly ledger?: Readonly<Record<string, Readonly<Partial<Record<LedgerClass, string>>>>>;
  /** Everything up to this coordinate is done. */
  readonly cursor?: { readonly partition: number; readonly offset: string };
  /** Newest version of the primary table whose transfers are in Postgres. */
  readonly mirroredVersion: string;
}

/** Offsets of one partition that changed their class after their batch. */
export interface LedgerTransfer {
  /** Unique per commit; the same on every read of that commit. */
  readonly transferId: string;
  readonly pipelineId: string;
  readonly planId: string;
  readonly kind: OperatingKind;
  readonly topicId: string;
  readonly partition: number;
  readonly fromClass: LedgerClass;
  readonly toClass: LedgerClass;
  readonly offsets: bigint;
  /** Cause they were, or are, in quarantine for. */
  readonly group: { readonly stage: string; readonly reason: string; readonly path: string };
  /** One of them; present where offsets come into quarantine. */
  readonly exampleOffset?: bigint;
  readonly tableVersion: bigint;
  readonly committedAtMs: number;
}

/** Plans and their runs, as the process that carries them out sees them. Implementation: libs/adapters/postgres. */
export interface OperatingStore {
  plan(planId: string): Promise<StoredOperatingPlan | undefined>;
  savePreview(planId: string, plan: OperatingPlan, hash: string): Promise<void>;
  /** From `previewed`, or again from `applying`; false when it has ended or was superseded. */
  begin(planId: string): Promise<boolean>;
  recordProgress(planId: string, progress: OperatingProgress): Promise<void>;
  /** Writes the audit event of the end too. */
  finish(
    planId: string,
    end: {
      readonly state: 'applied' | 'refused' | 'failed';
      readonly error?: StoredOperatingPlan['error'];
    },
  ): Promise<void>;
  /**
   * Gives the pipeline the identifier and tables of its next epoch, in one transaction: leases are given up, open
   * incidents and previews of the epoch before are closed. `moved`: it is not the pipeline the plan was made for.
   */
  beginEpoch(epoch: {
    readonly planId: string;
    readonly pipelineId: string;
    readonly nextPipelineId: string;
    readonly transformHash: string;
    readonly tableUrl: string;
    readonly quarantineUrl: string;
  }): Promise<'begun' | 'moved'>;
  /** Copies transfers and moves the running totals; one that is there already is left as it is. */
  mirrorTransfers(transfers: readonly LedgerTransfer[]): Promise<void>;
}
