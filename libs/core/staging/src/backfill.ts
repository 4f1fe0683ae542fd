import type { AddFile } from '@headwater/core-delta';
import { canonicalJson, err, ok, type Result } from '@headwater/kernel';
import { z } from 'zod';
import { toCommitInfo, type BatchRecord } from './batch-log.ts';
import type { CommitPlan } from './commit-plan.ts';
import type { LedgerClass, LedgerClasses, LedgerEntry } from './ledger.ts';
import { addClasses, ledgerClasses, noOffsets } from './ledger-balance.ts';
import { formatRange, parseRange, sizeOf, toTextRange, type OffsetRange } from './offset-range.ts';
import type { OperatingPlan, OperatingProgress } from './operating.ts';
import type { PipelineSpec } from './pipeline.ts';

/** What a side table holds or will hold; stored in its folder, so that it can be judged without Postgres. */
export interface BackfillManifest {
  readonly backfillId: string;
  readonly pipelineId: string;
  readonly topicId: string;
  readonly transformHash: string;
  readonly contractVersion: string;
  /** Ascending by partition, one each. */
  readonly ranges: readonly OffsetRange[];
}

export const backfillManifestPath = '_headwater/backfill.json';

/** What names a backfill: the same ranges judged by the same contract are the same side table. */
export const backfillIdentity = (
  { pipelineId, topicId, transformHash }: PipelineSpec,
  ranges: readonly OffsetRange[],
): string => canonicalJson({ pipelineId, topicId, transformHash, ranges: ranges.map(toTextRange) });

/** The pipeline with the side table, and its quarantine, in place of its tables. */
export const sidePipeline = (pipeline: PipelineSpec, backfillId: string): PipelineSpec => ({
  ...pipeline,
  productName: `${pipeline.productName} backfill ${backfillId}`,
  tableUrl: `${pipeline.tableUrl}__backfill_${backfillId}`,
  quarantineUrl: `${pipeline.tableUrl}__backfill_${backfillId}__quarantine`,
});

/** Next offset of a partition in the side table; with `:quarantine` in the quarantine beside it. */
export const backfillAppId = (backfillId: string, partition: number): string =>
  `headwater:backfill:${backfillId}:${partition}`;
export const backfillQuarantineAppId = (backfillId: string, partition: number): string =>
  `${backfillAppId(backfillId, partition)}:quarantine`;
/** Moved by each part: of two runs at once, one meets the other's commit and looks again. */
export const backfillPartAppId = (backfillId: string): string => `headwater:backfill:${backfillId}:part`;

const offset = z.string().regex(/^\d{1,19}$/);
const manifest = z.object({
  backfillId: z.string(),
  pipelineId: z.string(),
  topicId: z.string(),
  transformHash: z.string(),
  contractVersion: z.string(),
  ranges: z.array(z.object({ partition: z.int().min(0), from: offset, to: offset })).min(1),
});

export const encodeBackfillManifest = (value: BackfillManifest): Uint8Array =>
  new TextEncoder().encode(`${canonicalJson({ ...value, ranges: value.ranges.map(toTextRange) })}\n`);

