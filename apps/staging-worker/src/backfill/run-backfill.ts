import type { AddFile } from '@headwater/core-delta';
import {
  backfillPartAppId,
  backfillPosition,
  faultPoint,
  judgeBalance,
  plannedRanges,
  planBackfillCommit,
  planBackfillQuarantine,
  sidePipeline,
  toBackfillProgress,
  toLedgerEntry,
  type BackfillManifest,
  type BackfillPart,
  type CommitPlan,
  type LandedOutputs,
  type OffsetRange,
  type PipelineSpec,
  type RecordSource,
  type SourceTopic,
} from '@headwater/core-staging';
import { operationalError, unexpectedError } from '@headwater/kernel';
import { dropFiles, publishFiles } from '../lane/data-files.ts';
import { discardFill, openBatch, type Fill } from '../lane/fill.ts';
import {
  checkpointWhenDue,
  refreshTable,
  txnsOf,
  type LaneTable,
  type LaneTables,
} from '../lane/lane-table.ts';
import { findPipeline, openTables, toOpenTable, worldMoved } from '../replay/open-tables.ts';
import { commitFiles } from '../replay/operating-commits.ts';
import type { OperatingRun } from '../replay/operating-world.ts';
import { describeSource } from './backfill-topic.ts';
import { readPart } from './read-part.ts';
import { readSideLedger, storeManifest } from './side-table.ts';

interface OpenBackfill extends OperatingRun {
  readonly pipeline: PipelineSpec;
  readonly side: PipelineSpec;
  readonly manifest: BackfillManifest;
  readonly tables: LaneTables;
  readonly source: RecordSource;
  readonly topic: SourceTopic;
  readonly partBytes: number;
}

/** A part ends when the engine holds so many bytes. */
const PART_BYTES = 16 << 20;
/** Other runs of the same backfill that may win in a row before this one gives way. */
const ATTEMPTS_MAX = 20;

/**
 * Fills the side table part by part. Positions are those of its log, so a run that was killed is gone on with where it
 * ended, and of two runs at once the second meets the first one's `txn` and looks again.
 */
export async function runBackfill(run: OperatingRun, partBytes = PART_BYTES): Promise<void> {
  const { world, plan } = run;
  const pipeline = await findPipeline(world, plan.pipelineId);
  if (pipeline.transformHash !== plan.world['transformHash'])
    throw worldMoved('the contract in force is another one');
  const source = world.openSource();
  try {
    const { topic, held } = await describeSource(source, pipeline);
    const manifest = toManifest(pipeline, run);
    const lost = manifest.ranges.find(({ partition, from }) => from < (held.get(partition)?.earliest ?? 0n));
    const side = sidePipeline(pipeline, manifest.backfillId);
    const tables = await openTables(world, side);
    if (__HEADWATER_FAULTS__) await faultPoint('backfill.manifest');
    await storeManifest(tables.primary, manifest);
    const open: OpenBackfill = {
      ...run,
      pipeline,
      side,
      manifest,
      tables,
      source,
      topic,
      partBytes,
    };
    if (lost !== undefined && isUntouched(open, lost))
      throw worldMoved(`retention took the beginning of partition ${lost.partition}`);
    for (const range of manifest.ranges) await fillRange(open, range);
    await report(open);
  } finally {
    await source.close();
  }
}

const toManifest = (
  { pipelineId, topicId, transformHash, contract }: PipelineSpec,
  { plan }: OperatingRun,
): BackfillManifest => ({
  backfillId: plan.world['backfillId'] ?? '',
  pipelineId,
  topicId,
  transformHash,
  contractVersion: contract.contractVersion,
  ranges: plannedRanges(plan),
});

const positionIn = ({ manifest, tables }: OpenBackfill, range: OffsetRange) =>
  backfillPosition(manifest.backfillId, range, txnsOf(tables.primary), txnsOf(tables.quarantine));

const isUntouched = (open: OpenBackfill, range: OffsetRange): boolean =>
  positionIn(open, range).from === range.from;

async function fillRange(open: OpenBackfill, range: OffsetRange): Promise<void> {
  for (let lost = 0; lost < ATTEMPTS_MAX;) {
    const { from, boundTo } = positionIn(open, range);
    if (from >= range.to) return;
    if (await landPart(open, { ...range, from, to: boundTo ?? range.to }, boundTo !== undefined)) {
      lost = 0;
      if (__HEADWATER_FAULTS__) await faultPoint('backfill.progress');
      await report(open);
      continue;
    }
    lost++;
    await refreshTable(open.tables.quarantine);
    await refreshTable(open.tables.primary);
  }
  throw operationalError({
    code: 'HW_BACKFILL_CONTENDED',
    message: `Another run moved backfill ${open.manifest.backfillId} ${ATTEMPTS_MAX} times in a row.`,
    fix: 'Wait for it; the operation goes on by itself.',
    canRetry: true,
  });
}

