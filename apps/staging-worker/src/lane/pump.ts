import {
  decideBatch,
  decideFill,
  drainUntil,
  isDrained,
  faultPoint,
  firstFlushMs,
  laneDuties,
  openAccount,
  putIntent,
  type IncidentFacts,
  type Intent,
} from '@headwater/core-staging';
import { unexpectedError } from '@headwater/kernel';
import { traceIdOfUuid, withTrace } from '@headwater/platform-observability';
import { orRung, sleepUnlessRung } from './bell.ts';
import { hasEpoch, isEpochDue, owns } from './epoch.ts';
import { askForRecords, beginFill, bufferedBytes, discardFill, takeAnswers, type Fill } from './fill.ts';
import { jointly } from './joint-landing.ts';
import { landBatch } from './land-batch.ts';
import { draftIntent, laneKey, type LaneContext } from './lane-context.ts';
import { nowUs, sleep } from './lane-world.ts';
import { settleBatch } from './settle-batch.ts';

/** Why the pump stopped. `adopt`: somebody wrote the next intent first, so the lane recovers from it [S2]. */
export type PumpEnd =
  | { readonly kind: 'settled' }
  | { readonly kind: 'adopt' }
  | { readonly kind: 'incident'; readonly incident: IncidentFacts }
  | { readonly kind: 'lost'; readonly cause: string };

/** A batch that lands while the next one fills. */
interface InFlight {
  readonly bytes: number;
  readonly done: Promise<void>;
  end: PumpEnd | 'landed' | undefined;
  error: Error | undefined;
}

/** Fills and lands batches until the lane's state, an incident or another owner ends it. Nothing half-done is left. */
export async function pump(lane: LaneContext): Promise<PumpEnd> {
  let fill = beginNextFill(lane);
  lane.filling = fill;
  let flight: InFlight | undefined;
  // Known already, but what was read before it lands first.
  let ending: PumpEnd | undefined;
  try {
    for (;;) {
      if (!lane.lease.isHeld()) return { kind: 'lost', cause: 'the lease has ended' };
      if (flight?.error !== undefined) throw flight.error;
      if (flight?.end !== undefined) {
        if (flight.end !== 'landed') return flight.end;
        flight = undefined;
        lane.landing = undefined;
      }
      if (lane.pendingIncident !== undefined) return takeIncident(lane);
      addNewPartitions(lane, fill);
      if (hasReachedLoss(lane, fill)) ending ??= { kind: 'adopt' };
      const step = decideNext(lane, fill, flight, ending !== undefined);
      if (step.kind === 'settled') return ending ?? step;
      if (step.kind === 'cut') {
        flight = land(lane, fill);
        lane.landing = fill;
        fill = beginNextFill(lane, fill);
        lane.filling = fill;
      } else if (step.kind === 'gather') {
        await sleepUnlessRung(step.waitMs, lane.bell);
      } else if (step.kind === 'hold') {
        await (flight === undefined ? sleep(HOLD_MS) : Promise.race([flight.done, sleep(HOLD_MS)]));
      } else {
        const end = await fetchOnce(lane, fill, step);
        if (end?.kind === 'incident' && end.incident.kind === 'offset-out-of-range') ending = end;
        else if (end !== undefined) return end;
      }
    }
  } finally {
    await discardFill(fill);
    await flight?.done;
    lane.filling = undefined;
    lane.landing = undefined;
    lane.world.budget.forget(laneKey(lane.id));
  }
}

const HOLD_MS = 100;
const RETRY_MS = 200;

type Step = ReturnType<typeof decideFill> | { readonly kind: 'settled' };

