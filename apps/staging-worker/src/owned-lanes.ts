import { describeError } from '@headwater/kernel';
import type { LaneId } from '@headwater/core-staging';
import type { Housekeeping } from './lane/housekeeping.ts';
import { laneKey } from './lane/lane-context.ts';
import { runLane, type LaneEnd } from './lane/lane.ts';
import { sleep, type LaneWorld } from './lane/lane-world.ts';
import type { RetryWaits } from './retry-waits.ts';
import { createTakeoverGate } from './takeover-gate.ts';

/** A lane that this process runs or is about to. */
export interface OwnedLane {
  readonly id: LaneId;
  /** Aborted when the lane is to be given back. */
  readonly stop: AbortController;
  stage: 'waiting' | 'entering' | 'running';
  done: Promise<void>;
}

export interface OwnedLanes {
  has(id: LaneId): boolean;
  /** Runs the lane when it is its turn, until it ends. */
  take(id: LaneId): void;
  all(): readonly OwnedLane[];
  count(): number;
}

/** Lanes that are fenced and recovered at the same time: each reads its tables and waits for the store. */
const TAKEOVERS_MAX = 8;
/** A takeover that is not done by then keeps nobody else waiting: its topic or table may be away. */
const TAKEOVER_MS_MAX = 5_000;

export function createOwnedLanes(
  world: LaneWorld,
  tools: { readonly housekeeping: Housekeeping; readonly waits: RetryWaits },
): OwnedLanes {
  const { housekeeping, waits } = tools;
  const lanes = new Map<string, OwnedLane>();
  const gate = createTakeoverGate(TAKEOVERS_MAX);

  const own = async (lane: OwnedLane): Promise<void> => {
    const leave = await gate.enter(lane.stop.signal);
    if (leave === undefined) return;
    const startedMs = world.clock.monotonicMs();
    lane.stage = 'entering';
    const isOver = new AbortController();
    void sleep(TAKEOVER_MS_MAX, isOver.signal).then(leave);
    const onRunning = () => {
      lane.stage = 'running';
      isOver.abort();
    };
    const end = await runLane({ world, housekeeping, stop: lane.stop.signal, onRunning }, lane.id).catch(
      (error: unknown): LaneEnd => ({ kind: 'failed', error }),
    );
    isOver.abort();
    if (end.kind !== 'failed') return waits.clear(laneKey(lane.id));
    world.logger.warn({ lane: lane.id, problem: describeError(end.error) }, 'a lane ended with an error');
    waits.failed(laneKey(lane.id), startedMs);
  };

  return {
    has: (id) => lanes.has(laneKey(id)),
    take(id) {
      const lane: OwnedLane = { id, stop: new AbortController(), stage: 'waiting', done: Promise.resolve() };
      lanes.set(laneKey(id), lane);
      lane.done = own(lane).finally(() => lanes.delete(laneKey(id)));
    },
    all: () => [...lanes.values()],
    count: () => lanes.size,
  };
}