async function report(open: OpenBackfill): Promise<void> {
  const { world, planId, tables, manifest } = open;
  const { totals } = await readSideLedger(tables.primary, manifest);
  await world.operating.recordProgress(planId, toBackfillProgress(totals, tables.primary.snapshot.version));
}

/** True when the part is landed; false when another run came first. `isBound`: quarantine holds its part already. */
async function landPart(open: OpenBackfill, range: OffsetRange, isBound: boolean): Promise<boolean> {
  const { world, source, topic, side, signal, tables } = open;
  const { lanes } = world;
  const limits = { bytesMax: isBound ? undefined : open.partBytes };
  const { fill } = await readPart({ lanes, source, topic, pipeline: side, signal }, range, limits);
  try {
    const batch = await openBatch(lanes, fill);
    const outputs = await batch.land(await tables.primary.io.store.scratchFolder());
    const part = toPart(open, range, fill, outputs);
    if (isBound) await judgeBound(open, range, outputs);
    else if (outputs.quarantine.length > 0) {
      const plan = (adds: readonly AddFile[]) => planBackfillQuarantine(part, adds, lanes.clock.nowMs());
      if (!(await land(open, tables.quarantine, outputs.quarantine, plan))) {
        await dropFiles(outputs.primary);
        return false;
      }
    }
    const plan = (adds: readonly AddFile[]) => planBackfillCommit(part, adds, lanes.clock.nowMs());
    if (!(await land(open, tables.primary, outputs.primary, plan))) return false;
    await checkpointWhenDue(lanes, tables.primary);
    return true;
  } finally {
    await discardFill(fill);
  }
}

function toPart(open: OpenBackfill, range: OffsetRange, fill: Fill, outputs: LandedOutputs): BackfillPart {
  const { pipeline, manifest, tables, planId, fence, world } = open;
  const account = fill.accounts.get(range.partition)!;
  const entry = toLedgerEntry(pipeline.topicId, account, outputs.counts.get(range.partition));
  const balance = judgeBalance([entry]);
  if (balance.kind !== 'balanced')
    throw unexpectedError({
      code: 'HW_BACKFILL_IMBALANCE',
      message: `The ledger of partition ${range.partition} does not balance: ${balance.cause}. Nothing was committed.`,
    });
  const { backfillId } = manifest;
  const sequence = txnsOf(tables.primary).get(backfillPartAppId(backfillId)) ?? 0n;
  const batch = {
    batchId: fill.batchId,
    batchSeq: Number(sequence),
    pipelineId: pipeline.pipelineId,
    lane: 0,
    fence,
    contractVersion: pipeline.contract.contractVersion,
    engine: world.engine.nameFor?.(pipeline) ?? world.engine.name,
    entries: [entry],
    quarantine: outputs.reasons,
    losses: [],
  };
  return { backfillId, planId, sequence, batch, entry };
}

/** A killed attempt has refused records of this part: this one must have refused as many [S4]. */
async function judgeBound(open: OpenBackfill, range: OffsetRange, outputs: LandedOutputs): Promise<void> {
  const { world, pipeline, tables } = open;
  await dropFiles(outputs.quarantine);
  const held = await world.ranges.count(toOpenTable(tables.quarantine), 'quarantine', pipeline.topic, [
    range,
  ]);
  const [there, here] = [
    BigInt(held.get(range.partition) ?? 0),
    outputs.counts.get(range.partition)?.quarantined ?? 0n,
  ];
  if (there === here) return;
  await dropFiles(outputs.primary);
  throw unexpectedError({
    code: 'HW_BACKFILL_OUTPUTS_DISAGREE',
    message: `The side table's quarantine holds ${there} records of partition ${range.partition} [${range.from}, ${range.to}), and ${here} are refused. Nothing was committed.`,
  });
}

/** True when committed; false when another run came first, and nothing of the files stays. */
async function land(
  open: OpenBackfill,
  table: LaneTable,
  files: LandedOutputs['primary'],
  plan: (adds: readonly AddFile[]) => CommitPlan,
): Promise<boolean> {
  const adds = await publishFiles(open.world.lanes, table, files);
  if (__HEADWATER_FAULTS__) {
    const isPrimary = table === open.tables.primary;
    await faultPoint(isPrimary ? 'backfill.primary-commit' : 'backfill.quarantine-commit');
  }
  return commitFiles('backfill', open, table, { adds, plan: plan(adds) });
}
