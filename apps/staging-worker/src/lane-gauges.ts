import type { LaneId, LaneStatus } from '@headwater/core-staging';
import type { Metrics } from '@headwater/platform-observability';

/** How the lanes of this process stand, summed up by product. What is not known has no series: never 0 for unknown. */
export interface LaneGauges {
  reported(product: string, lane: LaneId, status: LaneStatus): void;
  /** The product's lanes that are left report again within a second. */
  ended(product: string): void;
}

export function createLaneGauges(metrics: Metrics): LaneGauges {
  const gauge = (name: string, description: string) => metrics.gauge(name, description, ['product']);
  const gauges = {
    lagSeconds: gauge(
      'staging_lag_seconds',
      'Age of the oldest record that is not staged; absent when unknown.',
    ),
    lagOffsets: gauge(
      'staging_lag_offsets',
      'Offsets between position and high watermark; absent when unknown.',
    ),
    recordsPerSecond: gauge('staging_records_per_second', 'Records taken from the topic.'),
    bytesPerSecond: gauge('staging_bytes_per_second', 'Bytes of record sets taken from the topic.'),
    blocked: gauge('staging_blocked', '1 while an incident stops a lane.'),
  };
  const lanesByEngine = metrics.gauge('staging_engine_lanes', 'Lanes by the engine that serves them.', [
    'product',
    'engine',
  ]);
  const known = new Map<string, Map<number, LaneStatus>>();
  const show = (product: string): void => {
    const statuses = [...(known.get(product)?.values() ?? [])];
    for (const engine of ['kernel', 'duckdb']) {
      const lanes = statuses.filter((status) => status.engine === engine).length;
      if (lanes === 0) lanesByEngine.forget({ product, engine });
      else lanesByEngine.set(lanes, { product, engine });
    }
    const sums = sumUp(statuses);
    for (const [name, each] of Object.entries(gauges)) {
      const value = sums[name as keyof typeof gauges];
      if (value === undefined) each.forget({ product });
      else each.set(value, { product });
    }
  };
  return {
    reported(product, { lane }, status) {
      const lanes = known.get(product) ?? new Map<number, LaneStatus>();
      known.set(product, lanes.set(lane, status));
      show(product);
    },
    ended(product) {
      known.delete(product);
      show(product);
    },
  };
}

type Sums = Readonly<
  Record<'lagSeconds' | 'lagOffsets' | 'recordsPerSecond' | 'bytesPerSecond' | 'blocked', number | undefined>
>;

/** Unknown for one partition is unknown for all: a lag that is not known is never shown as a small one. */
export function sumUp(statuses: readonly LaneStatus[]): Sums {
  const partitions = statuses.flatMap((status) => status.partitions);
  const lags = partitions.flatMap(({ lagSeconds }) => (lagSeconds === undefined ? [] : [lagSeconds]));
  const isKnown = partitions.length > 0;
  const behind = partitions.reduce(
    (sum, { highWatermark, nextOffset }) => sum + Math.max(0, Number(highWatermark - nextOffset)),
    0,
  );
  const sum = (name: 'recordsPerSecond' | 'bytesPerSecond') =>
    statuses.length === 0 ? undefined : statuses.reduce((total, status) => total + status[name], 0);
  return {
    lagSeconds: isKnown && lags.length === partitions.length ? Math.max(...lags) : undefined,
    lagOffsets: isKnown ? behind : undefined,
    recordsPerSecond: sum('recordsPerSecond'),
    bytesPerSecond: sum('bytesPerSecond'),
    blocked:
      statuses.length === 0
        ? undefined
        : Number(statuses.some(({ state }) => state === 'stopped-by-incident')),
  };
}
