import type { BatchRecord, LandedOutputs, LaneId, LaneStatus, PipelineSpec } from '@headwater/core-staging';
import { ledgerClasses } from '@headwater/core-staging';
import { boundedLabel, type Metrics } from '@headwater/platform-observability';
import { createLaneGauges } from './lane-gauges.ts';

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
  /** Also of batches that come to nothing afterwards. */
  batchJudged(pipeline: PipelineSpec, guarded: NonNullable<LandedOutputs['guarded']>): void;
  laneReported(pipeline: PipelineSpec, lane: LaneId, status: LaneStatus): void;
  lanes(counts: LaneCounts): void;
  /** Bytes all lanes hold or have asked for. */
  heldBytes(bytes: number): void;
  engineThreads(threads: { readonly running: number; readonly died: number }): void;
  laneEnded(pipeline: PipelineSpec, reason: 'released' | 'lost' | 'failed'): void;
}

/** Products with series of their own; those beyond share `other`. */
const PRODUCTS_MAX = 1_000;

export function createLaneMetrics(metrics: Metrics): LaneMetrics {
  const offsets = metrics.counter('staging_offsets_total', 'Offsets accounted for, by ledger class.', [
    'product',
    'class',
  ]);
  const batches = metrics.counter('staging_batches_total', 'Batches committed to the primary table.', [
    'product',
  ]);
  const gauges = createLaneGauges(metrics);
  const productOf = boundedLabel(PRODUCTS_MAX);
  const ended = metrics.counter('staging_lanes_ended_total', 'Lanes that ended in this process.', [
    'product',
    'reason',
  ]);
  const guarded = metrics.counter(
    'staging_guarded_records_total',
    'Records the columnar kernel left to the record judge.',
    ['product'],
  );
  const traps = metrics.counter(
    'staging_kernel_traps_total',
    'Failures inside of the columnar kernel that were caught.',
    ['product'],
  );
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
    batchLanded({ productName }, batch) {
      const product = productOf(productName);
      batches.add(1, { product });
      for (const { classes } of batch.entries) {
        for (const name of ledgerClasses) {
          if (classes[name] > 0n) offsets.add(Number(classes[name]), { product, class: name });
        }
      }
    },
    batchJudged({ productName }, found) {
      const product = productOf(productName);
      guarded.add(found.records, { product });
      traps.add(found.traps, { product });
    },
    laneReported: ({ productName }, lane, status) => gauges.reported(productOf(productName), lane, status),
    laneEnded({ productName }, reason) {
      const product = productOf(productName);
      ended.add(1, { product, reason });
      gauges.ended(product);
    },
  };
}