function decideNext(lane: LaneContext, fill: Fill, flight: InFlight | undefined, isEnding: boolean): Step {
  const { flushBytesMax } = lane.pipeline;
  const isAsked = !laneDuties[lane.state].mayFetch || lane.nextPipeline !== undefined || isEpochDue(lane);
  const isSettling = isEnding || isAsked;
  if (isSettling && flight === undefined && fill.firstArrivalMs === undefined) return { kind: 'settled' };
  const { budget } = lane.world;
  const [fillingBytes, landingBytes] = [bufferedBytes(fill), flight?.bytes ?? 0];
  const key = laneKey(lane.id);
  budget.note(key, fillingBytes + landingBytes);
  const laneBytesMax = budget.limit(key, fillingBytes + landingBytes > 0);
  const decision = decideFill(
    {
      fillingBytes,
      landingBytes,
      firstArrivalMs: fill.firstArrivalMs,
      lastArrivalMs: fill.lastArrivalMs,
      isCaughtUp: isCaughtUp(lane, fill),
      isLanding: flight !== undefined,
      isSettling,
      nowMs: lane.world.clock.monotonicMs(),
    },
    { flushIntervalMs: flushIntervalOf(lane), flushBytesMax, laneBytesMax },
  );
  if (decision.kind === 'fetch') budget.note(key, fillingBytes + landingBytes + decision.bytesMax);
  return decision;
}

/** Nothing is left below the last stable offsets that the answers told of. */
const isCaughtUp = ({ views }: LaneContext, { accounts }: Fill): boolean =>
  [...accounts.values()].every(
    ({ partition, nextOffset }) => nextOffset >= (views.get(partition)?.lastStableOffset ?? nextOffset),
  );

function flushIntervalOf({ world, pipeline, facts, lastIngestedAtMs }: LaneContext): number {
  const { flushIntervalMs } = pipeline;
  if (facts.lastCommitAtMs !== undefined) return flushIntervalMs;
  return firstFlushMs(flushIntervalMs, lastIngestedAtMs, world.clock.nowMs());
}

/** Begins a batch where the one before it ends, or where the log ends. */
function beginNextFill(lane: LaneContext, before?: Fill): Fill {
  const positions = [...lane.positions].map(([partition, { nextOffset, leaderEpoch }]) => {
    const account = before?.accounts.get(partition);
    return account === undefined
      ? { partition, from: nextOffset, leaderEpoch }
      : { partition, from: account.nextOffset, leaderEpoch: account.leaderEpoch };
  });
  return beginFill(lane.pipeline, { batchId: lane.world.ids.uuid(), lane: lane.id.lane, positions });
}

/** Partitions that the topic grew by since the batch began [S8]. */
function addNewPartitions(lane: LaneContext, fill: Fill): void {
  if (lane.positions.size === fill.accounts.size) return;
  for (const [partition, { nextOffset, leaderEpoch }] of lane.positions) {
    if (fill.accounts.has(partition)) continue;
    fill.accounts.set(partition, openAccount(partition, nextOffset, leaderEpoch));
  }
}

async function fetchOnce(
  lane: LaneContext,
  fill: Fill,
  limits: { readonly bytesMax: number; readonly waitMsMax: number },
): Promise<PumpEnd | undefined> {
  const drain = drainUntil(lane.pipeline);
  const own = hasEpoch(lane) ? (partition: number) => owns(lane, partition) : undefined;
  // A drained partition asks the broker nothing, so nothing would make the loop wait.
  if (drain.until !== undefined && isDrained(lane.pipeline, fill.accounts, own))
    return void (await sleep(HOLD_MS));
  const round = { ...limits, ...withLossesAhead(lane, fill, drain), topic: lane.topic, views: lane.views };
  const asked = (lane.asked ??= askForRecords(lane.world, fill, round));
  const answers = await orRung(asked, lane.bell).catch((error: unknown) => {
    lane.asked = undefined;
    throw error;
  });
  // What is on its way is taken by a later round, unless the positions have moved by then.
  if (answers === undefined || lane.asked !== asked) return undefined;
  lane.asked = undefined;
  const end = await takeAnswers(lane.world, fill, round, answers);
  switch (end.kind) {
    case 'taken':
      lane.facts.recordsTaken += end.records;
      lane.facts.bytesTaken += end.bytes;
      return undefined;
    case 'idle':
      return undefined;
    case 'retry':
    case 'describe':
      // A topic that was deleted or made anew is found by the topic watch, which makes it an incident.
      await sleep(RETRY_MS);
      return undefined;
    case 'incident':
      return end;
  }
}

