import {
  backfillIdentity,
  judgeRanges,
  planBackfill,
  type HeldOffsets,
  type OffsetRange,
  type OperatingPlan,
  type OperatingRequestOf,
  type PipelineSpec,
  type RecordSource,
  type SourceTopic,
  type StandingRows,
} from '@headwater/core-staging';
import { userError } from '@headwater/kernel';
import { dropFiles } from '../lane/data-files.ts';
import { discardFill, openBatch } from '../lane/fill.ts';
import type { LaneTables } from '../lane/lane-table.ts';
import { openTables, toOpenTable } from '../replay/open-tables.ts';
import type { OperatingWorld } from '../replay/operating-world.ts';
import { describeSource } from './backfill-topic.ts';
import { readPart } from './read-part.ts';

const SAMPLE_BYTES = 1 << 20;
/** Ranges a sample is read of; the others are taken to be alike. */
const SAMPLED_RANGES = 16;

/** Looks at the topic and the tables, judges the first records of each range, and says what a backfill would do. */
export async function previewBackfill(
  world: OperatingWorld,
  pipeline: PipelineSpec,
  request: OperatingRequestOf<'backfill'>,
  signal: AbortSignal,
): Promise<OperatingPlan> {
  const source = world.openSource();
  try {
    const { topic, held } = await describeSource(source, pipeline);
    const verdict = judgeRanges(await wantedRanges(source, pipeline, request, held), held);
    if (verdict.kind === 'refused') throw rangeRefused(verdict.cause);
    const { ranges } = verdict;
    const tables = await openTables(world, pipeline);
    const backfillId = world.sha256(backfillIdentity(pipeline, ranges)).slice(0, 12);
    const standing = await standingRows(world, pipeline, tables, ranges);
    const sample = await judgeSample(world, { source, topic, pipeline, signal, tables }, ranges);
    return planBackfill(pipeline, { backfillId, ranges, standing, sample });
  } finally {
    await source.close();
  }
}

async function wantedRanges(
  source: RecordSource,
  { topic }: PipelineSpec,
  request: OperatingRequestOf<'backfill'>,
  held: ReadonlyMap<number, HeldOffsets>,
): Promise<readonly OffsetRange[]> {
  if ('ranges' in request)
    return request.ranges.map(({ partition, from, to }) => ({
      partition,
      from: BigInt(from),
      to: BigInt(to),
    }));
  const partitions = [...held.keys()];
  const { fromMs, toMs } = request.times;
  const [from, to] = await Promise.all(
    [fromMs, toMs].map((timestampMs) => source.offsetsAt(topic, partitions, { timestampMs })),
  );
  return partitions
    .map((partition) => ({ partition, from: from?.get(partition) ?? 0n, to: to?.get(partition) ?? 0n }))
    .filter((range) => range.to > range.from);
}

/** Rows and quarantined records that stand in the ranges, by partition. */
export async function standingRows(
  { ranges: tableRanges }: Pick<OperatingWorld, 'ranges'>,
  { topic }: PipelineSpec,
  tables: LaneTables,
  ranges: readonly OffsetRange[],
): Promise<ReadonlyMap<number, StandingRows>> {
  const rows = await tableRanges.count(toOpenTable(tables.primary), 'primary', topic, ranges);
  const quarantined = await tableRanges.count(toOpenTable(tables.quarantine), 'quarantine', topic, ranges);
  return new Map(
    ranges.map(({ partition }) => [
      partition,
      { rows: rows.get(partition) ?? 0, quarantined: quarantined.get(partition) ?? 0 },
    ]),
  );
}

interface Sampled {
  readonly source: RecordSource;
  readonly topic: SourceTopic;
  readonly pipeline: PipelineSpec;
  readonly signal: AbortSignal;
  readonly tables: LaneTables;
}

async function judgeSample(world: OperatingWorld, sampled: Sampled, ranges: readonly OffsetRange[]) {
  const sum = { offsets: 0n, bytes: 0n, accepted: 0n, refused: 0n };
  const { lanes } = world;
  for (const range of ranges.slice(0, SAMPLED_RANGES)) {
    const { fill, bytes } = await readPart({ lanes, ...sampled }, range, { bytesMax: SAMPLE_BYTES });
    try {
      const batch = await openBatch(lanes, fill);
      const outputs = await batch.land(await sampled.tables.primary.io.store.scratchFolder());
      await dropFiles([...outputs.primary, ...outputs.quarantine]);
      const counts = outputs.counts.get(range.partition);
      sum.accepted += counts?.landed ?? 0n;
      sum.refused += counts?.quarantined ?? 0n;
      sum.offsets += (fill.accounts.get(range.partition)?.nextOffset ?? range.from) - range.from;
      sum.bytes += BigInt(bytes);
    } finally {
      await discardFill(fill);
    }
  }
  return sum;
}

const rangeRefused = (cause: string) =>
  userError({
    code: 'HW_BACKFILL_RANGE',
    message: `The range cannot be read again: ${cause}.`,
    fix: 'Name offsets that `headwater status` and the topic show; records that retention took are gone.',
  });
