import { recordCount, withReadable, type AddFile } from '@headwater/core-delta';
import {
  countSwapped,
  faultPoint,
  personalColumns,
  replayAppId,
  reversedTransfers,
  swapAppId,
  swapFilesText,
  swapOffsets,
  type LandedFile,
  type OffsetRange,
  type OperatingRequestOf,
  type PipelineSpec,
  type SwapCounts,
  type SwapExchange,
  type SwapIntent,
} from '@headwater/core-staging';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publishFiles, unpublishFiles } from '../lane/data-files.ts';
import { txnsOf, type LaneTable, type LaneTables } from '../lane/lane-table.ts';
import { findPipeline, openTables, toOpenTable, worldMoved } from '../replay/open-tables.ts';
import type { OperatingRun } from '../replay/operating-world.ts';
import { finishOpenSwaps, finishSwap, type OpenSwap } from './finish-swap.ts';
import { lookAtSwap, type SwapLook } from './look-at-swap.ts';
import { lookAtUndo } from './look-at-undo.ts';
import { putSwapIntent, readSwapIntent } from './swap-intents.ts';
import { localPath, type TableSide } from './table-ranges.ts';

type SwapRun = OpenSwap & Pick<OperatingRun, 'plan' | 'planId'>;
type Request = OperatingRequestOf<'swap'> | OperatingRequestOf<'undo-swap'>;

/**
 * Puts a side table in the place of its ranges, or takes that back. The intent fixes every file before the first commit;
 * an attempt that finds it goes on from there [S15].
 */
export async function runSwap(run: OperatingRun, request: Request): Promise<void> {
  const { world, plan, planId } = run;
  const pipeline = await findPipeline(world, plan.pipelineId);
  const tables = await openTables(world, pipeline);
  const open: SwapRun = { ...run, pipeline, tables };
  await finishOpenSwaps(open);
  const { backfillId } = request;
  const begun = await readSwapIntent(tables.primary, { backfillId, planId });
  if (!txnsOf(tables.primary).has(swapAppId({ pipelineId: plan.pipelineId, backfillId, planId })))
    requireContract(pipeline, plan.world['transformHash']);
  const intent = begun ?? (await begin(open, request));
  await finishSwap(open, intent);
  await world.operating.recordProgress(planId, {
    records: Number(swapOffsets(intent.ranges)),
    landed: sumOf(intent.after, ({ landed }) => landed),
    refused: sumOf(intent.after, ({ quarantined }) => quarantined),
    mirroredVersion: tables.primary.snapshot.version.toString(),
  });
}

const sumOf = (counts: readonly SwapCounts[], pick: (each: SwapCounts) => bigint): number =>
  Number(counts.reduce((sum, each) => sum + pick(each), 0n));

/** An undo brings back rows as they were landed once, whatever the contract has become. */
function requireContract({ transformHash }: PipelineSpec, planned: string | undefined): void {
  if (planned !== undefined && transformHash !== planned)
    throw worldMoved('the contract in force is another one');
}

const begin = (open: SwapRun, request: Request): Promise<SwapIntent> =>
  request.kind === 'swap' ? beginSwap(open, request.backfillId) : beginUndo(open, request.backfillId);

async function beginSwap(open: SwapRun, backfillId: string): Promise<SwapIntent> {
  const { world, pipeline, tables, plan } = open;
  const look = await lookAtSwap(world, pipeline, tables, backfillId);
  const { found } = look;
  if (world.sha256(swapFilesText(found)) !== plan.world['files'])
    throw worldMoved('the table holds other files of the ranges than were shown');
  const prepared = await prepareFiles(open, look);
  const stored = await store(open, {
    kind: 'swap',
    backfillId,
    ranges: found.manifest.ranges,
    ...prepared,
    ...countSwapped(found.compared),
    transfers: found.transfers,
  });
  // Another attempt of this plan wrote its intent first: what this one prepared is in no commit.
  if (namesOf(stored) !== namesOf(prepared)) await takeAway(tables, prepared);
  return stored;
}

