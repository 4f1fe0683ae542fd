import type { Sha256 } from '@headwater/core-reconcile';
import { canonicalJson } from '@headwater/kernel';
import type { RetentionInventory } from './inventory.ts';
import type { CompiledRetention } from './promise.ts';
import type { RetentionPlan } from './retention-action.ts';
import { planTable } from './table-plan.ts';
import { planTopic } from './topic-plan.ts';

/** What is due under the promise, and what guards and holds keep back [R1]-[R6]. */
export function planRetention(
  compiled: CompiledRetention,
  inventory: RetentionInventory,
  sha256: Sha256,
): RetentionPlan {
  const parts = [
    planTopic(compiled, inventory),
    ...inventory.tables.map((table) => planTable(compiled, inventory, table)),
  ];
  const actions = parts.flatMap((part) => part.actions);
  const { productId, productName, observedAtMs } = inventory;
  return {
    productId,
    productName,
    promise: compiled.promise,
    hash: sha256(canonicalJson({ productId, promise: compiled.promise, actions })),
    computedAtMs: observedAtMs,
    actions,
    kept: parts.flatMap((part) => part.kept),
  };
}
