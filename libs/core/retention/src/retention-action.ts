import type { RetentionPromise } from './promise.ts';

/** One effect, with everything needed to carry it out and to judge it beforehand. Offsets and counts are decimal text. */
export type RetentionAction =
  DeleteRecordsAction | SetTablePropertiesAction | RemoveFilesAction | VacuumAction | CleanLogAction;

interface ActionFacts {
  /** Topic or table URL. */
  readonly target: string;
  /** What exactly and what is kept back, in one sentence. */
  readonly detail: string;
  /** Set when a guard holds something back. */
  readonly heldBackBy?: string;
}

export interface DeleteRecordsAction extends ActionFacts {
  readonly action: 'delete-records';
  readonly topicId: string;
  /** Offsets that go, at most: compaction and control records make it fewer records. */
  readonly records: string;
  readonly oldestMs?: number;
  readonly newestMs: number;
  /** Every record of [from, before) goes. */
  readonly partitions: readonly {
    readonly partition: number;
    readonly from: string;
    readonly before: string;
  }[];
}

export interface SetTablePropertiesAction extends ActionFacts {
  readonly action: 'set-table-properties';
  readonly properties: Readonly<Record<string, string>>;
}

export interface RemoveFilesAction extends ActionFacts {
  readonly action: 'remove-files';
  readonly tableVersion: string;
  /** Paths as in the log. */
  readonly paths: readonly string[];
  /** Absent when a file has no record count. */
  readonly records?: string;
  readonly bytes: number;
  readonly oldestMs: number;
  readonly newestMs: number;
}

export interface VacuumAction extends ActionFacts {
  readonly action: 'vacuum';
  /** Paths of objects. */
  readonly paths: readonly string[];
  readonly bytes: number;
}

export interface CleanLogAction extends ActionFacts {
  readonly action: 'clean-log';
  /** A checkpoint of the newest version is written first. */
  readonly writesCheckpoint: boolean;
  readonly paths: readonly string[];
  readonly bytes: number;
}

/** What a retention run would do. Plain data: shown, approved by its hash, carried out as it is or not at all. */
export interface RetentionPlan {
  readonly productId: string;
  readonly productName: string;
  readonly promise: RetentionPromise;
  readonly hash: string;
  readonly computedAtMs: number;
  readonly actions: readonly RetentionAction[];
  /** What is past its time and stays all the same, for example files with rows on both sides of the cut. */
  readonly kept: readonly { readonly target: string; readonly reason: string }[];
}

export type PlannedPart = Pick<RetentionPlan, 'actions' | 'kept'>;
