import { describeError } from '@headwater/kernel';
import { decideAssignment, faultPoint, isPlanted } from '@headwater/core-staging';
import { createBell, sleepUnlessRung } from './lane/bell.ts';
import { startHousekeeping, type Housekeeping } from './lane/housekeeping.ts';
import { laneKey } from './lane/lane-context.ts';
import type { LaneWorld } from './lane/lane-world.ts';
import { createOwnedLanes, type OwnedLane } from './owned-lanes.ts';
import { createRetryWaits } from './retry-waits.ts';

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

const LOOK_AGAIN_MS_MIN = 20;

/**
 * Owns its share of the lanes: takes some that nobody holds, gives some back when a worker joins, runs each until it
 * ends, and waits longer after each failure.
 */
export function startWorker({ world, sweepEveryMs, lanesMax }: WorkerOptions): Worker {
  const { settings, metrics, logger } = world;
  const stopping = new AbortController();
  const waits = createRetryWaits(world.clock);
  const housekeeping = startHousekeeping(world);
  const lanes = createOwnedLanes(world, { housekeeping, waits });
  const bell = createBell();
  let isRung = false;

  /** Answers in how many milliseconds to look again. */
  const sweep = async (): Promise<number> => {
    if (__HEADWATER_FAULTS__) {
      await faultPoint('sweep.before');
      if (isPlanted('rings-without-sweeper') && !isRung) return sweepEveryMs;
    }
    isRung = false;
    const counts = countStages(lanes.all());
    const { waiting, entering, running, leaving } = counts;
    const { owner } = settings;
    const report = { owner, held: entering + running + leaving, lanesMax };
    const census = await world.roster.report(report, settings.lease.ttlMs);
    const assignment = decideAssignment(census, { owner, held: waiting + entering + running });
    metrics.lanes({ ...counts, share: assignment.share });
    metrics.heldBytes(world.budget.total());
    for (const lane of chooseReleased(lanes.all(), housekeeping, assignment.release)) lane.stop.abort();
    if (assignment.take > 0) await takeUnheld(assignment.take, waiting);
    // A lease that is not renewed is missed when it ends.
    return Math.min(sweepEveryMs, Math.max(LOOK_AGAIN_MS_MIN, census.nextEndMs ?? sweepEveryMs));
  };
  const takeUnheld = async (count: number, waiting: number): Promise<void> => {
    let left = count;
    for (const id of await world.leases.unleased(settings.owner, count + waits.count() + waiting)) {
      if (left === 0 || stopping.signal.aborted) return;
      if (lanes.has(id) || waits.mustWait(laneKey(id))) continue;
      lanes.take(id);
      left--;
    }
  };
  const sweeping = (async () => {
    while (!stopping.signal.aborted) {
      const waitMs = await sweep().catch((error: unknown) => {
        logger.warn({ problem: describeError(error) }, 'lanes could not be looked for');
        return sweepEveryMs;
      });
      // Who rings while lanes are looked for may know of one that was not there yet.
      if (!stopping.signal.aborted) await sleepUnlessRung(isRung ? LOOK_AGAIN_MS_MIN : waitMs, bell);
    }
  })();

  return {
    ring() {
      isRung = true;
      bell.ring();
    },
    laneCount: () => lanes.count(),
    async stop() {
      stopping.abort();
      bell.ring();
      for (const lane of lanes.all()) lane.stop.abort();
      await sweeping;
      for (const lane of lanes.all()) lane.stop.abort();
      await Promise.all(lanes.all().map(({ done }) => done));
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
    [...housekeeping.lanes()].map(({ id, facts }) => [laneKey(id), facts.lastCommitAtMs ?? 0]),
  );
  const cost = ({ id, stage }: OwnedLane): number =>
    stage === 'waiting' ? -1 : (committedAtMs.get(laneKey(id)) ?? 0);
  return lanes
    .filter(({ stop }) => !stop.signal.aborted)
    .toSorted((a, b) => cost(a) - cost(b))
    .slice(0, count);
}
