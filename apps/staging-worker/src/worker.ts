import { describeError } from '@headwater/kernel';
import { faultPoint, isPlanted, type LaneId } from '@headwater/core-staging';
import { runLane, type LaneEnd } from './lane/lane.ts';
import { sleep, type LaneWorld } from './lane/lane-world.ts';

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

/** Owns lanes: sweeps for those that nobody holds, runs each until it ends, and waits longer after each failure. */
export function startWorker({ world, sweepEveryMs, lanesMax }: WorkerOptions): Worker {
  const stopping = new AbortController();
  const lanes = new Map<string, Promise<void>>();
  const waits = new Map<string, RetryWait>();
  let rung = new AbortController();

  const own = async (id: LaneId): Promise<void> => {
    const key = keyOf(id);
    const startedMs = world.clock.monotonicMs();
    const end = await runLane(world, id, stopping.signal).catch((error: unknown): LaneEnd => ({
      kind: 'failed',
      error,
    }));
    lanes.delete(key);
    if (end.kind !== 'failed') return void waits.delete(key);
    world.logger.warn({ lane: id, problem: describeError(end.error) }, 'a lane ended with an error');
    const nowMs = world.clock.monotonicMs();
    const before = nowMs - startedMs > STEADY_MS ? undefined : waits.get(key);
    waits.set(key, nextWait(before, nowMs));
  };
  let isRung = false;
  const sweep = async (): Promise<void> => {
    if (__HEADWATER_FAULTS__) {
      await faultPoint('sweep.before');
      if (isPlanted('rings-without-sweeper') && !isRung) return;
      isRung = false;
    }
    const room = lanesMax - lanes.size;
    if (room <= 0) return;
    for (const id of await world.leases.unleased(room + waits.size)) {
      const key = keyOf(id);
      if (lanes.has(key) || lanes.size >= lanesMax) continue;
      if ((waits.get(key)?.untilMs ?? 0) > world.clock.monotonicMs()) continue;
      lanes.set(key, own(id));
    }
  };
  const sweeping = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await sweep();
      } catch (error) {
        world.logger.warn({ problem: describeError(error) }, 'lanes could not be looked for');
      }
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
      await sweeping;
      await Promise.all(lanes.values());
    },
  };
}

interface RetryWait {
  readonly waitMs: number;
  readonly untilMs: number;
}

const WAIT_MS_MIN = 500;
const WAIT_MS_MAX = 30_000;
/** A lane that lived so long before it failed begins with a short wait again. */
const STEADY_MS = 60_000;

const nextWait = (before: RetryWait | undefined, nowMs: number): RetryWait => {
  const waitMs = Math.min(WAIT_MS_MAX, before === undefined ? WAIT_MS_MIN : before.waitMs * 2);
  return { waitMs, untilMs: nowMs + waitMs };
};

const keyOf = ({ pipelineId, lane }: LaneId): string => `${pipelineId}/${lane}`;
