import type { BatchRecord, IncidentFacts, Intent } from '@headwater/core-staging';
import type { Fill } from './fill.ts';
import type { CommitPlan } from '@headwater/core-staging';
import type { LaneTables } from './lane-table.ts';
import type { LaneWorld } from './lane-world.ts';
import type { HeldLease } from './lease.ts';

/** One batch on its way into the tables. */
export interface Landing {
  readonly world: LaneWorld;
  readonly lease: HeldLease;
  readonly tables: LaneTables;
  readonly intent: Intent;
  readonly fill: Fill;
  /** Commits the primary together with other lanes of the table; left out when the lane is the only one [S14]. */
  readonly joint?: (plan: CommitPlan) => Promise<OwnedCommit>;
}

/** `lost`: another owner has the lane; nothing of ours was committed [S7]. */
export type OwnedCommit =
  | { readonly kind: 'committed'; readonly version: bigint }
  | { readonly kind: 'lost'; readonly cause: string };

/** `lost`: another owner has the lane; nothing of ours is in the primary [S7]. */
export type LandResult =
  | { readonly kind: 'landed'; readonly batch: BatchRecord; readonly tableVersion: bigint }
  | { readonly kind: 'incident'; readonly incident: IncidentFacts }
  | { readonly kind: 'lost'; readonly cause: string };
