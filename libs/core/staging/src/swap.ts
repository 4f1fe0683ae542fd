import type { AddFile } from '@headwater/core-delta';
import { canonicalJson } from '@headwater/kernel';
import type { BackfillManifest } from './backfill.ts';
import type { LedgerClasses } from './ledger.ts';
import { formatRange, sizeOf, toTextRange, type OffsetRange } from './offset-range.ts';
import type { OperatingPlan } from './operating.ts';
import type { PipelineSpec } from './pipeline.ts';
import type { SwapFiles } from './swap-files.ts';
import type { SwapCounts, SwapTransfer } from './swap-intent.ts';

/** Coordinates of one range, as the table (with its quarantine) and the side table (with its own) hold them. */
export interface SwapComparison {
  readonly partition: number;
  readonly rows: bigint;
  readonly quarantined: bigint;
  readonly sideRows: bigint;
  readonly sideQuarantined: bigint;
  /** Held by the side table only, by the table only, and more than once by either. */
  readonly onlySide: bigint;
  readonly onlyTable: bigint;
  readonly repeated: bigint;
  /** The last offset the side table only holds. */
  readonly onlySideTo?: bigint;
}

export interface SwapFound {
  readonly manifest: BackfillManifest;
  /** The account of the side table, from its log. */
  readonly ledger: { readonly totals: ReadonlyMap<number, LedgerClasses>; readonly problem?: string };
  /** What is committed, by partition. */
  readonly positions: ReadonlyMap<number, bigint>;
  readonly compared: readonly SwapComparison[];
  readonly primary: SwapFiles;
  readonly quarantine: SwapFiles;
  readonly side: { readonly primary: readonly AddFile[]; readonly quarantine: readonly AddFile[] };
  readonly transfers: readonly SwapTransfer[];
}

export type SwapVerdict =
  | { readonly kind: 'sound' }
  | { readonly kind: 'refused'; readonly code: string; readonly cause: string; readonly fix: string };

/** Whether the side table may take the place of its ranges: it must hold exactly the records that the table holds [S15]. */
export function judgeSwap(pipeline: PipelineSpec, found: SwapFound): SwapVerdict {
  return (
    judgeManifest(pipeline, found.manifest) ??
    judgeSide(found) ??
    judgePositions(found) ??
    judgeCoordinates(found) ?? { kind: 'sound' }
  );
}

const refused = (code: string, cause: string, fix: string) => ({
  kind: 'refused' as const,
  code,
  cause,
  fix,
});

function judgeManifest(
  { pipelineId, topicId, transformHash }: PipelineSpec,
  manifest: BackfillManifest,
): SwapVerdict | undefined {
  if (manifest.pipelineId !== pipelineId || manifest.topicId !== topicId)
    return refused(
      'HW_SWAP_OUTDATED',
      'The side table was read for another epoch of the pipeline, or for another topic.',
      'Backfill the range again.',
    );
  if (manifest.transformHash !== transformHash)
    return refused(
      'HW_SWAP_OUTDATED',
      `The side table was judged by contract ${manifest.contractVersion}, which is no longer in force.`,
      'Backfill the range again: it is judged by the contract in force then.',
    );
  return undefined;
}

function judgeSide({ ledger, compared, manifest }: SwapFound): SwapVerdict | undefined {
  const unfinished = (cause: string) =>
    refused(
      'HW_SWAP_UNFINISHED',
      cause,
      'Let the backfill end, or move the side table away and backfill again.',
    );
  if (ledger.problem !== undefined) return unfinished(`The side table is not whole: ${ledger.problem}.`);
  for (const { partition } of manifest.ranges) {
    const [classes, at] = [
      ledger.totals.get(partition),
      compared.find((each) => each.partition === partition),
    ];
    const [landed, quarantined] = [classes?.landed ?? 0n, classes?.quarantined ?? 0n];
    if (landed !== (at?.sideRows ?? 0n) || quarantined !== (at?.sideQuarantined ?? 0n))
      return unfinished(
        `The side table holds ${at?.sideRows ?? 0n} rows and ${at?.sideQuarantined ?? 0n} quarantined records of partition ${partition}; its ledger says ${landed} and ${quarantined}.`,
      );
  }
  return undefined;
}

function judgePositions({ manifest, positions }: SwapFound): SwapVerdict | undefined {
  const ahead = manifest.ranges.find(({ partition, to }) => to > (positions.get(partition) ?? 0n));
  return ahead === undefined
    ? undefined
    : refused(
        'HW_SWAP_NOT_STAGED',
        `Partition ${formatRange(ahead)} is staged up to ${positions.get(ahead.partition) ?? 0n} only.`,
        'Wait until the pipeline has passed the range, then plan again.',
      );
}

