import type { CompiledContract } from '@headwater/core-contract';
import type { PoisonPolicy } from './poison-policy.ts';

/** Everything a lane needs to know about its pipeline. Plain data; `transformHash` covers all that decides an outcome. */
export interface PipelineSpec {
  /** UUID. Part of every `txn` appId, so it never changes for the life of the table. */
  readonly pipelineId: string;
  /** `<domain>/<product>`, for people. */
  readonly productName: string;
  readonly topic: string;
  /** Topic id the pipeline was made for; a different one on the cluster is an incident [S8]. */
  readonly topicId: string;
  /** URL of the primary table and of the quarantine table. */
  readonly tableUrl: string;
  readonly quarantineUrl: string;
  readonly contract: CompiledContract;
  readonly transformHash: string;
  /** Registry ids of the value schemas in force; empty when the topic carries plain JSON. */
  readonly schemaIds: readonly number[];
  readonly flushIntervalMs: number;
  readonly flushBytesMax: number;
  /** Properties the tables are made with; a table that exists keeps its own. */
  readonly tableProperties?: Readonly<Record<string, string>>;
  /** Share of refused records that is an incident; the default of `poison.ts` when it is left out. */
  readonly poison?: PoisonPolicy;
  /** Offsets by partition at which the lane stops as if it were paused; set while the pipeline is drained. */
  readonly drainTo?: Readonly<Record<string, string>>;
  /** Lanes its partitions are to be spread over; 1 when it is left out [S13]. */
  readonly lanes?: number;
  /** Desired state, changed by operators. */
  readonly desiredState: 'running' | 'paused' | 'retired';
  /** Optimistic concurrency: grows with every change of this row. */
  readonly generation: number;
}

/** A lane: a pipeline x a set of partitions. Numbers are 0..n-1 and reused [S13]. */
export interface LaneId {
  readonly pipelineId: string;
  readonly lane: number;
}
