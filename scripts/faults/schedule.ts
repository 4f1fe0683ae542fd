import { faultPointNames, type FaultPointName, type PlantedBug } from '@headwater/core-staging';

/** One thing done to the system. `nth` counts passings of the point in one process. */
export type Fault =
  | { readonly kind: 'kill-worker'; readonly at: 'random'; readonly afterMs: number }
  | { readonly kind: 'kill-worker'; readonly at: FaultPointName; readonly nth: number }
  | { readonly kind: 'stop-worker'; readonly at: FaultPointName; readonly nth: number }
  | { readonly kind: 'kill-broker'; readonly afterMs: number }
  | { readonly kind: 'flush-redis'; readonly afterMs: number };

export interface ScheduleSize {
  readonly workerKills: number;
  readonly workerStops: number;
  readonly brokerKills: number;
  readonly redisFlushes: number;
}

export const quickSize: ScheduleSize = { workerKills: 30, workerStops: 3, brokerKills: 5, redisFlushes: 5 };

/** A deterministic source of numbers in [0, 1) (mulberry32): one seed, one run. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Points that a worker passes by itself, without anybody who brings about a race or a lost answer. */
const passedByItself: readonly FaultPointName[] = faultPointNames.filter(
  (name) =>
    !/^(outbox|retention|revoke|sweep)\./.test(name) &&
    name !== 'primary-commit.rebase' &&
    name !== 'primary-commit.read-back',
);

/** Points passed once per ownership; all others are passed by every batch. */
const oncePerOwner: readonly FaultPointName[] = [
  'sweep.before',
  'claim.after',
  'fence.before',
  'fence.after',
  'checkpoint.write',
  'checkpoint.pointer',
];
/** A zombie is most dangerous with its commit on the way. */
const stopPoints: readonly FaultPointName[] = ['primary-commit.sent', 'primary-commit.before'];

/** Half of the worker kills at named points, each point as often as the others; everything in a seeded order. */
export function planSchedule(seed: number, size: ScheduleSize): readonly Fault[] {
  const random = createRandom(seed);
  const points = shuffle(random, passedByItself);
  const nthOf = (at: FaultPointName) =>
    oncePerOwner.includes(at) || at.startsWith('prune') ? 1 : 1 + Math.floor(random() * 3);
  const atPoints = Math.ceil(size.workerKills / 2);
  const delayMs = (most: number) => Math.round(200 + random() * most);
  const kills = Array.from({ length: size.workerKills }, (_, index): Fault => {
    if (index >= atPoints) return { kind: 'kill-worker', at: 'random', afterMs: delayMs(3_000) };
    const at = points[index % points.length]!;
    return { kind: 'kill-worker', at, nth: nthOf(at) };
  });
  const stops = Array.from({ length: size.workerStops }, (_, index): Fault => {
    return {
      kind: 'stop-worker',
      at: stopPoints[index % stopPoints.length]!,
      nth: 1 + Math.floor(random() * 3),
    };
  });
  const others = [
    ...Array.from({ length: size.brokerKills }, (): Fault => ({
      kind: 'kill-broker',
      afterMs: delayMs(2_000),
    })),
    ...Array.from({ length: size.redisFlushes }, (): Fault => ({
      kind: 'flush-redis',
      afterMs: delayMs(2_000),
    })),
  ];
  return shuffle(random, [...kills, ...stops, ...others]);
}

function shuffle<T>(random: () => number, items: readonly T[]): T[] {
  const shuffled = [...items];
  for (let index = shuffled.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [shuffled[index], shuffled[other]] = [shuffled[other]!, shuffled[index]!];
  }
  return shuffled;
}

/** The faults that show the planted bug soonest come first, so that a run with it stays short. */
export function bringForward(schedule: readonly Fault[], planted: PlantedBug | undefined): readonly Fault[] {
  const shows = (fault: Fault): boolean =>
    planted === 'txn-before-rows'
      ? fault.kind === 'kill-worker' && fault.at === 'primary-commit.answered'
      : planted === 'ignore-foreign-txn'
        ? fault.kind === 'stop-worker' && fault.at === 'primary-commit.sent'
        : false;
  return schedule.toSorted((a, b) => Number(shows(b)) - Number(shows(a)));
}

export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill-worker':
      return fault.at === 'random'
        ? `kill -9 worker after ${fault.afterMs} ms of work`
        : `kill -9 worker at ${fault.at}, passing ${fault.nth}`;
    case 'stop-worker':
      return `stop worker at ${fault.at}, passing ${fault.nth}, past its lease, then wake it`;
    case 'kill-broker':
      return `kill -9 broker after ${fault.afterMs} ms`;
    case 'flush-redis':
      return `FLUSHALL after ${fault.afterMs} ms`;
  }
}
