import type { BatchRecord, PipelineSpec } from '@headwater/core-staging';
import {
  traceIdOfUuid,
  type FinishedSpan,
  type Metrics,
  type Traces,
} from '@headwater/platform-observability';
import type { BatchPhases } from './batch-phases.ts';

/** What a committed batch tells metrics and traces about its time. */
export interface BatchTelemetry {
  batchLanded(pipeline: PipelineSpec, batch: LandedBatch): void;
}

export interface LandedBatch {
  readonly batch: BatchRecord;
  readonly tableVersion: bigint;
  readonly phases: BatchPhases;
}

/** Seconds; from a batch of a few rows on a quiet topic to a large one on a slow store. */
const phaseBuckets = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60];

export function createBatchTelemetry(metrics: Metrics, traces: Traces): BatchTelemetry {
  const seconds = metrics.histogram('staging_batch_phase_seconds', 'Time a batch spends in a phase.', {
    labelNames: ['phase'],
    buckets: phaseBuckets,
  });
  return {
    batchLanded(pipeline, landed) {
      const times = landed.phases.times();
      for (const { phase, busyMs } of times) seconds.observe(busyMs / 1_000, { phase });
      if (!traces.isOn || times.length === 0) return;
      traces.record({
        traceId: traceIdOfUuid(landed.batch.batchId),
        name: 'staging batch',
        startMs: Math.min(...times.map(({ startMs }) => startMs)),
        endMs: Math.max(...times.map(({ endMs }) => endMs)),
        attributes: attributesOf(pipeline, landed),
        parts: times.map(({ phase, startMs, endMs, busyMs }): FinishedSpan => ({
          name: phase,
          startMs,
          endMs,
          attributes: { 'headwater.busy_ms': Math.round(busyMs * 1_000) / 1_000 },
        })),
      });
    },
  };
}

function attributesOf(pipeline: PipelineSpec, { batch, tableVersion }: LandedBatch) {
  const total = (name: 'landed' | 'quarantined'): number =>
    Number(batch.entries.reduce((sum, { classes }) => sum + classes[name], 0n));
  return {
    'headwater.product': pipeline.productName,
    'headwater.pipeline_id': pipeline.pipelineId,
    'headwater.lane': batch.lane,
    'headwater.batch_id': batch.batchId,
    'headwater.batch_seq': batch.batchSeq,
    'headwater.engine': batch.engine,
    'headwater.table_version': tableVersion.toString(),
    'headwater.records.landed': total('landed'),
    'headwater.records.quarantined': total('quarantined'),
    'messaging.system': 'kafka',
    'messaging.destination.name': pipeline.topic,
  };
}
