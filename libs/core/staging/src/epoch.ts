import { closedAppId, epochAppId, epochLanesAppId, epochPartitionsAppId } from './app-ids.ts';
import type { LaneId } from './pipeline.ts';

/**
 * Which partitions each lane of a pipeline owns [S13]: partition p belongs to lane p mod `lanes`. Epoch 0 is a pipeline
 * whose log names no epoch: one lane with all partitions, also those the topic grows by.
 */
export interface LaneEpoch {
  readonly epoch: bigint;
  readonly lanes: number;
  /** Partitions below this have an owner; undefined in epoch 0, where lane 0 owns every one. */
  readonly partitions: number | undefined;
}

export const firstEpoch: LaneEpoch = { epoch: 0n, lanes: 1, partitions: undefined };

/** The epoch of the log. */
export function readEpoch(txns: ReadonlyMap<string, bigint>, pipelineId: string): LaneEpoch {
  const epoch = txns.get(epochAppId(pipelineId));
  if (epoch === undefined) return firstEpoch;
  return {
    epoch,
    lanes: Number(txns.get(epochLanesAppId(pipelineId)) ?? 1n),
    partitions: Number(txns.get(epochPartitionsAppId(pipelineId)) ?? 0n),
  };
}

/**
 * The epoch the lane has closed for, 0 when it never did: what it began in earlier epochs is committed, and no intent of
 * theirs is open any more. Until that epoch is in the log the lane is quiet.
 */
export const readClosed = (txns: ReadonlyMap<string, bigint>, lane: LaneId): bigint =>
  txns.get(closedAppId(lane)) ?? 0n;

/** Undefined when nobody owns the partition yet. */
export const laneOf = ({ lanes, partitions }: LaneEpoch, partition: number): number | undefined =>
  partitions !== undefined && partition >= partitions ? undefined : partition % lanes;

/** True when the lane reads the partition: it owns it, and has not closed for a later epoch. */
export const isOwned = (epoch: LaneEpoch, closed: bigint, lane: number, partition: number): boolean =>
  closed <= epoch.epoch && laneOf(epoch, partition) === lane;

/** What operators and the topic ask for. */
export interface WantedLanes {
  readonly lanes: number;
  /** Partitions of the topic. */
  readonly partitions: number;
}

export interface EpochPlan {
  readonly next: LaneEpoch;
  /** Lanes that lose a partition: each closes before the epoch is committed. */
  readonly closing: readonly number[];
}

/** The next epoch, or undefined when the log has what is wanted. A topic never shrinks. */
export function planEpoch(current: LaneEpoch, wanted: WantedLanes): EpochPlan | undefined {
  if (current.partitions === undefined) {
    if (wanted.lanes === 1) return undefined;
    // Lane 0 owns partitions without end, so it loses some whatever the topic has.
    return { next: { epoch: 1n, ...wanted }, closing: [0] };
  }
  const partitions = Math.max(wanted.partitions, current.partitions);
  if (wanted.lanes === current.lanes && partitions === current.partitions) return undefined;
  const next: LaneEpoch = { epoch: current.epoch + 1n, lanes: wanted.lanes, partitions };
  const closing = new Set<number>();
  for (let partition = 0; partition < current.partitions; partition++) {
    const owner = partition % current.lanes;
    if (laneOf(next, partition) !== owner) closing.add(owner);
  }
  return { next, closing: [...closing].sort((a, b) => a - b) };
}

/**
 * What a lane does between two batches, when nothing of it is open. `run`: reads what it owns. `close`: says in the log
 * that it is quiet. `commit`: writes the next epoch. `wait`: looks at the log again soon. `leave`: its number is not
 * among the lanes any more.
 */
export type EpochStep =
  | { readonly kind: 'run' | 'wait' | 'leave' }
  | { readonly kind: 'close'; readonly epoch: bigint }
  | { readonly kind: 'commit'; readonly plan: EpochPlan };

export interface EpochFacts {
  readonly lane: number;
  readonly current: LaneEpoch;
  readonly wanted: WantedLanes;
  /** Epoch each lane has closed for. */
  readonly closed: (lane: number) => bigint;
}

export function decideEpochStep({ lane, current, wanted, closed }: EpochFacts): EpochStep {
  const nextEpoch = current.epoch + 1n;
  const isClosed = (each: number): boolean => closed(each) >= nextEpoch;
  const plan = planEpoch(current, wanted);
  if (plan === undefined) {
    // The wish was taken back after this lane had closed: the same lanes go on in a new epoch.
    if (isClosed(lane)) return { kind: 'commit', plan: reopen(current, wanted) };
    return { kind: lane < current.lanes ? 'run' : 'leave' };
  }
  if (plan.closing.every(isClosed)) return { kind: 'commit', plan };
  if (isClosed(lane)) return { kind: 'wait' };
  if (plan.closing.includes(lane)) return { kind: 'close', epoch: nextEpoch };
  return { kind: lane < current.lanes ? 'run' : 'wait' };
}

const reopen = ({ epoch, lanes, partitions }: LaneEpoch, wanted: WantedLanes): EpochPlan => ({
  next: { epoch: epoch + 1n, lanes, partitions: Math.max(partitions ?? 0, wanted.partitions) },
  closing: [],
});
