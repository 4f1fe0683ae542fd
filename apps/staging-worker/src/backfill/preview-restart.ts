import { logEntryPath, recordCount } from '@headwater/core-delta';
import {
  epochOf,
  epochTableUrl,
  judgeRestart,
  nextEpoch,
  planRestart,
  type HeldOffsets,
  type OperatingPlan,
  type OperatingRequestOf,
  type PipelineSpec,
  type RecordSource,
} from '@headwater/core-staging';
import { userError } from '@headwater/kernel';
import { committedPositions, openTables } from '../replay/open-tables.ts';
import type { OperatingWorld } from '../replay/operating-world.ts';
import { describeSource } from './backfill-topic.ts';

/** Says where a pipeline would begin again, and in which table. Writes nothing. */
export async function previewRestart(
  world: OperatingWorld,
  pipeline: PipelineSpec,
  request: OperatingRequestOf<'restart'>,
): Promise<OperatingPlan> {
  const source = world.openSource();
  try {
    const { held } = await describeSource(source, pipeline);
    const tables = await openTables(world, pipeline);
    const committed = committedPositions(tables, pipeline);
    const verdict = judgeRestart(await wantedStarts(source, pipeline, request, held), held, committed);
    if (verdict.kind === 'refused')
      throw userError({
        code: verdict.code,
        message: verdict.cause,
        fix: 'Begin at or before what is staged; a loss is accepted for the incident that reports it.',
      });
    const tableUrl = await freeTableUrl(world, pipeline);
    const next = nextEpoch(pipeline, { pipelineId: world.lanes.ids.uuid(), tableUrl });
    const rows = [...tables.primary.snapshot.files.values()].reduce(
      (sum, add) => sum + (recordCount(add) ?? 0n),
      0n,
    );
    return planRestart(pipeline, request, { next, starts: verdict.starts, held, committed, rows });
  } finally {
    await source.close();
  }
}

async function wantedStarts(
  source: RecordSource,
  { topic }: PipelineSpec,
  { from }: OperatingRequestOf<'restart'>,
  held: ReadonlyMap<number, HeldOffsets>,
): Promise<ReadonlyMap<number, bigint>> {
  if (from === 'earliest') return new Map();
  if ('timeMs' in from) return source.offsetsAt(topic, [...held.keys()], { timestampMs: from.timeMs });
  return new Map(
    Object.entries(from.offsets).map(([partition, offset]) => [Number(partition), BigInt(offset)]),
  );
}

const EPOCHS_MAX = 1_000;

/** The table of the next epoch: one that nobody has begun. */
async function freeTableUrl(
  { lanes }: OperatingWorld,
  { tableUrl, productName }: PipelineSpec,
): Promise<string> {
  for (let epoch = epochOf(tableUrl) + 1; epoch <= EPOCHS_MAX; epoch++) {
    const url = epochTableUrl(tableUrl, epoch);
    const { store } = await lanes.openTable(url);
    if ((await store.head(logEntryPath(0n))) === undefined) return url;
  }
  throw userError({
    code: 'HW_RESTART_EPOCHS',
    message: `${productName} has had ${EPOCHS_MAX} tables.`,
    fix: 'Remove tables of old epochs that nobody reads.',
  });
}
