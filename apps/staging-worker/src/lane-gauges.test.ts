import { boundedLabel, createMetrics } from '@headwater/platform-observability';
import type { LaneStatus, PartitionStatus } from '@headwater/core-staging';
import { expect, test } from 'vitest';
import { createLaneGauges, sumUp } from './lane-gauges.ts';

const status = (partitions: readonly PartitionStatus[], over: Partial<LaneStatus> = {}): LaneStatus => ({
  state: 'running',
  engine: 'duckdb',
  partitions,
  recordsPerSecond: 10,
  bytesPerSecond: 1_000,
  tableVersion: 1n,
  ...over,
});
const at = (partition: number, lag: bigint, lagSeconds?: number): PartitionStatus => ({
  partition,
  nextOffset: 5n,
  highWatermark: 5n + lag,
  ...(lagSeconds === undefined ? {} : { lagSeconds }),
});

test('lanes of a product are summed up: the worst lag in seconds, the sum of the others', () => {
  const both = [status([at(0, 3n, 1.5)]), status([at(1, 4n, 9)], { state: 'stopped-by-incident' })];
  expect(sumUp(both)).toEqual({
    lagSeconds: 9,
    lagOffsets: 7,
    recordsPerSecond: 20,
    bytesPerSecond: 2_000,
    blocked: 1,
  });
});

test('a lag that is unknown for one partition is unknown, never 0', () => {
  expect(sumUp([status([at(0, 0n, 0), at(1, 4n)])]).lagSeconds).toBeUndefined();
  expect(sumUp([status([])])).toMatchObject({ lagSeconds: undefined, lagOffsets: undefined });
});

test('a lane that ended leaves no series behind', async () => {
  const metrics = createMetrics({ app: 'test' });
  const gauges = createLaneGauges(metrics);
  gauges.reported('ads/events', { pipelineId: 'p', lane: 0 }, status([at(0, 3n, 1)]));
  expect(await metrics.text()).toContain('headwater_staging_lag_seconds{product="ads/events",app="test"} 1');
  gauges.ended('ads/events');
  expect(await metrics.text()).not.toContain('product="ads/events"');
});

test('a label has a bounded number of values', () => {
  const label = boundedLabel(2);
  expect(['a', 'b', 'c', 'a', 'd'].map(label)).toEqual(['a', 'b', 'other', 'a', 'other']);
});
