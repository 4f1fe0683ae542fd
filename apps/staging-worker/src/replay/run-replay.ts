import { toRemoves, type AddFile } from '@headwater/core-delta';
import {
  faultPoint,
  plannedPositions,
  planQuarantineRewrite,
  planReplayCommit,
  readTransfers,
  replayAppId,
  type Coordinate,
  type LedgerTransfer,
  type OperatingProgress,
  type PipelineSpec,
  type ReplayRequest,
} from '@headwater/core-staging';
import { operationalError, userError } from '@headwater/kernel';
import { finishOpenSwaps } from '../backfill/finish-swap.ts';
import { dropFiles, publishFiles } from '../lane/data-files.ts';
import { refreshTable, txnsOf, type LaneTable, type LaneTables } from '../lane/lane-table.ts';
import { evolveSchema } from '../lane/schema-evolution.ts';
import { judgeRecords } from './judge-records.ts';
import { findPipeline, openTables, toOpenTable, worldMoved } from './open-tables.ts';
import { commitFiles, transfersSince } from './operating-commits.ts';
import type { OperatingRun, RefusedRecord } from './operating-world.ts';
import { isAsPlanned, REPLAY_RECORDS_MAX } from './plan-replay.ts';

interface OpenRun extends OperatingRun {
  readonly pipeline: PipelineSpec;
  readonly tables: LaneTables;
}

const CHUNK_RECORDS = 5_000;

/**
 * Lands the planned records that are accepted, part by part. A part lands in the primary table first and leaves
 * quarantine then; what a killed attempt landed is found by its coordinates in the primary and is not landed again.
 */
export async function runReplay(
  run: OperatingRun,
  request: ReplayRequest,
  before: OperatingProgress | undefined,
): Promise<OperatingProgress> {
  const { world, plan } = run;
  const pipeline = await findPipeline(world, plan.pipelineId);
  if (pipeline.transformHash !== plan.world['transformHash'])
    throw worldMoved('the contract in force is another one');
  const tables = await openTables(world, pipeline);
  const open: OpenRun = { ...run, pipeline, tables };
  const positions = plannedPositions(plan);
  if (before === undefined && !(await isAsPlanned(world, plan, tables, { request, positions })))
    throw worldMoved('quarantine holds other records than were shown');
  let progress = before ?? noProgress(tables);
  await world.operating.recordProgress(run.planId, progress);
  progress = await mirror(open, progress);
  for (;;) {
    run.signal.throwIfAborted();
    const left = Math.min(REPLAY_RECORDS_MAX, request.limit ?? REPLAY_RECORDS_MAX) - progress.records;
    const after = progress.cursor && {
      partition: progress.cursor.partition,
      offset: BigInt(progress.cursor.offset),
    };
    const records =
      left <= 0
        ? []
        : await world.rows.refused(toOpenTable(tables.quarantine), {
            ...request,
            positions,
            ...(after === undefined ? {} : { after }),
            limit: Math.min(CHUNK_RECORDS, left),
          });
    if (records.length === 0) return progress;
    progress = await replayPart(open, progress, records);
    await world.operating.recordProgress(run.planId, progress);
  }
}

const noProgress = ({ primary }: LaneTables): OperatingProgress => ({
  records: 0,
  landed: 0,
  refused: 0,
  mirroredVersion: primary.snapshot.version.toString(),
});

/** Other replays of one pipeline that may win before this one gives way. */
const ATTEMPTS_MAX = 20;

async function replayPart(
  run: OpenRun,
  progress: OperatingProgress,
  records: readonly RefusedRecord[],
): Promise<OperatingProgress> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const done = await tryPart(run, records);
    if (done === undefined) {
      await refreshTable(run.tables.primary);
      await refreshTable(run.tables.quarantine);
      continue;
    }
    if (__HEADWATER_FAULTS__) await faultPoint('replay.mirror');
    const mirrored = await mirror(run, progress);
    const last = records.at(-1)!;
    return {
      ...mirrored,
      records: progress.records + records.length,
      landed: progress.landed + done.length,
      refused: progress.refused + records.length - done.length,
      cursor: { partition: last.partition, offset: last.offset.toString() },
    };
  }
  throw operationalError({
    code: 'HW_REPLAY_CONTENDED',
    message: `Other writers moved the tables of ${run.pipeline.productName} ${ATTEMPTS_MAX} times in a row.`,
    fix: 'Wait for other replays of the product, then resume the operation.',
    canRetry: true,
  });
}

