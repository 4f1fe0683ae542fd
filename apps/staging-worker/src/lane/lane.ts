import { describeError, HeadwaterError, operationalError } from '@headwater/kernel';
import {
  faultPoint,
  judgeTopic,
  laneDuties,
  type IncidentFacts,
  type LaneId,
  type LaneState,
  type LaneStatus,
  type PipelineSpec,
} from '@headwater/core-staging';
import { fenceLane } from './fence.ts';
import { followEpoch, hasEpoch, isEpochDue, shareOf } from './epoch.ts';
import type { LaneContext } from './lane-context.ts';
import { createBell, sleepUnlessRung } from './bell.ts';
import type { Housekeeping } from './housekeeping.ts';
import { openLaneTables } from './lane-table.ts';
import type { LaneWorld } from './lane-world.ts';
import type { HeldLease } from './lease.ts';
import { pump, type PumpEnd } from './pump.ts';
import { recover, type RecoverEnd } from './recover.ts';
import { storeTransform } from './transform.ts';
import { tell } from './watch.ts';

/** `failed`: an outage or a bug ended the lane; it may be claimed again after a pause. */
export type LaneEnd =
  | { readonly kind: 'not-claimed' | 'released' | 'lost' }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface LaneTools {
  readonly world: LaneWorld;
  readonly housekeeping: Housekeeping;
  /** Aborted when the process wants the lane back. */
  readonly stop: AbortSignal;
  /** Called once the lane has recovered and runs. */
  readonly onRunning: () => void;
}

/** Owns one lane from claim to release. */
export async function runLane(tools: LaneTools, id: LaneId): Promise<LaneEnd> {
  const { world, housekeeping, stop } = tools;
  const lease = await housekeeping.leases.claim(id);
  if (lease === undefined) return { kind: 'not-claimed' };
  world.logger.info({ ...id, fence: lease.fence.toString() }, 'lane claimed');
  world.engine.warm?.();
  let lane: LaneContext | undefined;
  let end: LaneEnd;
  const stopLane = () => lane !== undefined && tell(lane, 'stopRequested');
  try {
    if (__HEADWATER_FAULTS__) await faultPoint('claim.after');
    lane = await openLane(tools, id, lease);
    if (lane === undefined) return { kind: 'released' };
    const open = lane;
    lease.ended.addEventListener('abort', () => open.bell.ring(), { once: true });
    stop.addEventListener('abort', stopLane, { once: true });
    if (stop.aborted) tell(lane, 'stopRequested');
    housekeeping.join(lane);
    end = { kind: await liveOut(lane, tools.onRunning) };
  } catch (error) {
    if (lane !== undefined) await fail(lane, error);
    end = lease.isHeld() ? { kind: 'failed', error } : { kind: 'lost' };
  } finally {
    stop.removeEventListener('abort', stopLane);
    if (lane !== undefined) await housekeeping.leave(lane);
    if (__HEADWATER_FAULTS__) await faultPoint('revoke.before');
    await lease.release().catch(() => undefined);
  }
  if (lane !== undefined && end.kind !== 'not-claimed') world.metrics.laneEnded(lane.pipeline, end.kind);
  return end;
}

/** The lane with its tables open, or undefined when there is nothing to run. */
async function openLane(
  { world, housekeeping }: LaneTools,
  id: LaneId,
  lease: HeldLease,
): Promise<LaneContext | undefined> {
  const pipeline = await world.store.pipeline(id.pipelineId);
  if (pipeline === undefined || pipeline.desiredState === 'retired') return undefined;
  const opened = await openLaneTables(world, pipeline);
  if (opened.kind === 'incident') {
    await world.store.openIncident({ ...opened.incident, pipelineId: id.pipelineId });
    await world.store.reportStatuses([{ lane: id, status: refusedStatus(world, opened.incident) }]);
    throw tableRefused(pipeline, opened.incident);
  }
  return {
    world,
    id,
    lease,
    tables: opened.tables,
    logger: world.logger.child({
      product: pipeline.productName,
      lane: id.lane,
      fence: lease.fence.toString(),
    }),
    joint: housekeeping.joint,
    pipeline,
    topic: { name: pipeline.topic, topicId: pipeline.topicId, partitions: [], compacted: false },
    state: 'fencing',
    positions: new Map(),
    views: new Map(),
    share: shareOf({ id, tables: opened.tables }),
    positionsEpoch: -1n,
    nextBatchSeq: 0,
    lastIngestedAtMs: undefined,
    nextRevision: 0,
    filling: undefined,
    landing: undefined,
    nextPipeline: undefined,
    pendingIncident: undefined,
    blockedBy: undefined,
    lossesAhead: new Map(),
    stable: new Map(),
    bell: createBell(),
    asked: undefined,
    reported: undefined,
    poison: undefined,
    facts: {
      tableVersion: opened.tables.primary.snapshot.version,
      lastCommitAtMs: undefined,
      recordsTaken: 0,
      bytesTaken: 0,
      error: undefined,
    },
  };
}

/** Runs the states of the lane until a final one [S12]. */
async function liveOut(lane: LaneContext, onRunning: () => void): Promise<'released' | 'lost'> {
  if (!(await fenceLane(lane.world, lane.id, lane.lease, lane.tables))) {
    tell(lane, 'leaseEnded');
    return 'lost';
  }
  if (lane.state === 'fencing') tell(lane, 'fenced');
  while (!laneDuties[lane.state].isFinal) {
    await step(lane);
    if (!isEntering(lane.state)) onRunning();
  }
  return lane.state === 'lost' ? 'lost' : 'released';
}

