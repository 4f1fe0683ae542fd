import type { LineageBatch, LineageIncident } from './lineage.ts';
import type { PipelineSpec } from './pipeline.ts';

/** What lineage has not told yet, from the ledger in Postgres. Implementation: libs/adapters/postgres. */
export interface LineageStore {
  /** Takes one lane with something to tell, for `ttlMs`; undefined when there is none that nobody holds. */
  claim(ttlMs: number, batchesMax: number): Promise<LineageWork | undefined>;
  /** Everything up to here was delivered. */
  advance(work: LineageWork): Promise<void>;
  /** Gives the lane back without having told: it waits so long before it is tried again. */
  giveBack(work: LineageWork, waitMs: number): Promise<void>;
}

export interface LineageWork {
  readonly pipeline: PipelineSpec;
  readonly lane: number;
  readonly batches: readonly LineageBatch[];
  /** Told with lane 0 only. */
  readonly incidents: readonly Omit<LineageIncident, 'pipeline'>[];
  readonly claimedUntilMs: number;
}
