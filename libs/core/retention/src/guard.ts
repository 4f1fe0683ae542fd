import { assert } from '@headwater/kernel';

/** One partition of the topic as observed. Offsets are bigint. */
export interface PartitionInventory {
  readonly partition: number;
  readonly startOffset: bigint;
  /** Offset of the next record to be written. */
  readonly endOffset: bigint;
  /** First offset whose record is not older than the cut; the end offset when all are. */
  readonly cutOffset: bigint;
  /** First offset whose record may be held; absent when nothing in this topic is held. */
  readonly heldOffset?: bigint;
}

/** A pipeline that is not retired, with the truth about what it staged: the `txn` versions of its table. */
export interface StagedProgress {
  readonly pipelineId: string;
  /** Topic id the pipeline reads. */
  readonly topicId: string;
  /** Next offset to stage per partition; a partition that is missing has nothing staged. */
  readonly nextOffsets: ReadonlyMap<number, bigint>;
}

export interface Cut {
  readonly partition: number;
  readonly from: bigint;
  /** Every record before this offset may go. */
  readonly before: bigint;
  /** Why the cut by time is not reached; absent when it is. */
  readonly heldBackBy?: 'staging' | 'legal-hold';
}

/**
 * The guard [I8]: in staging-first mode nothing is deleted past the slowest pipeline, nothing held is deleted, and
 * nothing that does not exist yet. Without any pipeline nothing is deleted.
 */
export function decideCut(
  topicId: string,
  observed: PartitionInventory,
  progress: readonly StagedProgress[],
): Cut {
  const staged = progress.map((each) => stagedThrough(topicId, observed, each));
  const stagedOffset = staged.length === 0 ? observed.startOffset : min(...staged);
  const heldOffset = observed.heldOffset ?? observed.endOffset;
  const wanted = min(observed.cutOffset, observed.endOffset);
  const before = max(observed.startOffset, min(wanted, stagedOffset, heldOffset));
  assert(before <= max(observed.startOffset, stagedOffset), '[I8] the cut passes the staged offset');
  const heldBackBy = before >= wanted ? undefined : stagedOffset <= heldOffset ? 'staging' : 'legal-hold';
  return {
    partition: observed.partition,
    from: observed.startOffset,
    before,
    ...(heldBackBy === undefined ? {} : { heldBackBy }),
  };
}

/** A pipeline of another topic of the same name has staged nothing of this one. */
const stagedThrough = (
  topicId: string,
  { partition, startOffset }: PartitionInventory,
  progress: StagedProgress,
): bigint =>
  progress.topicId === topicId ? (progress.nextOffsets.get(partition) ?? startOffset) : startOffset;

const min = (...values: readonly bigint[]): bigint => values.reduce((a, b) => (b < a ? b : a));
const max = (...values: readonly bigint[]): bigint => values.reduce((a, b) => (b > a ? b : a));
