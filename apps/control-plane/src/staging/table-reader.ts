import type { QuarantineQuery, QuarantineRow } from '@headwater/core-staging';
/** Delta tables as the control plane shows them. Read at most once per table and second, and never while a request waits for another. */
export interface TableReader {
  /** Undefined when there is no table at the URL yet. */
  facts(url: string): Promise<TableFacts | undefined>;
  /** The newest rows first. */
  quarantined(url: string, filter: QuarantineQuery): Promise<readonly QuarantineRow[]>;
  /** True when the folder holds anything that looks like a Delta log. */
  exists(url: string): Promise<boolean>;
  /** Removes every object below the URL. */
  deleteTable(url: string): Promise<void>;
}

export interface TableFacts {
  readonly version: bigint;
  readonly files: number;
  readonly bytes: bigint;
  readonly rows: bigint;
  readonly observedAtMs: number;
}
