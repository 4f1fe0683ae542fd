import type { BatchRecord, LaneId, LaneStatus, PipelineSpec } from '@headwater/core-staging';
import { ledgerClasses } from '@headwater/core-staging';
import type { Metrics } from '@headwater/platform-observability';

/**
 * `waiting`: chosen, but not begun. `entering`: being fenced and recovered. `leaving`: being given back. `running`: all
 * others of this process.
 */
export interface LaneCounts {
  readonly waiting: number;
  readonly entering: number;
  readonly running: number;
  readonly leaving: number;
  /** Lanes this process is to hold in the end. */
  readonly share: number;
}

/** What lanes tell Prometheus. Labels are the product's name and closed words. */
export interface LaneMetrics {
  batchLanded(pipeline: PipelineSpec, batch: BatchRecord): void;
  laneReported(pipeline: PipelineSpec, lane: LaneId, status: LaneStatus): void;
  lanes(counts: LaneCounts): void;
  /** Bytes all lanes hold or have asked for. */
  heldBytes(bytes: number): void;
  engineThreads(threads: { readonly running: number; readonly died: number }): void;
  laneEnded(pipeline: PipelineSpec, reason: 'released' | 'lost' | 'failed'): void;
}

export function createLaneMetrics(metrics: Metrics): LaneMetrics {
  const offsets = metrics.counter('staging_offsets_total', 'Offsets accounted for, by ledger class.', [
    'product',
    'class',
  ]);
  const batches = metrics.counter('staging_batches_total', 'Batches committed to the primary table.', [
    'product',
  ]);
  const lagSeconds = metrics.gauge('staging_lag_seconds', 'Age of the oldest record that is not staged.', [
    'product',
  ]);
  const lagRecords = metrics.gauge('staging_lag_offsets', 'Offsets between position and high watermark.', [
    'product',
  ]);
  const blocked = metrics.gauge('staging_blocked', '1 while an incident stops the lane.', ['product']);
  const ended = metrics.counter('staging_lanes_ended_total', 'Lanes that ended in this process.', [
    'product',
    'reason',
  ]);
  const engineThreads = metrics.gauge('staging_engine_threads', 'Engine threads, running and died so far.', [
    'state',
  ]);
  const lanes = metrics.gauge('staging_lanes', 'Lanes of this process by how far they are, and its share.', [
    'state',
  ]);
  const heldBytes = metrics.gauge('staging_held_bytes', 'Bytes all lanes hold or have asked for.', []);
  return {
    heldBytes: (bytes) => heldBytes.set(bytes),
    lanes(counts) {
      for (const state of ['waiting', 'entering', 'running', 'leaving', 'share'] as const)
        lanes.set(counts[state], { state });
    },
    engineThreads({ running, died }) {
      engineThreads.set(running, { state: 'running' });
      engineThreads.set(died, { state: 'died' });
    },
    batchLanded({ productName: product }, batch) {
      batches.add(1, { product });
      for (const { classes } of batch.entries) {
        for (const name of ledgerClasses) {
          if (classes[name] > 0n) offsets.add(Number(classes[name]), { product, class: name });
        }
      }
    },
    laneReported({ productName: product }, _lane, status) {
      const lags = status.partitions.flatMap((each) =>
        each.lagSeconds === undefined ? [] : [each.lagSeconds],
      );
      if (lags.length === 0) lagSeconds.forget({ product });
      else lagSeconds.set(Math.max(...lags), { product });
      const behind = status.partitions.reduce((sum, each) => sum + each.highWatermark - each.nextOffset, 0n);
      lagRecords.set(Number(behind), { product });
      blocked.set(status.state === 'stopped-by-incident' ? 1 : 0, { product });
    },
    laneEnded: ({ productName: product }, reason) => ended.add(1, { product, reason }),
  };
}
