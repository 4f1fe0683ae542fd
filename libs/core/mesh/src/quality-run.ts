import type { QualityResult, QualityStatus } from '@headwater/core-contract';
import type { Page, PageRequest } from './page.ts';

/** The checks of a contract, measured over one version of a product's table. */
export interface QualityRun {
  readonly id: string;
  readonly productId: string;
  readonly contractVersion: string;
  /** Absent while it was not measured, and when there is no table yet. */
  readonly tableVersion?: bigint;
  /** Rows of the table. */
  readonly rows?: bigint;
  readonly trigger: 'commit' | 'asked';
  readonly status: QualityStatus;
  readonly results: readonly QualityResult[];
  readonly measuredAtMs: number;
}

/** Lists are ordered newest first. */
export interface QualityReads {
  byIds(ids: readonly string[]): Promise<readonly QualityRun[]>;
  /** The newest run of each product. */
  latestOfProducts(productIds: readonly string[]): Promise<readonly QualityRun[]>;
  /**
   * Products whose contract has checks, that had commits since their last run, and whose last run began at least `everyMs`
   * ago; those that waited longest first.
   */
  due(everyMs: number, limit: number): Promise<readonly string[]>;
  list(page: PageRequest, filter: { readonly productId: string }): Promise<Page<QualityRun>>;
}

export interface QualityStore extends QualityReads {
  /** An equal `id` is returned as it is. Keeps the newest `runsKept` runs of the product. */
  record(run: QualityRun): Promise<QualityRun>;
}

/** Runs of one product that are kept. */
export const qualityRunsKept = 1_000;
