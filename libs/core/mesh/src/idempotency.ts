import type { Json } from '@headwater/kernel';

/** The outcome of a mutation, kept so that a repeated call returns it instead of acting twice. */
export interface RememberedOutcome {
  readonly actor: string;
  readonly mutation: string;
  readonly idempotencyKey: string;
  /** SHA-256 of the canonical input; another input under the same key is refused. */
  readonly inputHash: string;
  readonly outcome: Json;
}

export interface IdempotencyReads {
  find(actor: string, mutation: string, idempotencyKey: string): Promise<RememberedOutcome | undefined>;
}

export interface IdempotencyStore extends IdempotencyReads {
  /** Throws `HW_STORE_IDEMPOTENCY_KEY` when the key was used meanwhile. */
  remember(outcome: RememberedOutcome): Promise<void>;
}
