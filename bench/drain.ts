import { setTimeout as sleep } from 'node:timers/promises';
import type { Query, RunningApp } from './headwater-system.ts';
import { readProcessCost } from './process-cost.ts';

/** What a drain by a worker that runs already took. */
export interface DrainCost {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

export async function costOf(
  { process: { pid } }: RunningApp,
  drain: () => Promise<void>,
): Promise<DrainCost> {
  const before = readProcessCost(pid);
  const began = performance.now();
  await drain();
  const wallSeconds = (performance.now() - began) / 1000;
  return {
    wallSeconds: Number(wallSeconds.toFixed(2)),
    cpuSeconds: Number((readProcessCost(pid).cpuSeconds - before.cpuSeconds).toFixed(2)),
  };
}

/** The account of a product's topic. */
export interface Ledger {
  readonly offsets: number;
  readonly landed: number;
  readonly quarantined: number;
}

const LOOK_EVERY_MS = 100;

/** Waits until the ledger of the product (`bench/ad-events`) accounts for so many offsets. */
export async function untilLedgerHolds(query: Query, product: string, offsets: number): Promise<Ledger> {
  for (; ; await sleep(LOOK_EVERY_MS)) {
    const { pipelineStatus } = await query<{
      pipelineStatus: { ledger: Readonly<Record<keyof Ledger, string>> };
    }>(`{ pipelineStatus(product: "${product}") { ledger { offsets landed quarantined } } }`);
    const { ledger } = pipelineStatus;
    if (Number(ledger.offsets) < offsets) continue;
    return {
      offsets: Number(ledger.offsets),
      landed: Number(ledger.landed),
      quarantined: Number(ledger.quarantined),
    };
  }
}
