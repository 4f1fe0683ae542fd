import { readLogEntry, toNumber } from '@headwater/core-delta';
import {
  batchSeqAppId,
  faultPoint,
  readBatchRecord,
  type BatchRecord,
  type LaneId,
} from '@headwater/core-staging';
import { txnsOf, type LaneTable } from './lane-table.ts';
import type { LaneWorld } from './lane-world.ts';

/** Copies a committed batch to Postgres, and marks the losses it gave up as applied [S10]. */
export async function mirrorBatch(
  world: LaneWorld,
  batch: BatchRecord,
  commit: { readonly tableVersion: bigint; readonly committedAtMs: number },
): Promise<void> {
  if (__HEADWATER_BARE__) return;
  if (__HEADWATER_FAULTS__) await faultPoint('mirror.before');
  const { batchId, batchSeq, fence, contractVersion, entries, quarantine } = batch;
  await world.store.mirrorLedger(batch, {
    batchId,
    batchSeq,
    fence,
    contractVersion,
    entries,
    quarantine,
    ...commit,
  });
  for (const { incidentId } of batch.losses) await world.store.markLossApplied(incidentId, batchId);
}

/** Mirrors what the log holds and Postgres does not: batches whose owner died between commit and mirror. */
export async function catchUpMirror(world: LaneWorld, lane: LaneId, primary: LaneTable): Promise<void> {
  const through = await world.store.mirroredThrough(lane);
  if ((txnsOf(primary).get(batchSeqAppId(lane)) ?? -1n) <= BigInt(through)) return;
  for (const version of (await unmirroredVersions(lane, primary, through)).reverse()) {
    const actions = (await readLogEntry(primary.io.store, version)) ?? [];
    const batch = readBatchRecord(actions, lane);
    const info = actions.find((action) => 'commitInfo' in action)?.commitInfo;
    if (batch === undefined) continue;
    const committedAtMs = toNumber(info?.['timestamp']) ?? world.clock.nowMs();
    await mirrorBatch(world, batch, { tableVersion: version, committedAtMs });
  }
}

/** Versions of the lane's batches after batchSeq `through`, newest first. */
async function unmirroredVersions(
  lane: LaneId,
  { io, snapshot }: LaneTable,
  through: number,
): Promise<bigint[]> {
  const versions: bigint[] = [];
  for (let version = snapshot.version; version >= 0n; version--) {
    const actions = await readLogEntry(io.store, version);
    // Older entries were cleaned up: Postgres is the record beyond log retention.
    if (actions === undefined) break;
    const batch = readBatchRecord(actions, lane);
    if (batch === undefined) continue;
    if (batch.batchSeq <= through) break;
    versions.push(version);
  }
  return versions;
}
