import type { HeadwaterError } from '@headwater/kernel';
import type { RetentionPromise } from './promise.ts';
import type { RetentionLedger } from './retention-ledger.ts';
import type { RetentionPlan } from './retention-action.ts';

/**
 * previewed: shown, nothing removed yet; a later plan of the same product supersedes it.
 * refused: the world moved between preview and execution, or a guard spoke up; nothing was removed by it.
 * failed: it stopped at an action; what was removed before stays removed.
 */
export type RetentionPlanState = 'previewed' | 'applying' | 'applied' | 'superseded' | 'refused' | 'failed';

/** Asked for by a person, or made by the schedule. */
export type RetentionTrigger = 'demand' | 'schedule';

export interface StoredRetentionPlan {
  readonly id: string;
  readonly state: RetentionPlanState;
  readonly trigger: RetentionTrigger;
  /** Why it waits for a person, when it is beyond the blast radius. */
  readonly waitsBecause?: string;
  readonly plan: RetentionPlan;
  readonly appliedAtMs?: number;
}

export interface RetentionReads {
  planByIds(ids: readonly string[]): Promise<readonly StoredRetentionPlan[]>;
  /** The newest plan of the product. */
  latestPlan(productId: string): Promise<StoredRetentionPlan | undefined>;
  /** The plan that is shown now and has this hash; undefined when it was superseded. */
  previewByHash(productId: string, hash: string): Promise<StoredRetentionPlan | undefined>;
  /** As last computed by a retention run; a product without a run has none. */
  ledgers(productIds: readonly string[]): Promise<readonly RetentionLedger[]>;
}

/** A product as retention sees it: what to look at, and whose progress guards it. */
export interface RetentionTarget {
  readonly productId: string;
  readonly productName: string;
  readonly promise: RetentionPromise;
  readonly topic: string;
  readonly tableUrl: string;
  readonly quarantineUrl: string;
  /** Every active or paused pipeline that reads the topic. */
  readonly pipelines: readonly {
    readonly pipelineId: string;
    readonly topicId: string;
    readonly tableUrl: string;
    readonly lanes: number;
    /** Version of the newest commit whose ledger is in Postgres; absent before the first. */
    readonly mirroredVersion?: bigint;
  }[];
  readonly holds: readonly {
    readonly id: string;
    readonly matter: string;
    readonly fromMs?: number;
    readonly untilMs?: number;
  }[];
}

export interface RetentionRun {
  readonly id: string;
  readonly planId: string;
  /** Outcome of each finished action, in order: a run goes on behind them. */
  readonly results: readonly ActionResult[];
}

export interface ActionResult {
  readonly action: string;
  readonly target: string;
  /** What was done and seen, in one sentence. */
  readonly outcome: string;
}

/** What the retention worker reads and writes. Implementation: libs/adapters/postgres. */
export interface RetentionStore extends RetentionReads {
  /** Products that are not retired, those whose ledger is oldest or missing first. */
  targetsByAge(
    limit: number,
  ): Promise<
    readonly { readonly productId: string; readonly periodMs: number; readonly computedAtMs?: number }[]
  >;
  target(productId: string): Promise<RetentionTarget | undefined>;
  /** Stores a preview and supersedes the product's earlier one. */
  savePlan(
    plan: RetentionPlan,
    facts: { readonly trigger: RetentionTrigger; readonly waitsBecause?: string },
  ): Promise<StoredRetentionPlan>;
  /** Begins to carry out a preview, or goes on with a run that did not finish. Undefined when the plan is neither. */
  beginRun(planId: string): Promise<RetentionRun | undefined>;
  recordAction(runId: string, results: readonly ActionResult[]): Promise<void>;
  /** Ends the run and the plan and writes the audit event, all in one transaction. */
  finishRun(run: RetentionRun, outcome: RunOutcome): Promise<void>;
  saveLedger(ledger: RetentionLedger): Promise<void>;
  /** Removes plans that were superseded before this moment and never begun; returns how many. */
  prunePlans(supersededBeforeMs: number): Promise<number>;
}

export type RunOutcome =
  | { readonly state: 'applied' }
  | {
      readonly state: 'refused' | 'failed';
      readonly error: Pick<HeadwaterError, 'code' | 'message' | 'fix'>;
    };
