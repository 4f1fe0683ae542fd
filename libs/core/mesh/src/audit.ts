import type { Json } from '@headwater/kernel';
import type { Page, PageRequest } from './page.ts';

/** A state change to be written down. Facts hold ids, names and counts; never secrets or record values. */
export interface NewAuditEvent {
  readonly actor: string;
  /** Past tense, for example `data-product.onboarded`. */
  readonly event: string;
  /** What it happened to, for example `ads/ad-events`. */
  readonly subject: string;
  readonly facts: Json;
}

export interface AuditEvent extends NewAuditEvent {
  readonly id: string;
  readonly sequence: bigint;
  readonly atMs: number;
  /** SHA-256 over the event and `previousHash`. */
  readonly hash: string;
  readonly previousHash: string;
}

export interface AuditReads {
  byIds(ids: readonly string[]): Promise<readonly AuditEvent[]>;
  /** Newest first. */
  list(page: PageRequest, filter: { readonly subject?: string }): Promise<Page<AuditEvent>>;
  /** Recomputes the whole chain. */
  verify(): Promise<AuditVerdict>;
}

export type AuditVerdict =
  | { readonly intact: true; readonly events: bigint }
  | { readonly intact: false; readonly events: bigint; readonly brokenAt: bigint; readonly problem: string };

export interface AuditTrail extends AuditReads {
  /** Appends to the chain inside the unit of work of the change it describes. */
  append(event: NewAuditEvent): Promise<void>;
}
