import { describeError } from '@headwater/kernel';
import { faultPoint, isPlanted, decideAssignment, type LaneId } from '@headwater/core-staging';
import { startHousekeeping, type Housekeeping } from './lane/housekeeping.ts';
import { runLane, type LaneEnd } from './lane/lane.ts';
import { sleep, type LaneWorld } from './lane/lane-world.ts';
import { createRetryWaits } from './retry-waits.ts';
import { createTakeoverGate } from './takeover-gate.ts';

export interface WorkerOptions {
  readonly world: LaneWorld;
  /** How often lanes without an owner are looked for [S1]. */
  readonly sweepEveryMs: number;
  /** Most lanes this process owns. */
  readonly lanesMax: number;
}

export interface Worker {
  /** Looks for lanes at once: somebody rang. */
  ring(): void;
  laneCount(): number;
  /** Ends every lane in order: what is buffered is landed or dropped whole [S12]. */
  stop(): Promise<void>;
}

/** A lane that this process runs or is about to. */
interface OwnedLane {
  readonly id: LaneId;
  readonly stop: AbortController;
  stage: 'waiting' | 'entering' | 'running';
  done: Promise<void>;
}

/** Lanes that are fenced and recovered at the same time: each reads its tables and waits for the store. */
const TAKEOVERS_MAX = 8;
/** A takeover that is not done by then keeps nobody else waiting: its topic or table may be away. */
const TAKEOVER_MS_MAX = 5_000;

/**
 * Owns its share of the lanes: takes some that nobody holds, gives some back when a worker joins, runs each until it
 * ends, and waits longer after each failure.
 */
export function startWorker({ world, sweepEveryMs, lanesMax }: WorkerOptions): Worker {
  const { settings, metrics, logger } = world;
  const stopping = new AbortController();
  const lanes = new Map<string, OwnedLane>();
  const waits = createRetryWaits(world.clock);
  const gate = createTakeoverGate(TAKEOVERS_MAX);
  const housekeeping = startHousekeeping(world);
  let rung = new AbortController();

  const take = (id: LaneId): void => {
    const lane: OwnedLane = { id, stop: new AbortController(), stage: 'waiting', done: Promise.resolve() };
    lanes.set(keyOf(id), lane);
    lane.done = own(lane).finally(() => lanes.delete(keyOf(id)));
  };
  const own = async (lane: OwnedLane): Promise<void> => {
    const leave = await gate.enter(lane.stop.signal);
    if (leave === undefined) return;
    const startedMs = world.clock.monotonicMs();
    lane.stage = 'entering';
    void sleep(TAKEOVER_MS_MAX, lane.stop.signal).then(leave);
    const onRunning = () => {
      lane.stage = 'running';
      leave();
    };
    const end = await runLane({ world, housekeeping, stop: lane.stop.signal, onRunning }, lane.id).catch(
      (error: unknown): LaneEnd => ({ kind: 'failed', error }),
    );
    leave();
    if (end.kind !== 'failed') return waits.clear(keyOf(lane.id));
    logger.warn({ lane: lane.id, problem: describeError(end.error) }, 'a lane ended with an error');
    waits.failed(keyOf(lane.id), startedMs);
  };
  let isRung = false;
  const sweep = async (): Promise<void> => {
    if (__HEADWATER_FAULTS__) {
      await faultPoint('sweep.before');
      if (isPlanted('rings-without-sweeper') && !isRung) return;
      isRung = false;
    }
    const counts = countStages(lanes.values());
    const { waiting, entering, running, leaving } = counts;
    const { owner } = settings;
    // A lane that is being given back is still somebody's: the sum of all lanes stays what it is.
    const report = { owner, held: entering + running + leaving, lanesMax };
    const census = await world.roster.report(report, settings.lease.ttlMs);
    const assignment = decideAssignment(census, { owner, held: waiting + entering + running });
    metrics.lanes({ ...counts, share: assignment.share });
    metrics.heldBytes(world.budget.total());
    for (const lane of chooseReleased([...lanes.values()], housekeeping, assignment.release))
      lane.stop.abort();
    if (assignment.take > 0) await takeUnheld(assignment.take, waiting);
  };
  const takeUnheld = async (count: number, waiting: number): Promise<void> => {
    let left = count;
    for (const id of await world.leases.unleased(settings.owner, count + waits.count() + waiting)) {
      if (left === 0 || stopping.signal.aborted) return;
      if (lanes.has(keyOf(id)) || waits.mustWait(keyOf(id))) continue;
      take(id);
      left--;
    }
  };
  const sweeping = (async () => {
    while (!stopping.signal.aborted) {
      await sweep().catch((error: unknown) =>
        logger.warn({ problem: describeError(error) }, 'lanes could not be looked for'),
      );
      rung = new AbortController();
      await sleep(sweepEveryMs, AbortSignal.any([stopping.signal, rung.signal]));
    }
  })();

  return {
    ring() {
      isRung = true;
      rung.abort();
    },
    laneCount: () => lanes.size,
    async stop() {
      stopping.abort();
      for (const lane of lanes.values()) lane.stop.abort();
      await sweeping;
      for (const lane of lanes.values()) lane.stop.abort();
      await Promise.all([...lanes.values()].map(({ done }) => done));
      await housekeeping.stop();
      await world.roster.leave(settings.owner).catch(() => undefined);
    },
  };
}

function countStages(lanes: Iterable<OwnedLane>): Record<OwnedLane['stage'] | 'leaving', number> {
  const counts = { waiting: 0, entering: 0, running: 0, leaving: 0 };
  for (const { stage, stop } of lanes) {
    if (!stop.signal.aborted) counts[stage]++;
    else if (stage !== 'waiting') counts.leaving++;
  }
  return counts;
}

/** Lanes that are given back: those that have not begun first, then those that have been quiet the longest. */
function chooseReleased(
  lanes: readonly OwnedLane[],
  housekeeping: Housekeeping,
  count: number,
): readonly OwnedLane[] {
  if (count === 0) return [];
  const committedAtMs = new Map(
    [...housekeeping.lanes()].map(({ id, facts }) => [keyOf(id), facts.lastCommitAtMs ?? 0]),
  );
  const cost = ({ id, stage }: OwnedLane): number =>
    stage === 'waiting' ? -1 : (committedAtMs.get(keyOf(id)) ?? 0);
  return lanes
    .filter(({ stop }) => !stop.signal.aborted)
    .toSorted((a, b) => cost(a) - cost(b))
    .slice(0, count);
}

const keyOf = ({ pipelineId, lane }: LaneId): string => `${pipelineId}/${lane}`;
