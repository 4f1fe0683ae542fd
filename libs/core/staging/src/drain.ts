import type { PipelineSpec } from './pipeline.ts';

type Drained = Pick<PipelineSpec, 'drainTo'>;

/** Where each partition ends while the pipeline is drained; nothing while it is not. */
export function drainUntil({ drainTo }: Drained): { readonly until?: ReadonlyMap<number, bigint> } {
  if (drainTo === undefined) return {};
  return {
    until: new Map(Object.entries(drainTo).map(([partition, offset]) => [Number(partition), BigInt(offset)])),
  };
}

/** True when the pipeline is drained and everything up to its end is committed. */
export function isDrained(
  { drainTo }: Drained,
  positions: ReadonlyMap<number, { readonly nextOffset: bigint }>,
): boolean {
  const { until } = drainUntil({ ...(drainTo === undefined ? {} : { drainTo }) });
  if (until === undefined) return false;
  return [...until].every(([partition, offset]) => (positions.get(partition)?.nextOffset ?? -1n) >= offset);
}
