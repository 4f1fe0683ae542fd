/** Delta tables as the control plane shows them. Read at most once per table and second, and never while a request waits for another. */
export interface TableReader {
  /** Undefined when there is no table at the URL yet. */
  facts(url: string): Promise<TableFacts | undefined>;
  /** The newest rows first. */
  quarantined(url: string, filter: QuarantineFilter): Promise<readonly QuarantinedRow[]>;
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

export interface QuarantineFilter {
  readonly reason?: string;
  readonly path?: string;
  readonly coordinates?: readonly { readonly partition: number; readonly offset: bigint }[];
  /** Rows older than this place are answered. */
  readonly before?: { readonly timestampMs: number; readonly partition: number; readonly offset: bigint };
  readonly limit: number;
}

export interface QuarantinedRow {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly key: Uint8Array | undefined;
  readonly value: Uint8Array | undefined;
  readonly stage: string;
  readonly rule: string;
  readonly path: string;
  readonly reason: string;
  readonly contractVersion: string;
}
