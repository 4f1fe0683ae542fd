import type { IncidentFacts } from './incident-judgement.ts';
import type { PoisonPolicy } from './poison-policy.ts';
import type { QuarantineCount } from './ports.ts';

/** What a lane has seen since the window began. */
export interface PoisonWindow {
  /** Monotonic milliseconds of its first batch. */
  readonly sinceMs: number;
  readonly landed: bigint;
  readonly refused: bigint;
  /** Largest reasons first, at most `SAMPLES_MAX`. */
  readonly samples: readonly QuarantineCount[];
}

export interface PoisonVerdict {
  /** The window that goes on; undefined when the next batch begins a new one. */
  readonly window: PoisonWindow | undefined;
  readonly incident?: IncidentFacts;
}

const SAMPLES_MAX = 10;

/** Adds a batch to the window, and judges the window when it is full. */
export function judgePoison(
  policy: PoisonPolicy,
  before: PoisonWindow | undefined,
  batch: {
    readonly landed: bigint;
    readonly refused: bigint;
    readonly samples: readonly QuarantineCount[];
    readonly nowMs: number;
  },
): PoisonVerdict {
  const isOld = before !== undefined && batch.nowMs - before.sinceMs > policy.windowMs;
  const window = addBatch(isOld ? undefined : before, batch);
  const records = window.landed + window.refused;
  if (records < BigInt(policy.windowRecords)) return { window };
  const share = Number(window.refused) / Number(records);
  if (share <= policy.share) return { window: undefined };
  return { window: undefined, incident: poisoned(policy, window, share) };
}

function addBatch(window: PoisonWindow | undefined, batch: Parameters<typeof judgePoison>[2]): PoisonWindow {
  const { landed, refused, samples, nowMs } = batch;
  return {
    sinceMs: window?.sinceMs ?? nowMs,
    landed: (window?.landed ?? 0n) + landed,
    refused: (window?.refused ?? 0n) + refused,
    samples: sumSamples([...(window?.samples ?? []), ...samples]),
  };
}

function sumSamples(counts: readonly QuarantineCount[]): readonly QuarantineCount[] {
  const sums = new Map<string, QuarantineCount>();
  for (const count of counts) {
    const key = [count.stage, count.reason, count.path].join('\n');
    const known = sums.get(key);
    sums.set(key, known === undefined ? count : { ...known, records: known.records + count.records });
  }
  return [...sums.values()].sort((a, b) => b.records - a.records).slice(0, SAMPLES_MAX);
}

const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;

function poisoned(policy: PoisonPolicy, window: PoisonWindow, share: number): IncidentFacts {
  const records = window.landed + window.refused;
  const isPause = policy.policy === 'pause';
  return {
    kind: 'poison',
    cause: `${window.refused} of the last ${records} records (${percent(share)}) were refused; the threshold is ${percent(policy.share)}.`,
    fix: isPause
      ? 'Look at the reasons, mend the producer or the contract, then pause and resume the pipeline and replay the group.'
      : 'Look at the reasons, mend the producer or the contract, then replay the group. Staging goes on meanwhile.',
    samples: window.samples,
  };
}