function judgeCoordinates({ compared, manifest }: SwapFound): SwapVerdict | undefined {
  const rangeOf = (partition: number) =>
    formatRange(manifest.ranges.find((each) => each.partition === partition)!);
  const repeated = compared.find((each) => each.repeated > 0n);
  if (repeated !== undefined)
    return refused(
      'HW_SWAP_REPEATED',
      `${repeated.repeated} records of partition ${rangeOf(repeated.partition)} stand in the table and in its quarantine at once: a replay is under way.`,
      'Wait for the replay, or carry it out again, then plan again.',
    );
  const deleted = compared.find((each) => each.onlySide > 0n);
  if (deleted !== undefined)
    return refused(
      'HW_SWAP_ROWS_DELETED',
      `The table no longer holds ${deleted.onlySide} records of partition ${rangeOf(deleted.partition)} that the side table has: they were deleted, or never staged, and a swap would bring them back.`,
      `Backfill only offsets that the table still holds (behind ${deleted.onlySideTo ?? '?'} for example) and swap that.`,
    );
  const missing = compared.find((each) => each.onlyTable > 0n);
  if (missing !== undefined)
    return refused(
      'HW_SWAP_ROWS_MISSING',
      `The table holds ${missing.onlyTable} records of partition ${rangeOf(missing.partition)} that the side table has not, because the topic no longer held them: a swap would lose them.`,
      'Backfill only offsets that the topic still holds and swap that.',
    );
  if (compared.every(({ rows, quarantined }) => rows + quarantined === 0n))
    return refused('HW_SWAP_NOTHING', 'No record lies in the range.', 'Nothing is to be done.');
  return undefined;
}

/** The plan of a swap. `digest` hashes text. */
export function planSwap(
  pipeline: PipelineSpec,
  found: SwapFound,
  digest: (text: string) => string,
): OperatingPlan {
  const { manifest, compared, primary, quarantine, side } = found;
  const { backfillId, ranges } = manifest;
  const at = (partition: number) => compared.find((each) => each.partition === partition);
  const sum = (pick: (each: SwapComparison) => bigint) =>
    compared.reduce((all, each) => all + pick(each), 0n);
  const written = [...side.primary, ...side.quarantine, ...primary.straddling, ...quarantine.straddling];
  return {
    kind: 'swap',
    pipelineId: pipeline.pipelineId,
    productName: pipeline.productName,
    request: { kind: 'swap', backfillId },
    records: sum(({ sideRows, sideQuarantined }) => sideRows + sideQuarantined).toString(),
    bytes: written.reduce((all, { size }) => all + size, 0).toString(),
    ranges: ranges.map((range) => ({
      ...toTextRange(range),
      records: (
        (at(range.partition)?.sideRows ?? 0n) + (at(range.partition)?.sideQuarantined ?? 0n)
      ).toString(),
    })),
    tables: [pipeline.tableUrl, pipeline.quarantineUrl],
    details: [
      ...ranges.map((range) => {
        const {
          rows = 0n,
          quarantined = 0n,
          sideRows = 0n,
          sideQuarantined = 0n,
        } = at(range.partition) ?? {};
        return `Of partition ${formatRange(range)} ${rows} rows and ${quarantined} quarantined records give way to ${sideRows} rows and ${sideQuarantined} quarantined records of backfill ${backfillId}.`;
      }),
      describeFiles('the table', primary, side.primary),
      describeFiles('its quarantine', quarantine, side.quarantine),
      'Rows outside of the ranges, positions and lanes are not touched. It can be undone as long as the files that leave are kept.',
    ],
    world: {
      backfillId,
      topicId: pipeline.topicId,
      transformHash: pipeline.transformHash,
      files: digest(swapFilesText(found)),
    },
  };
}

const describeFiles = (table: string, { whole, straddling }: SwapFiles, coming: readonly AddFile[]): string =>
  `${whole.length} files leave ${table}, ${straddling.length} are written again without the ranges, ${coming.length} are copied into it.`;

/** Names every file the swap touches: the plan holds only as long as they are the same. */
export const swapFilesText = ({
  primary,
  quarantine,
  side,
}: Pick<SwapFound, 'primary' | 'quarantine' | 'side'>) =>
  canonicalJson(
    [
      primary.whole,
      primary.straddling,
      quarantine.whole,
      quarantine.straddling,
      side.primary,
      side.quarantine,
    ].map((files) => files.map(({ path }) => path).sort()),
  );

/** Records of the ranges before and after. */
export const countSwapped = (
  compared: readonly SwapComparison[],
): { readonly before: readonly SwapCounts[]; readonly after: readonly SwapCounts[] } => ({
  before: compared.map(({ partition, rows, quarantined }) => ({ partition, landed: rows, quarantined })),
  after: compared.map(({ partition, sideRows, sideQuarantined }) => ({
    partition,
    landed: sideRows,
    quarantined: sideQuarantined,
  })),
});

export const swapOffsets = (ranges: readonly OffsetRange[]): bigint =>
  ranges.reduce((sum, range) => sum + sizeOf(range), 0n);