/** The manifest in the bytes, or what is wrong with them. */
export function parseBackfillManifest(bytes: Uint8Array): Result<BackfillManifest, string> {
  try {
    const parsed = manifest.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    if (!parsed.success) return err(z.prettifyError(parsed.error));
    return ok({ ...parsed.data, ranges: parsed.data.ranges.map(parseRange) });
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
}

/** Rows of the pipeline's tables whose coordinates lie in a range. */
export interface StandingRows {
  readonly rows: number;
  readonly quarantined: number;
}

export interface BackfillFound {
  readonly backfillId: string;
  readonly ranges: readonly OffsetRange[];
  readonly standing: ReadonlyMap<number, StandingRows>;
  /** Of the first records of each range, judged by the pipeline as it is. */
  readonly sample: {
    readonly offsets: bigint;
    readonly bytes: bigint;
    readonly accepted: bigint;
    readonly refused: bigint;
  };
}

export function planBackfill(pipeline: PipelineSpec, found: BackfillFound): OperatingPlan {
  const { backfillId, ranges, standing, sample } = found;
  const side = sidePipeline(pipeline, backfillId);
  const offsets = ranges.reduce((sum, range) => sum + sizeOf(range), 0n);
  const bytes = sample.offsets === 0n ? 0n : (sample.bytes * offsets) / sample.offsets;
  return {
    kind: 'backfill',
    pipelineId: pipeline.pipelineId,
    productName: pipeline.productName,
    request: { kind: 'backfill', ranges: ranges.map(toTextRange) },
    records: offsets.toString(),
    bytes: bytes.toString(),
    ranges: ranges.map((range) => ({ ...toTextRange(range), records: sizeOf(range).toString() })),
    tables: [side.tableUrl, side.quarantineUrl],
    details: [
      `Backfill ${backfillId}: at most ${offsets} records, about ${bytes} bytes on the topic, judged by contract ${pipeline.contract.contractVersion}.`,
      `Of the first ${sample.offsets} offsets ${sample.accepted} records would be accepted and ${sample.refused} refused into the side table's own quarantine.`,
      ...ranges.map((range) => {
        const { rows, quarantined } = standing.get(range.partition) ?? { rows: 0, quarantined: 0 };
        return `Of partition ${formatRange(range)} the table holds ${rows} rows and its quarantine ${quarantined}.`;
      }),
      'The table and its lanes are not touched.',
    ],
    world: {
      backfillId,
      topicId: pipeline.topicId,
      transformHash: pipeline.transformHash,
    },
  };
}

/** The ranges a plan of a backfill was made for. */
export const plannedRanges = ({ request }: OperatingPlan): readonly OffsetRange[] =>
  request.kind === 'backfill' && 'ranges' in request ? request.ranges.map(parseRange) : [];

/** One part of a backfill: [from, to) of one partition, landed by one commit per table, quarantine first [S4]. */
export interface BackfillPart {
  readonly backfillId: string;
  readonly planId: string;
  /** Parts that were landed before this one. */
  readonly sequence: bigint;
  readonly batch: BatchRecord;
  readonly entry: LedgerEntry;
}

export function planBackfillQuarantine(
  { backfillId, planId, batch, entry }: BackfillPart,
  files: readonly AddFile[],
  nowMs: number,
): CommitPlan {
  const appId = backfillQuarantineAppId(backfillId, entry.partition);
  return {
    actions: [{ txn: { appId, version: entry.to, lastUpdated: nowMs } }, ...files.map((add) => ({ add }))],
    commitInfo: {
      operation: 'STREAMING UPDATE',
      operationParameters: { outputMode: 'Append', step: 'backfill-quarantine' },
      isBlindAppend: true,
      extra: { headwater: { backfill: backfillId, planId, batchId: batch.batchId } },
    },
    readAppIds: new Set([appId]),
  };
}

/** The rows of a part with its position and its ledger: from here on the part exists. */
export function planBackfillCommit(
  { backfillId, planId, sequence, batch, entry }: BackfillPart,
  files: readonly AddFile[],
  nowMs: number,
): CommitPlan {
  const appId = backfillAppId(backfillId, entry.partition);
  const partAppId = backfillPartAppId(backfillId);
  const { headwater } = toCommitInfo(batch) as { readonly headwater: object };
  return {
    actions: [
      { txn: { appId, version: entry.to, lastUpdated: nowMs } },
      { txn: { appId: partAppId, version: sequence + 1n, lastUpdated: nowMs } },
      ...files.map((add) => ({ add })),
    ],
    commitInfo: {
      operation: 'STREAMING UPDATE',
      operationParameters: { outputMode: 'Append', step: 'backfill' },
      isBlindAppend: true,
      extra: { headwater: { ...headwater, backfill: backfillId, planId } },
    },
    readAppIds: new Set([appId, partAppId]),
  };
}

/** Where a partition of the side table goes on. `boundTo`: quarantine already holds the part that ends there [S4]. */
export function backfillPosition(
  backfillId: string,
  range: OffsetRange,
  primary: ReadonlyMap<string, bigint>,
  quarantine: ReadonlyMap<string, bigint>,
): { readonly from: bigint; readonly boundTo?: bigint } {
  const from = primary.get(backfillAppId(backfillId, range.partition)) ?? range.from;
  const boundTo = quarantine.get(backfillQuarantineAppId(backfillId, range.partition)) ?? range.from;
  return boundTo > from ? { from, boundTo } : { from };
}

/** The account of a side table: one entry per partition, joined from those of its parts; a gap or overlap is told. */
export function joinBackfillLedger(
  ranges: readonly OffsetRange[],
  entries: readonly LedgerEntry[],
): { readonly totals: ReadonlyMap<number, LedgerClasses>; readonly problem?: string } {
  const totals = new Map<number, LedgerClasses>();
  const ends = new Map(ranges.map(({ partition, from }) => [partition, from]));
  for (const { partition, from, to, classes } of entries) {
    if (ends.get(partition) !== from)
      return { totals, problem: `partition ${partition} goes on at ${from}, not at ${ends.get(partition)}` };
    ends.set(partition, to);
    totals.set(partition, addClasses(totals.get(partition) ?? noOffsets, classes));
  }
  const open = ranges.find(({ partition, to }) => ends.get(partition) !== to);
  return open === undefined
    ? { totals }
    : { totals, problem: `partition ${formatRange(open)} is filled up to ${ends.get(open.partition)}` };
}

/** How far a backfill is, from its account. */
export function toBackfillProgress(
  totals: ReadonlyMap<number, LedgerClasses>,
  sideVersion: bigint,
): OperatingProgress {
  const sum = [...totals.values()].reduce((all, classes) => addClasses(all, classes), noOffsets);
  const offsets = ledgerClasses.reduce((count, name) => count + sum[name], 0n);
  return {
    records: Number(offsets),
    landed: Number(sum.landed),
    refused: Number(sum.quarantined),
    ledger: Object.fromEntries([...totals].map(([partition, classes]) => [partition, textOf(classes)])),
    mirroredVersion: sideVersion.toString(),
  };
}

const textOf = (classes: LedgerClasses): Partial<Record<LedgerClass, string>> =>
  Object.fromEntries(
    ledgerClasses.flatMap((name) => (classes[name] === 0n ? [] : [[name, classes[name].toString()]])),
  );