/** A batch never reads into an accepted loss: the recovery gives it up in a batch of its own [S8]. */
function withLossesAhead(
  { lossesAhead }: LaneContext,
  fill: Fill,
  drain: ReturnType<typeof drainUntil>,
): ReturnType<typeof drainUntil> {
  if (lossesAhead.size === 0) return drain;
  const until = new Map<number, bigint>();
  for (const partition of fill.accounts.keys()) {
    const end = drain.until === undefined ? OFFSET_MAX : (drain.until.get(partition) ?? 0n);
    const loss = lossesAhead.get(partition) ?? OFFSET_MAX;
    until.set(partition, loss < end ? loss : end);
  }
  return { until };
}

const OFFSET_MAX = 2n ** 63n - 1n;

const hasReachedLoss = ({ lossesAhead }: LaneContext, fill: Fill): boolean =>
  [...lossesAhead].some(([partition, from]) => fill.accounts.get(partition)?.nextOffset === from);

function takeIncident(lane: LaneContext): PumpEnd {
  const incident = lane.pendingIncident!;
  lane.pendingIncident = undefined;
  return { kind: 'incident', incident };
}

/** Starts landing the batch; the flight's `end` or `error` is set when it is over. */
function land(lane: LaneContext, fill: Fill): InFlight {
  const flight: InFlight = {
    bytes: bufferedBytes(fill),
    end: undefined,
    error: undefined,
    done: Promise.resolve(),
  };
  const done = withTrace(traceIdOfUuid(fill.batchId), () => fixAndLand(lane, fill)).then(
    (end) => {
      flight.end = end;
    },
    (error: unknown) => {
      flight.error = error instanceof Error ? error : new Error(String(error));
    },
  );
  // The lane may be waiting for records.
  void done.then(() => lane.bell.ring());
  return Object.assign(flight, { done });
}

/** Fixes the batch by its intent, lands it and settles it [S2]. */
async function fixAndLand(lane: LaneContext, fill: Fill): Promise<PumpEnd | 'landed'> {
  try {
    const fixed = await fixBatch(lane, fill);
    if (fixed.kind !== 'fixed') return fixed;
    const { world, lease, tables } = lane;
    const landed = await landBatch({
      world,
      lease,
      tables,
      fill,
      intent: fixed.intent,
      ...jointly(lane, fixed.intent),
    });
    if (landed.kind !== 'landed') return landed;
    for (const { partition, nextOffset, leaderEpoch } of fill.accounts.values()) {
      lane.positions.set(partition, { nextOffset, leaderEpoch });
    }
    await settleBatch(lane, landed, fill);
    return 'landed';
  } finally {
    await discardFill(fill);
  }
}

async function fixBatch(
  lane: LaneContext,
  fill: Fill,
): Promise<PumpEnd | { readonly kind: 'fixed'; readonly intent: Intent }> {
  const committed = new Map(
    [...lane.positions].map(([partition, { nextOffset }]) => [partition, nextOffset]),
  );
  const decision = decideBatch(fill.accounts.values(), committed, fill.lastStableOffsets);
  if (decision.kind === 'nothing') throw brokenBatch(lane, { partition: -1, cause: 'it is empty' });
  if (decision.kind === 'broken') throw brokenBatch(lane, decision);
  if (__HEADWATER_FAULTS__) await faultPoint('intent.before');
  if (!lane.lease.isHeld()) return { kind: 'lost', cause: 'the lease has ended' };
  const { batchId } = fill;
  const ingestedAtUs = (fill.ingestedAtUs ??= nowUs(lane.world));
  const draft = draftIntent(lane, { batchId, ingestedAtUs, ranges: decision.ranges });
  if (__HEADWATER_BARE__) return { kind: 'fixed', intent: draft };
  const put = await putIntent(lane.tables.primary.io.store, draft);
  if (__HEADWATER_FAULTS__) await faultPoint('intent.after');
  return put.kind === 'adopted' ? { kind: 'adopt' } : { kind: 'fixed', intent: put.intent };
}

const brokenBatch = (
  lane: LaneContext,
  { partition, cause }: { readonly partition: number; readonly cause: string },
) =>
  unexpectedError({
    code: 'HW_STAGING_BATCH_BROKEN',
    message: `A batch of ${lane.pipeline.topic}[${partition}] was refused before anything was written: ${cause}.`,
    fix: 'The lane starts over from the log; report this as a bug when it comes again.',
    canRetry: true,
  });
