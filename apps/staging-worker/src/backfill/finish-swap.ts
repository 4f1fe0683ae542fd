import type { AddFile, TableMetaData } from '@headwater/core-delta';
import {
  faultPoint,
  filesGone,
  judgeSwapReady,
  openSwaps,
  planSwapCommit,
  readSwapTransfers,
  replayAppId,
  swapAppId,
  swapWaitMsMax,
  type PipelineSpec,
  type SwapIntent,
} from '@headwater/core-staging';
import { operationalError, unexpectedError, userError } from '@headwater/kernel';
import { publishFiles, unpublishFiles } from '../lane/data-files.ts';
import {
  checkpointWhenDue,
  refreshTable,
  txnsOf,
  type LaneTable,
  type LaneTables,
} from '../lane/lane-table.ts';
import { evolveSchema } from '../lane/schema-evolution.ts';
import { toOpenTable, worldMoved } from '../replay/open-tables.ts';
import { commitStep, transfersSince } from '../replay/operating-commits.ts';
import type { OperatingRun } from '../replay/operating-world.ts';
import { keptMs, missingFiles } from './look-at-undo.ts';
import { plantInSwap } from './planted-swap.ts';
import { readSwapIntent, settleSwapIntent } from './swap-intents.ts';

export interface OpenSwap extends Pick<OperatingRun, 'world' | 'fence' | 'signal'> {
  readonly pipeline: PipelineSpec;
  readonly tables: LaneTables;
}

/** Other writers that may win in a row before a swap gives way. */
const ATTEMPTS_MAX = 20;

/**
 * Carries an intent out: the primary's commit, which is the swap, then that of quarantine, then the transfers in
 * Postgres. Whatever of it is done already is left as it is, so it may be called again after a death anywhere [S15].
 */
export async function finishSwap(open: OpenSwap, intent: SwapIntent): Promise<void> {
  const { world, tables } = open;
  await swapPrimary(open, intent);
  await swapQuarantine(open, intent);
  if (__HEADWATER_FAULTS__) await faultPoint('swap.mirror');
  await mirrorSwap(open, intent);
  if (__HEADWATER_FAULTS__) await faultPoint('swap.settle');
  await settleSwapIntent(tables.primary, intent);
  await checkpointWhenDue(world.lanes, tables.primary);
  await checkpointWhenDue(world.lanes, tables.quarantine);
}

/** Finishes swaps that are in the primary only: until then a record may be in both tables, or in neither. */
export async function finishOpenSwaps(open: OpenSwap): Promise<void> {
  const { pipeline, tables } = open;
  for (const plan of openSwaps(pipeline.pipelineId, txnsOf(tables.primary), txnsOf(tables.quarantine))) {
    const intent = await readSwapIntent(tables.primary, plan);
    if (intent === undefined)
      throw unexpectedError({
        code: 'HW_SWAP_INTENT_UNREADABLE',
        message: `The intent of swap ${plan.planId} of ${tables.primary.io.store.url} is gone, and its quarantine is not swapped yet.`,
        fix: 'Restore the object; a swap that was begun is never guessed.',
      });
    await finishSwap(open, intent);
  }
}

async function swapPrimary(open: OpenSwap, intent: SwapIntent): Promise<void> {
  const { world, fence, pipeline } = open;
  const { primary } = open.tables;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    await refreshTable(primary);
    const { files } = primary.snapshot;
    const readiness = judgeSwapReady(intent, { txns: txnsOf(primary), files });
    if (readiness.kind === 'done') return;
    if (readiness.kind === 'moved') return giveUp(open, intent, readiness.because);
    await requireFresh(open, intent);
    const plan = planSwapCommit('primary', intent, {
      exchange: intent.primary,
      rewrites: intent.rewrites,
      fence,
      nowMs: world.lanes.clock.nowMs(),
      metaData: intent.kind === 'swap' ? columnsFor(primary, pipeline) : undefined,
    });
    if (__HEADWATER_FAULTS__) await faultPoint('swap.primary-commit');
    if (await commitStep('swap', open, primary, __HEADWATER_FAULTS__ ? plantInSwap(plan) : plan)) return;
  }
  throw contended(primary);
}

/** The metaData that must go with the first rows of a contract that adds columns. */
function columnsFor(primary: LaneTable, { contract }: PipelineSpec): TableMetaData | undefined {
  const evolved = evolveSchema(primary, contract);
  if (evolved.kind === 'fits') return evolved.metaData;
  const { cause, fix } = evolved.incident;
  throw userError({ code: 'HW_STAGING_TABLE_REFUSED', message: cause, fix });
}