async function beginUndo(open: SwapRun, backfillId: string): Promise<SwapIntent> {
  const { world, pipeline, tables, plan } = open;
  const undo = await lookAtUndo(world, pipeline, tables, backfillId);
  const { intent: swap, primary, quarantine } = undo;
  if (swap.planId !== plan.world['swap']) throw worldMoved('another swap is in the table than was shown');
  return store(open, {
    kind: 'undo-swap',
    backfillId,
    ranges: swap.ranges,
    primary,
    quarantine,
    before: swap.after,
    after: swap.before,
    transfers: reversedTransfers(swap.transfers),
  });
}

type Draft = Omit<
  SwapIntent,
  'planId' | 'pipelineId' | 'topicId' | 'baseVersion' | 'quarantineVersion' | 'rewrites' | 'atMs'
>;

async function store(
  { world, pipeline, tables, planId, signal }: SwapRun,
  draft: Draft,
): Promise<SwapIntent> {
  if (__HEADWATER_FAULTS__) await faultPoint('swap.intent');
  signal.throwIfAborted();
  const { pipelineId, topicId } = pipeline;
  return putSwapIntent(tables.primary, {
    ...draft,
    planId,
    pipelineId,
    topicId,
    baseVersion: tables.primary.snapshot.version,
    quarantineVersion: tables.quarantine.snapshot.version,
    rewrites: txnsOf(tables.primary).get(replayAppId(pipelineId)) ?? 0n,
    atMs: world.lanes.clock.nowMs(),
  });
}

type Prepared = Pick<SwapIntent, TableSide>;

/** Copies the files of the side table and writes the rests of files that straddle its ranges; durable when this resolves. */
async function prepareFiles(open: SwapRun, { found, side }: SwapLook): Promise<Prepared> {
  const nothing: SwapExchange = { removes: [], adds: [] };
  const prepared = { primary: nothing, quarantine: nothing };
  try {
    for (const which of ['primary', 'quarantine'] as const) {
      const files = found[which];
      const landed = [
        ...(await copyFiles(open, side[which], which, found.side[which])),
        ...(await writeRests(open, which, files.straddling, found.manifest.ranges)),
      ];
      const adds = await publishFiles(open.world.lanes, open.tables[which], landed);
      prepared[which] = { removes: [...files.whole, ...files.straddling], adds };
    }
    return prepared;
  } catch (error) {
    await takeAway(open.tables, prepared);
    throw error;
  }
}

const namesOf = ({ primary, quarantine }: Prepared): string =>
  [...primary.adds, ...quarantine.adds].map(({ path }) => path).join();

async function takeAway(tables: LaneTables, { primary, quarantine }: Prepared): Promise<void> {
  await unpublishFiles(tables.primary, primary.adds);
  await unpublishFiles(tables.quarantine, quarantine.adds);
}

/** A table names files of its own folder only, so that vacuum and removal of one never touch the other. */
async function copyFiles(
  { tables, world, signal }: SwapRun,
  from: LaneTable,
  which: TableSide,
  files: readonly AddFile[],
): Promise<readonly LandedFile[]> {
  const scratch = await tables[which].io.store.scratchFolder();
  const copies: LandedFile[] = [];
  for (const add of files) {
    signal.throwIfAborted();
    const localFile = join(scratch, `${world.lanes.ids.uuid()}.parquet`);
    await withReadable(from.io.store, [localPath(add)], ([name = '']) => copyFile(name, localFile));
    const { partitionValues, stats = '{}' } = add;
    copies.push({ localFile, partitionValues, stats, records: Number(recordCount(add) ?? 0n) });
  }
  return copies;
}

async function writeRests(
  { tables, world, pipeline, signal }: SwapRun,
  which: TableSide,
  files: readonly AddFile[],
  ranges: readonly OffsetRange[],
): Promise<readonly LandedFile[]> {
  const rests: LandedFile[] = [];
  for (const add of files) {
    signal.throwIfAborted();
    const rest = await world.swaps.rest(toOpenTable(tables[which]), which, add, {
      among: { topic: pipeline.topic, ranges },
      gone: [],
      personalColumns: which === 'primary' ? personalColumns(pipeline.contract) : new Set(),
    });
    if (rest !== undefined) rests.push(rest);
  }
  return rests;
}
