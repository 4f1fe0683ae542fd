import {
  decideFence,
  faultPoint,
  fenceAppId,
  isFenced,
  isPlanted,
  planFenceCommit,
  type LaneId,
} from '@headwater/core-staging';
import { operationalError } from '@headwater/kernel';
import { commitPlan, refreshTable, txnsOf, type LaneTable, type LaneTables } from './lane-table.ts';
import type { LaneWorld } from './lane-world.ts';
import type { HeldLease } from './lease.ts';

/** Races a fence may lose to commits that are no fence. */
const ROUNDS_MAX = 10;

/**
 * Puts the lane's fence into every table it writes, the primary last [S1]. False when a higher fence stands there: the
 * lane is another's.
 */
export async function fenceLane(
  world: LaneWorld,
  lane: LaneId,
  lease: HeldLease,
  tables: LaneTables,
): Promise<boolean> {
  if (__HEADWATER_BARE__) return true;
  const highest = [tables.primary, tables.quarantine]
    .map((table) => txnsOf(table).get(fenceAppId(lane)) ?? 0n)
    .reduce((a, b) => (a > b ? a : b));
  const fence = decideFence(lease.fence, highest);
  if (fence !== lease.fence) await lease.raise(fence);
  if (__HEADWATER_FAULTS__) {
    await faultPoint('fence.before');
    if (isPlanted('no-fence-commit')) return true;
  }
  for (const table of [tables.quarantine, tables.primary]) {
    if (!(await fenceTable(world, lane, lease, table))) return false;
  }
  if (__HEADWATER_FAULTS__) await faultPoint('fence.after');
  return true;
}

async function fenceTable(
  world: LaneWorld,
  lane: LaneId,
  lease: HeldLease,
  table: LaneTable,
): Promise<boolean> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (!lease.isHeld() || isFenced(txnsOf(table), lane, lease.fence)) return false;
    const result = await commitPlan(world, table, planFenceCommit(lane, lease.fence, world.clock.nowMs()));
    if (result.kind === 'committed') return true;
    await refreshTable(table);
  }
  throw operationalError({
    code: 'HW_STAGING_FENCE_FAILED',
    message: `The fence of lane ${lane.lane} could not be committed to ${table.io.store.url}.`,
    fix: 'Check whether another writer commits to the table without pause.',
    canRetry: true,
  });
}
