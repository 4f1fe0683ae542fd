import { deletedFileRetentionMs, fileKey, loadSnapshot, type AddFile } from '@headwater/core-delta';
import {
  filesGone,
  judgeUndo,
  swapAppId,
  type PipelineSpec,
  type SwapExchange,
  type SwapIntent,
} from '@headwater/core-staging';
import { HeadwaterError, userError } from '@headwater/kernel';
import { txnsOf, type LaneTable, type LaneTables } from '../lane/lane-table.ts';
import { toOpenTable } from '../replay/open-tables.ts';
import type { OperatingWorld } from '../replay/operating-world.ts';
import { requireSound } from './look-at-swap.ts';
import { listSwapIntents } from './swap-intents.ts';
import { localPath, type TableSide } from './table-ranges.ts';

export interface UndoLook {
  readonly intent: SwapIntent;
  readonly primary: SwapExchange;
  readonly quarantine: SwapExchange;
  readonly deletedFileRetentionMs: number;
}

/** Finds the swap of the backfill that is in the table. Throws a user error when it cannot be undone. */
export async function lookAtUndo(
  world: OperatingWorld,
  pipeline: PipelineSpec,
  tables: LaneTables,
  backfillId: string,
): Promise<UndoLook> {
  const intent = await findSwap(tables, backfillId);
  const retentionMs = keptMs(tables);
  if (intent === undefined)
    throw userError({
      code: 'HW_SWAP_NOTHING',
      message: `No swap of backfill ${backfillId} is in the table.`,
      fix: 'Look at `headwater pipeline plans`.',
    });
  const sides = [
    ['primary', tables.primary, intent.primary, intent.baseVersion],
    ['quarantine', tables.quarantine, intent.quarantine, intent.quarantineVersion],
  ] as const;
  const nothing: SwapExchange = { removes: [], adds: [] };
  const exchanges = { primary: nothing, quarantine: nothing };
  const looked = { changed: 0, strangers: 0n, lost: 0 };
  for (const [side, table, { adds, removes }, version] of sides) {
    looked.changed += filesGone(adds, table.snapshot.files).length;
    looked.strangers += await countStrangers(world, pipeline, { side, table, adds, intent });
    const restored = await filesAt(table, version, removes);
    looked.lost += removes.length - restored.length + (await missingFiles(table, restored)).length;
    exchanges[side] = { removes: adds, adds: restored };
  }
  const nowMs = world.lanes.clock.nowMs();
  requireSound(judgeUndo({ intent, deletedFileRetentionMs: retentionMs, nowMs, ...looked }));
  return { intent, ...exchanges, deletedFileRetentionMs: retentionMs };
}

/** The files as the log of that version has them, with their statistics; none when it was cleaned up. */
async function filesAt(
  { io }: LaneTable,
  version: bigint,
  files: readonly AddFile[],
): Promise<readonly AddFile[]> {
  if (files.length === 0) return [];
  try {
    const snapshot = await loadSnapshot(io, { version });
    return files.flatMap(({ path }) => snapshot?.files.get(fileKey(path)) ?? []);
  } catch (error) {
    if (error instanceof HeadwaterError && error.kind === 'user') return [];
    throw error;
  }
}

/** How long removed files of both tables stay. */
export const keptMs = ({ primary, quarantine }: LaneTables): number =>
  Math.min(
    deletedFileRetentionMs(primary.snapshot.metaData),
    deletedFileRetentionMs(quarantine.snapshot.metaData),
  );

/** The last thing that was done with the backfill, when that is a swap. */
async function findSwap({ primary }: LaneTables, backfillId: string): Promise<SwapIntent | undefined> {
  const txns = txnsOf(primary);
  const done = (await listSwapIntents(primary, backfillId)).filter((intent) => txns.has(swapAppId(intent)));
  const [last] = done.toSorted((a, b) => Number(b.baseVersion - a.baseVersion));
  return last?.kind === 'swap' ? last : undefined;
}

interface Strangers {
  readonly side: TableSide;
  readonly table: LaneTable;
  readonly adds: readonly AddFile[];
  readonly intent: SwapIntent;
}

/** Rows of the ranges in live files other than these. */
async function countStrangers(
  { swaps }: OperatingWorld,
  { topic }: PipelineSpec,
  { side, table, adds, intent }: Strangers,
): Promise<bigint> {
  const known = new Set(adds.map(({ path }) => path));
  const candidates = await swaps.candidates(toOpenTable(table), side, { topic, ranges: intent.ranges });
  return candidates.filter(({ add }) => !known.has(add.path)).reduce((sum, { inside }) => sum + inside, 0n);
}

/** Files asked for at the same time. */
const HEADS_AT_ONCE = 8;

/** The files that storage does not hold in their size. */
export async function missingFiles(
  { io }: LaneTable,
  files: readonly AddFile[],
): Promise<readonly AddFile[]> {
  const missing: AddFile[] = [];
  for (let start = 0; start < files.length; start += HEADS_AT_ONCE) {
    const some = files.slice(start, start + HEADS_AT_ONCE);
    const found = await Promise.all(some.map((add) => io.store.head(localPath(add))));
    missing.push(...some.filter(({ size }, index) => found[index]?.size !== size));
  }
  return missing;
}
