/** Which rows of a quarantine table to answer, newest first by (timestamp, partition, offset). */
export interface QuarantineQuery {
  readonly reason?: string;
  readonly path?: string;
  readonly coordinates?: readonly { readonly partition: number; readonly offset: bigint }[];
  /** Only rows older than this place. */
  readonly before?: { readonly timestampMs: number; readonly partition: number; readonly offset: bigint };
  readonly limit: number;
}

/** A refused record as its quarantine table tells it. */
export interface QuarantineRow {
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
