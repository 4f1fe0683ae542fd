import {
  judgeSwap,
  judgeSwapFiles,
  planSwapFiles,
  sidePipeline,
  type BackfillManifest,
  type OffsetRange,
  type PipelineSpec,
  type SwapFound,
  type SwapVerdict,
} from '@headwater/core-staging';
import { userError } from '@headwater/kernel';
import type { LaneTable, LaneTables } from '../lane/lane-table.ts';
import { committedPositions, openTables, toOpenTable } from '../replay/open-tables.ts';
import type { OperatingWorld } from '../replay/operating-world.ts';
import { readManifest, readSideLedger } from './side-table.ts';
import { filesAmong, type TableSide } from './table-ranges.ts';

export interface SwapLook {
  readonly side: LaneTables;
  readonly found: SwapFound;
}

/** Compares a side table with what stands in its ranges. Throws a user error when it may not take their place. */
export async function lookAtSwap(
  world: OperatingWorld,
  pipeline: PipelineSpec,
  tables: LaneTables,
  backfillId: string,
): Promise<SwapLook> {
  const { spec, manifest } = await findSideTable(world, pipeline, backfillId);
  const side = await openTables(world, spec);
  const among = { topic: pipeline.topic, ranges: manifest.ranges };
  for (const each of [tables, side]) requireSwappable(each, manifest.ranges);
  const compared = await world.swaps.compare(toBoth(tables), toBoth(side), among);
  const split = async (table: LaneTable, which: TableSide) =>
    planSwapFiles(await world.swaps.candidates(toOpenTable(table), which, among));
  const found: SwapFound = {
    manifest,
    ...compared,
    ledger: await readSideLedger(side.primary, manifest),
    positions: committedPositions(tables, pipeline),
    primary: await split(tables.primary, 'primary'),
    quarantine: await split(tables.quarantine, 'quarantine'),
    side: {
      primary: filesAmong(side.primary.snapshot, 'primary', manifest.ranges),
      quarantine: filesAmong(side.quarantine.snapshot, 'quarantine', manifest.ranges),
    },
  };
  requireSound(judgeSwap(pipeline, found));
  return { side, found };
}

async function findSideTable(
  { lanes }: OperatingWorld,
  pipeline: PipelineSpec,
  backfillId: string,
): Promise<{ readonly spec: PipelineSpec; readonly manifest: BackfillManifest }> {
  const spec = sidePipeline(pipeline, backfillId);
  const manifest = await readManifest({ io: await lanes.openTable(spec.tableUrl) });
  if (manifest !== undefined) return { spec, manifest };
  throw userError({
    code: 'HW_SWAP_SIDE_TABLE',
    message: `There is no side table of backfill ${backfillId}.`,
    fix: 'Look at `headwater pipeline plans`, or run the backfill first.',
  });
}

const toBoth = ({ primary, quarantine }: LaneTables) => ({
  primary: toOpenTable(primary),
  quarantine: toOpenTable(quarantine),
});

function requireSwappable({ primary, quarantine }: LaneTables, ranges: readonly OffsetRange[]): void {
  const cause =
    judgeSwapFiles(filesAmong(primary.snapshot, 'primary', ranges)) ??
    judgeSwapFiles(filesAmong(quarantine.snapshot, 'quarantine', ranges));
  if (cause === undefined) return;
  throw userError({
    code: 'HW_SWAP_FILES',
    message: `The rows of the ranges cannot be swapped: ${cause}.`,
    fix: 'Have that engine rewrite the file, or backfill a smaller range.',
  });
}

export function requireSound(verdict: SwapVerdict): void {
  if (verdict.kind === 'sound') return;
  const { code, cause, fix } = verdict;
  throw userError({ code, message: cause, fix });
}
