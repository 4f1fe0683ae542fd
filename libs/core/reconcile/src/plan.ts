import type { Json } from '@headwater/kernel';
import { canonicalJson } from '@headwater/kernel';

export type ChangeAction = 'create' | 'update' | 'replace' | 'delete' | 'none';

export type ResourceKind =
  'domain' | 'team' | 'topic' | 'subject' | 'pipeline' | 'table' | 'retention' | 'data-product';

export type Risk = 'none' | 'low' | 'high';

/** One step of a plan. Plain data: printable, comparable, hashable. */
export interface Change {
  readonly action: ChangeAction;
  readonly resource: ResourceKind;
  readonly name: string;
  /** Observed state, absent when there is none. */
  readonly before?: Json;
  /** Desired state, absent when there is to be none. */
  readonly after?: Json;
  readonly risk: Risk;
  /** The change deletes records for good. */
  readonly dataLoss: boolean;
  /** Why, in one sentence. */
  readonly reason: string;
}

/** Ordered changes; `hash` covers desired and observed state, so that what was approved is what is applied, or nothing. */
export interface Plan {
  readonly hash: string;
  readonly changes: readonly Change[];
}

/** SHA-256 of a text as lower case hex, passed in because hashing is an effect of the platform. */
export type Sha256 = (text: string) => string;

export function sealPlan(
  input: { readonly desired: unknown; readonly observed: unknown; readonly changes: readonly Change[] },
  sha256: Sha256,
): Plan {
  return {
    hash: sha256(canonicalJson({ desired: input.desired, observed: input.observed })),
    changes: input.changes,
  };
}

/** The changes that do something. */
export const effectiveChanges = (plan: Plan): readonly Change[] =>
  plan.changes.filter((change) => change.action !== 'none');

export const losesData = (plan: Plan): boolean => plan.changes.some((change) => change.dataLoss);
