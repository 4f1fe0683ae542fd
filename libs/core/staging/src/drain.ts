import type { PipelineSpec } from './pipeline.ts';

type Drained = Pick<PipelineSpec, 'drainTo'>;

/** Where each partition ends while the pipeline is drained; nothing while it is not. */
export function drainUntil({ drainTo }: Drained): { readonly until?: ReadonlyMap<number, bigint> } {
  if (drainTo === undefined) return {};
  return {
    until: new Map(Object.entries(drainTo).map(([partition, offset]) => [Number(partition), BigInt(offset)])),
  };
}

/**
 * True when the pipeline is drained and everything up to its end is committed. `owns` narrows it to the partitions of one
 * lane; a lane that owns none is not drained, because it may be about to own some.
 */
export function isDrained(
  { drainTo }: Drained,
  positions: ReadonlyMap<number, { readonly nextOffset: bigint }>,
  owns?: (partition: number) => boolean,
): boolean {
  const { until } = drainUntil({ ...(drainTo === undefined ? {} : { drainTo }) });
  if (until === undefined) return false;
  const own = owns === undefined ? [...until] : [...until].filter(([partition]) => owns(partition));
  if (owns !== undefined && positions.size === 0) return false;
  return own.every(([partition, offset]) => (positions.get(partition)?.nextOffset ?? -1n) >= offset);
}
