import type { Clock, Ids, Logger } from '@headwater/kernel';
import type { TableIo } from '@headwater/core-delta';
import type {
  ByteBudget,
  Coordinate,
  LaneLeases,
  LeaseTiming,
  RecordBatchCodecs,
  RecordSetEngine,
  RecordSource,
  StagingStore,
  WorkerRoster,
} from '@headwater/core-staging';
import type { BatchTelemetry } from '../batch-telemetry.ts';
import type { LaneMetrics } from '../lane-metrics.ts';

/** Everything a lane touches. One for all lanes of a process. */
export interface LaneWorld {
  readonly source: RecordSource;
  readonly engine: RecordSetEngine;
  readonly codecs: RecordBatchCodecs;
  readonly leases: LaneLeases;
  readonly roster: WorkerRoster;
  /** The bytes all lanes may hold, filling, landing and asked for [S11]. */
  readonly budget: ByteBudget;
  readonly store: StagingStore;
  /** Connects to the table folder and probes its store [S9]. */
  readonly openTable: (url: string) => Promise<TableIo>;
  /** Coordinates of one batch's rows in files of a quarantine table. */
  readonly readCoordinates: (
    readableNames: readonly string[],
    batchId: string,
  ) => Promise<readonly Coordinate[]>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly metrics: LaneMetrics;
  readonly telemetry: BatchTelemetry;
  readonly settings: LaneSettings;
  /** Only in a faults build: offsets a planted bug goes on from. */
  readonly plantedPositions?: (group: string, topic: string) => Promise<ReadonlyMap<number, bigint>>;
}

export interface LaneSettings {
  /** Names this process in leases. */
  readonly owner: string;
  readonly lease: LeaseTiming;
  /** How often the pipeline's row, accepted losses and the topic are looked at. */
  readonly controlEveryMs: number;
  readonly topicEveryMs: number;
  /** A transaction that stays open for longer is told as an incident. */
  readonly hangingAfterMs?: number;
  readonly statusEveryMs: number;
  /** A checkpoint is written every so many versions. */
  readonly checkpointInterval: number;
}

/** Resolves after the time, or at once when the signal is aborted. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, ms));
    signal?.addEventListener('abort', done, { once: true });
  });

/** Wall clock, microseconds since the epoch. */
export const nowUs = ({ clock }: Pick<LaneWorld, 'clock'>): bigint => BigInt(clock.nowMs()) * 1000n;
