import {
  judgeReplay,
  planReplay,
  type Coordinate,
  type OperatingPlan,
  type PipelineSpec,
  type ReplayFound,
  type ReplayRequest,
} from '@headwater/core-staging';
import { userError } from '@headwater/kernel';
import { dropFiles } from '../lane/data-files.ts';
import type { LaneTables } from '../lane/lane-table.ts';
import { judgeRecords } from './judge-records.ts';
import { committedPositions, openTables, toOpenTable } from './open-tables.ts';
import type { OperatingWorld } from './operating-world.ts';

/** Most records one replay takes: their coordinates are held in memory while it is planned. */
export const REPLAY_RECORDS_MAX = 1_000_000;
const JUDGED_MAX = 2_000;

/** Looks at quarantine, judges a part of what it finds, and says what a replay would do. Writes nothing. */
export async function previewReplay(
  world: OperatingWorld,
  pipeline: PipelineSpec,
  request: ReplayRequest,
): Promise<OperatingPlan> {
  const tables = await openTables(world, pipeline);
  const positions = committedPositions(tables, pipeline);
  const found = await lookAt(world, pipeline, tables, { request, positions });
  const verdict = judgeReplay(found);
  if (verdict.kind === 'none') {
    throw userError({
      code: 'HW_REPLAY_NOTHING',
      message: verdict.cause,
      fix: 'Look at the groups with `headwater quarantine list`.',
    });
  }
  return planReplay(pipeline, request, found, positions);
}

interface Look {
  readonly request: ReplayRequest;
  readonly positions: ReadonlyMap<number, bigint>;
}

async function lookAt(
  world: OperatingWorld,
  pipeline: PipelineSpec,
  tables: LaneTables,
  look: Look,
): Promise<ReplayFound> {
  const { request, positions } = look;
  const quarantine = toOpenTable(tables.quarantine);
  const coordinates = await findCoordinates(world, tables, look);
  const sample = await world.rows.refused(quarantine, {
    ...request,
    positions,
    limit: Math.min(JUDGED_MAX, request.limit ?? REPLAY_RECORDS_MAX),
  });
  const scratch = await tables.primary.io.store.scratchFolder();
  const judged = await judgeRecords(world, pipeline, sample, scratch);
  await dropFiles([...judged.accepted, ...judged.refused]);
  return {
    records: coordinates.length,
    bytes: coordinates.reduce((sum, { bytes }) => sum + BigInt(bytes), 0n),
    ranges: toRanges(coordinates),
    coordinates: digestOf(world, coordinates),
    judged: sample.length,
    accepted: judged.acceptedCoordinates.length,
  };
}

const findCoordinates = (world: OperatingWorld, tables: LaneTables, { request, positions }: Look) =>
  world.rows.coordinates(toOpenTable(tables.quarantine), {
    ...request,
    positions,
    limit: Math.min(REPLAY_RECORDS_MAX, request.limit ?? REPLAY_RECORDS_MAX),
  });

/** The same records as when the plan was made: nobody replayed, removed or purged one meanwhile. */
export async function isAsPlanned(
  world: OperatingWorld,
  plan: OperatingPlan,
  tables: LaneTables,
  look: Look,
): Promise<boolean> {
  const coordinates = await findCoordinates(world, tables, look);
  return digestOf(world, coordinates) === plan.world['coordinates'];
}

const digestOf = ({ sha256 }: OperatingWorld, coordinates: readonly Coordinate[]): string =>
  sha256(coordinates.map(({ partition, offset }) => `${partition}:${offset}`).join(','));

const toRanges = (coordinates: readonly Coordinate[]): ReplayFound['ranges'] =>
  [...Map.groupBy(coordinates, ({ partition }) => partition)].map(([partition, mine]) => ({
    partition,
    from: mine[0]!.offset,
    to: mine.at(-1)!.offset + 1n,
    records: mine.length,
  }));