const isEntering = (state: LaneState): boolean => state === 'fencing' || state === 'recovering';

/** A lane that waits for an operator looks at its lease this often; a change wakes it at once. */
const IDLE_MS = 5_000;

async function step(lane: LaneContext): Promise<void> {
  if (!lane.lease.isHeld()) return tell(lane, 'leaseEnded');
  switch (lane.state) {
    case 'recovering':
      return takeEnd(lane, await enter(lane));
    case 'running':
      if (isEpochDue(lane)) return changeEpoch(lane);
      if (hasEpoch(lane) && lane.positions.size === 0) return waitForPartitions(lane);
      return takeEnd(lane, await pump(lane));
    case 'pausing':
    case 'draining':
      return takeEnd(lane, await pump(lane));
    case 'fencing':
    case 'paused':
    case 'blocked':
    case 'released':
    case 'lost':
      return sleepUnlessRung(IDLE_MS, lane.bell);
  }
}

/** Nothing is open: the lane takes its part in the next epoch [S13]. */
async function changeEpoch(lane: LaneContext): Promise<void> {
  await takeNextPipeline(lane);
  const end = await followEpoch(lane);
  switch (end.kind) {
    case 'lost':
      return takeEnd(lane, end);
    case 'recover':
      return takeEnd(lane, await enter(lane));
    case 'leave':
      return tell(lane, 'stopRequested');
    case 'run':
    case 'wait':
      return;
  }
}

/** More lanes than partitions: this one has nothing to read. */
async function waitForPartitions(lane: LaneContext): Promise<void> {
  await takeNextPipeline(lane);
  if (!isEpochDue(lane)) await sleepUnlessRung(IDLE_MS, lane.bell);
}

/** Looks at the topic, then recovers from the log. */
async function enter(lane: LaneContext): Promise<RecoverEnd> {
  lane.asked = undefined;
  const topic = await lane.world.source.describeTopic(lane.pipeline.topic);
  const incident = judgeTopic(lane.pipeline, topic);
  if (incident !== undefined) return { kind: 'incident', incident };
  if (topic !== undefined) lane.topic = topic;
  return recover(lane);
}

async function takeEnd(lane: LaneContext, end: RecoverEnd | PumpEnd): Promise<void> {
  switch (end.kind) {
    case 'recovered':
      lane.facts.error = undefined;
      return lane.state === 'recovering' ? tell(lane, 'recovered') : undefined;
    case 'settled':
      await takeNextPipeline(lane);
      return tell(lane, 'settled');
    case 'adopt':
      return takeEnd(lane, await enter(lane));
    case 'lost':
      lane.logger.warn({ cause: end.cause }, 'the lane is no longer ours');
      return tell(lane, 'leaseEnded');
    case 'incident':
      return block(lane, end.incident);
  }
}

/** A changed pipeline takes effect between two batches; its outcome-deciding parts are in the next intent's hash. */
async function takeNextPipeline(lane: LaneContext): Promise<void> {
  const next = lane.nextPipeline;
  if (next === undefined) return;
  lane.nextPipeline = undefined;
  if (next.transformHash !== lane.pipeline.transformHash) {
    await storeTransform(lane.tables.primary.io.store, next);
  }
  lane.pipeline = next;
}

async function block(lane: LaneContext, incident: IncidentFacts): Promise<void> {
  lane.blockedBy = incident;
  const { cause: message, fix } = incident;
  lane.facts.error = { code: `HW_STAGING_${incident.kind.toUpperCase().replaceAll('-', '_')}`, message, fix };
  lane.logger.error({ incident: incident.kind, partition: incident.partition }, message);
  await lane.world.store.openIncident({ ...incident, pipelineId: lane.id.pipelineId });
  tell(lane, 'incidentFound');
}

async function fail(lane: LaneContext, error: unknown): Promise<void> {
  const fix = error instanceof HeadwaterError ? error.fix : undefined;
  lane.facts.error = {
    code: error instanceof HeadwaterError ? error.code : 'HW_STAGING_UNEXPECTED',
    message: error instanceof Error ? error.message : String(error),
    ...(fix === undefined ? {} : { fix }),
  };
  lane.logger.error({ problem: describeError(error) }, 'the lane failed and starts over from the log');
  if (isDiskFull(error)) {
    const incident = { ...diskFull, cause: lane.facts.error.message, pipelineId: lane.id.pipelineId };
    await lane.world.store.openIncident(incident).catch(() => undefined);
  }
  tell(lane, 'leaseEnded');
}

/** The store says so by its code, DuckDB only in its message. */
const isDiskFull = (error: unknown): boolean =>
  (error instanceof HeadwaterError && error.code === 'HW_STORE_DISK_FULL') ||
  (error instanceof Error && /No space left on device|ENOSPC/.test(error.message));

const diskFull = {
  kind: 'disk-full',
  fix: 'Free space or move the lake; nothing half-written was kept, and staging goes on by itself.',
} as const;

const refusedStatus = (world: LaneWorld, { cause, fix }: IncidentFacts): LaneStatus => ({
  state: 'stopped-by-incident',
  engine: world.engine.name,
  partitions: [],
  recordsPerSecond: 0,
  bytesPerSecond: 0,
  tableVersion: -1n,
  error: { code: 'HW_STAGING_TABLE_REFUSED', message: cause, fix },
});

const tableRefused = (pipeline: PipelineSpec, { cause, fix }: IncidentFacts) =>
  operationalError({
    code: 'HW_STAGING_TABLE_REFUSED',
    message: `${pipeline.productName} cannot be staged: ${cause}`,
    fix,
    canRetry: true,
  });