/** Nothing was committed and nothing ever will be: what the swap had prepared is taken away. */
async function giveUp({ tables }: OpenSwap, intent: SwapIntent, because: string): Promise<never> {
  if (intent.kind === 'swap') {
    await unpublishFiles(tables.primary, intent.primary.adds);
    await unpublishFiles(tables.quarantine, intent.quarantine.adds);
  }
  await settleSwapIntent(tables.primary, intent);
  throw worldMoved(because);
}

/** Files that waited too long may be vacuumed while the commit is on its way, or are gone already. */
async function requireFresh({ world, tables }: OpenSwap, intent: SwapIntent): Promise<void> {
  const waitedMs = world.lanes.clock.nowMs() - intent.atMs;
  const isLate = waitedMs > swapWaitMsMax(keptMs(tables));
  const missing = [
    ...(await missingFiles(tables.primary, intent.primary.adds)),
    ...(await missingFiles(tables.quarantine, intent.quarantine.adds)),
  ];
  if (!isLate && missing.length === 0) return;
  // Its files are left to vacuum: an attempt that began in time may still be committing them.
  await settleSwapIntent(tables.primary, intent);
  throw worldMoved(
    isLate ? 'the swap was prepared too long ago' : `${missing.length} files of the swap were vacuumed`,
  );
}

async function swapQuarantine(open: OpenSwap, intent: SwapIntent): Promise<void> {
  const { world, fence, pipeline } = open;
  const { quarantine } = open.tables;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    await refreshTable(quarantine);
    const txns = txnsOf(quarantine);
    if (txns.has(swapAppId(intent))) return;
    const gone = filesGone(intent.quarantine.removes, quarantine.snapshot.files);
    const plan = planSwapCommit('quarantine', intent, {
      exchange: {
        removes: intent.quarantine.removes.filter((add) => !gone.includes(add)),
        adds: await quarantineAdds(open, intent, gone),
      },
      rewrites: txns.get(replayAppId(pipeline.pipelineId)) ?? 0n,
      fence,
      nowMs: world.lanes.clock.nowMs(),
    });
    if (__HEADWATER_FAULTS__) await faultPoint('swap.quarantine-commit');
    if (await commitStep('swap', open, quarantine, plan)) return;
  }
  throw contended(quarantine);
}

/** What comes into quarantine; records deleted from it since the intent was written are deleted from that too. */
async function quarantineAdds(
  open: OpenSwap,
  intent: SwapIntent,
  gone: readonly AddFile[],
): Promise<readonly AddFile[]> {
  const { quarantine } = open.tables;
  const { adds } = intent.quarantine;
  const missing = await missingFiles(quarantine, [...adds, ...gone]);
  if (missing.length > 0)
    throw userError({
      code: 'HW_SWAP_FILES_LOST',
      message: `Swap ${intent.planId} is in the table, and ${missing.length} files that its quarantine needs are no longer there.`,
      fix: `Restore ${missing[0]?.path ?? ''} of ${quarantine.io.store.url}, then plan the swap or its undo again: it is finished first.`,
    });
  if (gone.length === 0) return adds;
  const { world, pipeline } = open;
  const among = { topic: pipeline.topic, ranges: [] };
  const rests = [];
  for (const add of adds)
    rests.push(
      await world.swaps.rest(toOpenTable(quarantine), 'quarantine', add, {
        among,
        gone,
        personalColumns: new Set(),
      }),
    );
  return publishFiles(
    world.lanes,
    quarantine,
    rests.flatMap((rest) => rest ?? []),
  );
}

/** Copies the transfers of the primary's commit to Postgres; those that are there already are left. */
async function mirrorSwap({ world, tables }: OpenSwap, intent: SwapIntent): Promise<void> {
  const { primary } = tables;
  const found = transfersSince(world, primary, intent.baseVersion, (actions, place) =>
    readSwapTransfers(actions, intent, place),
  );
  for await (const transfers of found)
    if (transfers.length > 0) return world.operating.mirrorTransfers(transfers);
}

const contended = ({ io }: LaneTable) =>
  operationalError({
    code: 'HW_SWAP_CONTENDED',
    message: `Other writers moved ${io.store.url} ${ATTEMPTS_MAX} times in a row.`,
    fix: 'Wait for them; the swap goes on by itself.',
    canRetry: true,
  });