/** The records of the part that are rows now; undefined when another writer came first, and nothing was decided. */
async function tryPart(
  run: OpenRun,
  records: readonly RefusedRecord[],
): Promise<readonly Coordinate[] | undefined> {
  const { world, pipeline, tables } = run;
  await refreshTable(tables.primary);
  await refreshTable(tables.quarantine);
  await finishOpenSwaps(run);
  const before = await world.rows.landed(toOpenTable(tables.primary), pipeline.topic, records);
  const isLanded = new Set(before.map(keyOf));
  const fresh = records.filter((record) => !isLanded.has(keyOf(record)));
  const landed = fresh.length === 0 ? [] : await landFresh(run, fresh);
  if (landed === undefined) return undefined;
  const done = [...before, ...landed];
  if (done.length > 0 && !(await leaveQuarantine(run, done))) return undefined;
  return done;
}

const keyOf = ({ partition, offset }: Coordinate): string => `${partition}:${offset}`;

async function landFresh(
  run: OpenRun,
  fresh: readonly RefusedRecord[],
): Promise<readonly Coordinate[] | undefined> {
  const { world, pipeline, tables, planId, fence } = run;
  const { primary } = tables;
  const judged = await judgeRecords(world, pipeline, fresh, await primary.io.store.scratchFolder());
  await dropFiles(judged.refused);
  if (judged.acceptedCoordinates.length === 0) return [];
  const evolved = evolveSchema(primary, pipeline.contract);
  if (evolved.kind === 'incident') {
    await dropFiles(judged.accepted);
    const { cause, fix } = evolved.incident;
    throw userError({ code: 'HW_STAGING_TABLE_REFUSED', message: cause, fix });
  }
  const adds = await publishFiles(world.lanes, primary, judged.accepted);
  if (__HEADWATER_FAULTS__) await faultPoint('replay.primary-commit');
  run.signal.throwIfAborted();
  const landed = new Set(judged.acceptedCoordinates.map(keyOf));
  const transfers = toTransfers(fresh.filter((record) => landed.has(keyOf(record))));
  const facts = { planId, fence, before: replaysOf(primary, pipeline), nowMs: world.lanes.clock.nowMs() };
  const plan = planReplayCommit(pipeline, facts, adds, transfers, evolved.metaData);
  return (await commitFiles('replay', run, primary, { adds, plan })) ? judged.acceptedCoordinates : undefined;
}

const replaysOf = (table: LaneTable, { pipelineId }: PipelineSpec): bigint =>
  txnsOf(table).get(replayAppId(pipelineId)) ?? 0n;

/** Counts by partition and cause. */
function toTransfers(records: readonly RefusedRecord[]) {
  const groups = Map.groupBy(records, ({ partition, stage, reason, path }) =>
    JSON.stringify([partition, stage, reason, path]),
  );
  return [...groups.values()].map((mine) => {
    const { partition, stage, reason, path } = mine[0]!;
    return { partition, offsets: BigInt(mine.length), group: { stage, reason, path } };
  });
}

async function leaveQuarantine(run: OpenRun, coordinates: readonly Coordinate[]): Promise<boolean> {
  const { world, pipeline, planId } = run;
  const { quarantine } = run.tables;
  await refreshTable(quarantine);
  const replaced = await world.rows.without(toOpenTable(quarantine), coordinates);
  if (replaced.length === 0) return true;
  const files = new Map([...quarantine.snapshot.files.values()].map((add) => [add.path, add]));
  const removed = replaced.flatMap(({ path }): AddFile[] => {
    const add = files.get(path);
    return add === undefined ? [] : [add];
  });
  const rest = replaced.flatMap(({ rest: file }) => (file === undefined ? [] : [file]));
  const adds = await publishFiles(world.lanes, quarantine, rest);
  if (__HEADWATER_FAULTS__) await faultPoint('replay.quarantine-commit');
  const nowMs = world.lanes.clock.nowMs();
  const facts = { planId, before: replaysOf(quarantine, pipeline), nowMs };
  const plan = planQuarantineRewrite(pipeline.pipelineId, facts, toRemoves(removed, nowMs), adds);
  return commitFiles('replay', run, quarantine, { adds, plan });
}

/** Copies the transfers of commits that Postgres may not know yet: their attempt may have died before it told. */
async function mirror(run: OpenRun, progress: OperatingProgress): Promise<OperatingProgress> {
  const { world, planId, tables } = run;
  const { primary } = tables;
  const { version } = primary.snapshot;
  const found = transfersSince(world, primary, BigInt(progress.mirroredVersion), (actions, place) =>
    readTransfers(actions, planId, place),
  );
  const transfers: LedgerTransfer[] = [];
  for await (const some of found) transfers.push(...some);
  await world.operating.mirrorTransfers(transfers);
  return { ...progress, mirroredVersion: version.toString() };
}
