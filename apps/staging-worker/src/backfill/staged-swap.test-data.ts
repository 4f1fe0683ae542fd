import type { AddFile } from '@headwater/core-delta';
import type { WorkContext } from '@headwater/core-jobs';
import {
  planOutputCommit,
  planPrimaryCommit,
  toLedgerEntry,
  type Intent,
  type OperatingPlan,
  type PipelineSpec,
} from '@headwater/core-staging';
import { randomUUID } from 'node:crypto';
import { publishFiles } from '../lane/data-files.ts';
import { discardFill, openBatch } from '../lane/fill.ts';
import { commitPlan, refreshTable, type LaneTables } from '../lane/lane-table.ts';
import { openTables } from '../replay/open-tables.ts';
import type { OperatingRun } from '../replay/operating-world.ts';
import { runOf, type MemoryBackfill } from './memory-backfill.test-data.ts';
import { previewSwap, previewUndo } from './preview-swap.ts';
import { readPart } from './read-part.ts';
import { runBackfill } from './run-backfill.ts';
import { runSwap } from './run-swap.ts';

export const backfillId = '0123456789ab';
export const { signal } = new AbortController();

/** The contract of before: it takes records without a name, and refuses flags that are no numbers. */
const lenient = ({ contract, ...pipeline }: PipelineSpec): PipelineSpec => ({
  ...pipeline,
  transformHash: 'of before',
  contract: {
    ...contract,
    columns: [
      ...contract.columns.map((column) => ({ ...column, required: column.name === 'id' })),
      {
        name: 'flag',
        source: 'flag',
        type: { kind: 'integer', bits: 32 },
        required: false,
        rules: [],
        personal: false,
      },
    ],
  },
});

/** Files of the table as lanes landed them: the first one straddles the ranges of the backfill. */
const batches = [
  { partition: 0, from: 0n, to: 5n },
  { partition: 0, from: 5n, to: 10n },
  { partition: 0, from: 10n, to: 15n },
  { partition: 0, from: 15n, to: 19n },
  { partition: 1, from: 0n, to: 9n },
];

/** A table that was staged by the contract of before, and a whole side table judged by the one in force. */
export async function stageAndBackfill(open: MemoryBackfill): Promise<LaneTables> {
  const before = lenient(open.pipeline);
  const tables = await openTables(open.world, before);
  for (const [batchSeq, range] of batches.entries())
    await landBatch(open, tables, { before, batchSeq, range });
  await runBackfill(runOf(open, signal), 1);
  return tables;
}

interface Batch {
  readonly before: PipelineSpec;
  readonly batchSeq: number;
  readonly range: (typeof batches)[number];
}

/** Lands a batch as a lane does: quarantine, then the primary. */
export async function landBatch(
  { world }: MemoryBackfill,
  tables: LaneTables,
  { before, batchSeq, range }: Batch,
): Promise<void> {
  const { lanes } = world;
  const source = lanes.source;
  const topic = (await source.describeTopic(before.topic))!;
  const { fill } = await readPart({ lanes, source, topic, pipeline: before, signal }, range, {
    bytesMax: undefined,
  });
  const landed = await (await openBatch(lanes, fill)).land(await tables.primary.io.store.scratchFolder());
  const { pipelineId, topicId, transformHash, contract } = before;
  const intent = {
    ...{ pipelineId, topicId, transformHash, lane: 0, batchSeq, revision: 0, fence: 1n, topic: before.topic },
    batchId: fill.batchId,
    contractVersion: contract.contractVersion,
    ranges: [{ ...range, leaderEpoch: -1, losses: [] }],
    schemaIds: [],
    engine: 'duckdb',
    ingestedAtUs: 0n,
  } as unknown as Intent;
  const account = fill.accounts.get(range.partition)!;
  const batch = {
    ...{ batchId: fill.batchId, batchSeq, pipelineId, lane: 0, fence: 1n, engine: 'duckdb', losses: [] },
    contractVersion: contract.contractVersion,
    entries: [toLedgerEntry(topicId, account, landed.counts.get(range.partition))],
    quarantine: landed.reasons,
  };
  const nowMs = lanes.clock.nowMs();
  await refreshTable(tables.quarantine);
  await refreshTable(tables.primary);
  const refused = await publishFiles(lanes, tables.quarantine, landed.quarantine);
  await commitPlan(lanes, tables.quarantine, planOutputCommit(intent, 'quarantine', refused, nowMs));
  const adds: readonly AddFile[] = await publishFiles(lanes, tables.primary, landed.primary);
  const result = await commitPlan(
    lanes,
    tables.primary,
    planPrimaryCommit(intent, batch, adds, undefined, nowMs),
  );
  if (result.kind !== 'committed') throw new Error(`the batch was not landed: ${result.kind}`);
  await discardFill(fill);
}

/** What a lane of the pipeline lands next, behind everything that is staged. */
export const lateBatch = (open: MemoryBackfill): Batch => ({
  before: lenient(open.pipeline),
  batchSeq: batches.length,
  range: { partition: 0, from: 19n, to: 20n },
});

export const swapRun = ({ world }: MemoryBackfill, plan: OperatingPlan): OperatingRun => ({
  world,
  planId: randomUUID(),
  plan,
  fence: 1n,
  signal,
});

export const context = { work: { fence: 1n }, signal } as unknown as WorkContext;
export const planSwapOf = ({ world, pipeline }: MemoryBackfill) =>
  previewSwap(world, pipeline, { kind: 'swap', backfillId }, context);
export const planUndoOf = ({ world, pipeline }: MemoryBackfill) =>
  previewUndo(world, pipeline, { kind: 'undo-swap', backfillId }, context);
export const apply = (run: OperatingRun) => runSwap(run, { kind: run.plan.kind, backfillId } as never);
export const carryOut = (backfill: MemoryBackfill, plan: OperatingPlan) => apply(swapRun(backfill, plan));

/** Coordinates of both tables, as a reader finds them. */
export async function readBoth({ read, pipeline }: MemoryBackfill) {
  const primary = await read(pipeline.tableUrl, ['_partition', '_offset']);
  const quarantine = await read(pipeline.quarantineUrl, ['partition', 'offset']);
  return { rows: primary.rows, refused: quarantine.rows, primary, quarantine };
}

const keysWhere = (holds: (partition: number, offset: number) => boolean): readonly string[] =>
  [19, 9]
    .flatMap((end, partition) =>
      Array.from({ length: end }, (_, offset) => ({ partition, offset })).filter((each) =>
        holds(each.partition, each.offset),
      ),
    )
    .map(({ partition, offset }) => `${partition}:${offset}`)
    .sort();

const isSwapped = (partition: number, offset: number) => partition === 1 || (offset >= 2 && offset < 19);
const isRefusedBefore = (offset: number) => offset % 4 === 1;
const isRefusedAfter = (offset: number) => offset % 6 === 5;

export const staged = {
  rows: keysWhere((_, offset) => !isRefusedBefore(offset)),
  refused: keysWhere((_, offset) => isRefusedBefore(offset)),
};
export const swapped = {
  rows: keysWhere((p, o) => !(isSwapped(p, o) ? isRefusedAfter(o) : isRefusedBefore(o))),
  refused: keysWhere((p, o) => (isSwapped(p, o) ? isRefusedAfter(o) : isRefusedBefore(o))),
};
