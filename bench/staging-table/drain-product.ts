import { untilLedgerHolds } from '../drain.ts';
import { startApp, type AppOptions, type Query } from '../headwater-system.ts';
import { readProcessCost, readThreadCosts } from '../process-cost.ts';
import type { BenchWorld } from './table-row.ts';

export interface Drained {
  readonly rows: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly rssPeakMb: number;
  readonly rowsPerSecond: number;
  readonly rowsPerCoreSecond: number;
}

export interface DrainedProduct extends Drained {
  readonly landed: number;
  readonly quarantined: number;
  readonly threads: ReturnType<typeof readThreadCosts>;
}

export const toDrained = (
  rows: number,
  cost: Pick<Drained, 'wallSeconds' | 'cpuSeconds' | 'rssPeakMb'>,
): Drained => ({
  rows,
  wallSeconds: Number(cost.wallSeconds.toFixed(2)),
  cpuSeconds: cost.cpuSeconds,
  rssPeakMb: cost.rssPeakMb,
  rowsPerSecond: Math.round(rows / cost.wallSeconds),
  rowsPerCoreSecond: Math.round(rows / cost.cpuSeconds),
});

/**
 * Everything in the topic of a product whose pipeline runs, by a worker that is started for it: wall and CPU are from the
 * start of its process, so that its start-up is part of the price.
 */
export async function drainProduct(
  { stack, home }: Pick<BenchWorld, 'stack' | 'home'>,
  query: Query,
  product: string,
  expected: number,
  options: Pick<AppOptions, 'env' | 'nodeArgs'> = {},
): Promise<DrainedProduct> {
  const began = performance.now();
  const worker = await startApp(stack, 'staging-worker', { home, ...options });
  const ledger = await untilLedgerHolds(query, product, expected);
  const wallSeconds = (performance.now() - began) / 1000;
  const { pid } = worker.process;
  const cost = readProcessCost(pid);
  const threads = readThreadCosts(pid);
  await worker.process.stop();
  return {
    ...toDrained(ledger.offsets, { wallSeconds, ...cost }),
    landed: ledger.landed,
    quarantined: ledger.quarantined,
    threads,
  };
}
