import { describeError, HeadwaterError, operationalError } from '@headwater/kernel';
import {
  faultPoint,
  judgeTopic,
  laneDuties,
  type IncidentFacts,
  type LaneId,
  type LaneStatus,
  type PipelineSpec,
} from '@headwater/core-staging';
import { fenceLane } from './fence.ts';
import type { LaneContext } from './lane-context.ts';
import { openLaneTables } from './lane-table.ts';
import { sleep, type LaneWorld } from './lane-world.ts';
import { claimLease, type HeldLease } from './lease.ts';
import { pump, type PumpEnd } from './pump.ts';
import { recover, type RecoverEnd } from './recover.ts';
import { reportUntilEnded } from './report.ts';
import { storeTransform } from './transform.ts';
import { tell, watchControl, watchTopic } from './watch.ts';

/** `failed`: an outage or a bug ended the lane; it may be claimed again after a pause. */
export type LaneEnd =
  | { readonly kind: 'not-claimed' | 'released' | 'lost' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Owns one lane from claim to release. `stop` is aborted when the process wants it back. */
export async function runLane(world: LaneWorld, id: LaneId, stop: AbortSignal): Promise<LaneEnd> {
  const lease = await claimLease(world, id);
  if (lease === undefined) return { kind: 'not-claimed' };
  const ended = new AbortController();
  let lane: LaneContext | undefined;
  let end: LaneEnd;
  let reports: Promise<void> | undefined;
  try {
    if (__HEADWATER_FAULTS__) await faultPoint('claim.after');
    lane = await openLane(world, id, lease, ended.signal);
    if (lane === undefined) return { kind: 'released' };
    const open = lane;
    reports = reportUntilEnded(lane);
    stop.addEventListener('abort', () => tell(open, 'stopRequested'), { once: true });
    if (stop.aborted) tell(lane, 'stopRequested');
    end = { kind: await liveOut(lane) };
  } catch (error) {
    if (lane !== undefined) await fail(lane, error);
    end = lease.isHeld() ? { kind: 'failed', error } : { kind: 'lost' };
  } finally {
    ended.abort();
    await reports;
    if (__HEADWATER_FAULTS__) await faultPoint('revoke.before');
    await lease.release().catch(() => undefined);
    await Promise.race([lane?.watches, sleep(WATCHES_END_WITHIN_MS)]);
  }
  if (lane !== undefined && end.kind !== 'not-claimed') world.metrics.laneEnded(lane.pipeline, end.kind);
  return end;
}

/** A watcher may be in the middle of a look at the broker. */
const WATCHES_END_WITHIN_MS = 2_000;

/** The lane with its tables open, or undefined when there is nothing to run. */
async function openLane(
  world: LaneWorld,
  id: LaneId,
  lease: HeldLease,
  ended: AbortSignal,
): Promise<LaneContext | undefined> {
  const pipeline = await world.store.pipeline(id.pipelineId);
  if (pipeline === undefined || pipeline.desiredState === 'retired') return undefined;
  const opened = await openLaneTables(world, pipeline);
  if (opened.kind === 'incident') {
    await world.store.openIncident({ ...opened.incident, pipelineId: id.pipelineId });
    await world.store.reportStatus(id, refusedStatus(world, opened.incident));
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
    ended,
    pipeline,
    topic: { name: pipeline.topic, topicId: pipeline.topicId, partitions: [], compacted: false },
    state: 'fencing',
    positions: new Map(),
    views: new Map(),
    nextBatchSeq: 0,
    filling: undefined,
    landing: undefined,
    nextPipeline: undefined,
    pendingIncident: undefined,
    watches: undefined,
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
async function liveOut(lane: LaneContext): Promise<'released' | 'lost'> {
  if (!(await fenceLane(lane.world, lane.id, lane.lease, lane.tables))) {
    tell(lane, 'leaseEnded');
    return 'lost';
  }
  if (lane.state === 'fencing') tell(lane, 'fenced');
  const watches = Promise.all([watchControl(lane), watchTopic(lane)]);
  lane.watches = watches.then(() => undefined);
  while (!laneDuties[lane.state].isFinal) await step(lane);
  return lane.state === 'lost' ? 'lost' : 'released';
}

const IDLE_MS = 100;

async function step(lane: LaneContext): Promise<void> {
  if (!lane.lease.isHeld()) return tell(lane, 'leaseEnded');
  switch (lane.state) {
    case 'recovering':
      return takeEnd(lane, await enter(lane));
    case 'running':
    case 'pausing':
    case 'draining':
      return takeEnd(lane, await pump(lane));
    case 'fencing':
    case 'paused':
    case 'blocked':
    case 'released':
    case 'lost':
      return sleep(IDLE_MS, lane.lease.ended);
  }
}

/** Looks at the topic, then recovers from the log. */
async function enter(lane: LaneContext): Promise<RecoverEnd> {
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
