/** When too large a share of records is refused. The window ends with whichever limit is reached first. */
export interface PoisonPolicy {
  /** Share of refused records, above 0 and at most 1, beyond which it is an incident. */
  readonly share: number;
  /** Records looked at together, and the fewest a verdict needs. */
  readonly windowRecords: number;
  readonly windowMs: number;
  /** `pause`: the lane stops until an operator resumes it. `continue`: it is told, and staging goes on. */
  readonly policy: 'pause' | 'continue';
}

export const defaultPoisonPolicy: PoisonPolicy = {
  share: 0.5,
  windowRecords: 1_000,
  windowMs: 300_000,
  policy: 'continue',
};
