import type { LaneStatusReport } from '@headwater/core-staging';
import { describeError } from '@headwater/kernel';
import { createJointCommits, type JointCommits } from './joint-commits.ts';
import type { LaneContext } from './lane-context.ts';
import { sleep, type LaneWorld } from './lane-world.ts';
import { createLeaseKeeper, type LeaseKeeper } from './lease-keeper.ts';
import { newStatus } from './report.ts';
import { followControl, followTopic } from './watch.ts';

/**
 * What all lanes of a process need done again and again, done once for all of them: one statement renews every lease,
 * one asks what operators changed, one writes what lanes have to tell, one request describes every topic.
 */
export interface Housekeeping {
  readonly leases: LeaseKeeper;
  readonly joint: JointCommits;
  /** Looks after the lane until it leaves. */
  join(lane: LaneContext): void;
  /** Tells how the lane stands one last time. */
  leave(lane: LaneContext): Promise<void>;
  /** Lanes that are looked after. */
  lanes(): Iterable<LaneContext>;
  stop(): Promise<void>;
}

export function startHousekeeping(world: LaneWorld): Housekeeping {
  const lanes = new Set<LaneContext>();
  const stopping = new AbortController();
  const { controlEveryMs, topicEveryMs, statusEveryMs } = world.settings;

  const repeat = async (everyMs: number, round: () => Promise<void>): Promise<void> => {
    while (!stopping.signal.aborted) {
      await sleep(everyMs, stopping.signal);
      if (stopping.signal.aborted || lanes.size === 0) continue;
      await round().catch((error: unknown) =>
        world.logger.warn({ problem: describeError(error) }, 'lanes could not look around'),
      );
    }
  };
  const rounds = [
    repeat(controlEveryMs, () => controlRound(world, lanes)),
    repeat(topicEveryMs, () => topicRound(lanes)),
    repeat(statusEveryMs, () => statusRound(world, lanes)),
  ];
  return {
    leases: createLeaseKeeper(world),
    joint: createJointCommits(world),
    join: (lane) => void lanes.add(lane),
    async leave(lane) {
      if (lanes.delete(lane)) await statusRound(world, [lane]);
    },
    lanes: () => lanes,
    async stop() {
      stopping.abort();
      // A round may be in the middle of a look at the broker.
      await Promise.race([Promise.all(rounds), sleep(ROUNDS_END_WITHIN_MS)]);
    },
  };
}

const ROUNDS_END_WITHIN_MS = 2_000;

/** Lanes that have no fence yet do nothing an operator could stop. */
const isFenced = ({ state }: LaneContext): boolean => state !== 'fencing';

async function controlRound(world: LaneWorld, lanes: Iterable<LaneContext>): Promise<void> {
  const followed = [...lanes].filter(isFenced);
  const ids = new Set(followed.map(({ id }) => id.pipelineId));
  const marks = await world.store.pipelineMarks([...ids]);
  for (const lane of followed) {
    await followControl(lane, marks.get(lane.id.pipelineId)).catch(notSeen(lane));
  }
}

async function topicRound(lanes: Iterable<LaneContext>): Promise<void> {
  await Promise.all([...lanes].filter(isFenced).map((lane) => followTopic(lane).catch(notSeen(lane))));
}

const notSeen =
  ({ logger }: LaneContext) =>
  (error: unknown): void =>
    logger.warn({ problem: describeError(error) }, 'a lane could not look around');

async function statusRound(world: LaneWorld, lanes: Iterable<LaneContext>): Promise<void> {
  const reports: LaneStatusReport[] = [];
  for (const lane of lanes) {
    const status = newStatus(lane);
    if (status === undefined) continue;
    world.metrics.laneReported(lane.pipeline, lane.id, status);
    // Another owner reports from here on.
    if (lane.lease.isHeld()) reports.push({ lane: lane.id, status });
  }
  if (reports.length === 0) return;
  await world.store.reportStatuses(reports).catch((error: unknown) => {
    // What was not written is told again.
    for (const lane of lanes) lane.reported = undefined;
    world.logger.debug({ problem: describeError(error) }, 'statuses were not reported');
  });
}
