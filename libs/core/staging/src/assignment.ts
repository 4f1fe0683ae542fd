import type { LaneCensus } from './ports.ts';

/** What a worker does so that lanes are spread evenly: take some of those nobody holds, or give some back. */
export interface Assignment {
  /** Lanes this worker is to hold in the end. */
  readonly share: number;
  readonly take: number;
  readonly release: number;
}

/**
 * Each worker's share of all lanes: equal but for one, never more than a worker can hold. The workers that hold most get
 * the odd ones, so that the fewest lanes move. Every worker computes the same shares from the same census.
 */
export function planShares({ workers, unheld }: LaneCensus): ReadonlyMap<string, number> {
  const lanes = workers.reduce((sum, { held }) => sum + held, unheld);
  const filled = (level: number) => workers.reduce((sum, { lanesMax }) => sum + Math.min(level, lanesMax), 0);
  let level = Math.floor(lanes / Math.max(1, workers.length));
  const top = Math.max(0, ...workers.map(({ lanesMax }) => lanesMax));
  while (level < top && filled(level + 1) <= lanes) level++;
  let odd = lanes - filled(level);
  const order = workers.toSorted((a, b) => b.held - a.held || (a.owner < b.owner ? -1 : 1));
  return new Map(
    order.map(({ owner, lanesMax }) => [
      owner,
      Math.min(level, lanesMax) + (lanesMax > level && odd-- > 0 ? 1 : 0),
    ]),
  );
}

/**
 * What the worker does next. `held` is what it knows of itself: lanes it holds or is taking, without those it is giving
 * back. A worker at its share, or not in the census, does nothing, so a lane moves once per change of the workers or the lanes.
 */
export function decideAssignment(
  census: LaneCensus,
  self: { readonly owner: string; readonly held: number },
): Assignment {
  const share = planShares(census).get(self.owner) ?? self.held;
  return {
    share,
    take: Math.max(0, Math.min(share - self.held, census.unheld)),
    release: Math.max(0, self.held - share),
  };
}
