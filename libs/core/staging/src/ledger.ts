/**
 * The account of one partition in one batch [S10]: every offset of [from, to) is in exactly one class.
 * Offsets and counts are bigint because offsets are 64 bit.
 */
export interface LedgerEntry {
  readonly topicId: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly classes: LedgerClasses;
  /** (offset, timestamp in ms) of the first and last record and a sparse sample between, ascending by offset. */
  readonly samples: readonly { readonly offset: bigint; readonly timestampMs: number }[];
}

export type LedgerClass =
  | 'landed'
  | 'deduplicated'
  | 'quarantined'
  | 'lateTable'
  | 'tombstones'
  | 'control'
  | 'aborted'
  | 'absent'
  | 'suppressed'
  | 'acceptedLoss'
  | 'skippedByPolicy';

export type LedgerClasses = Readonly<Record<LedgerClass, bigint>>;
