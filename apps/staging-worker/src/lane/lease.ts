/** A lane's lease while it is ours [S1]. */
export interface HeldLease {
  readonly fence: bigint;
  /** Asked right before every effect: false from a margin before the lease's end on, without asking anybody. */
  isHeld(): boolean;
  /** Aborted when the lease has ended. */
  readonly ended: AbortSignal;
  /** Takes the higher fence that the log asked for. */
  raise(fence: bigint): Promise<void>;
  /** Gives the lane back at once. */
  release(): Promise<void>;
}
