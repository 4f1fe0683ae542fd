import {
  planProduct,
  toComparable,
  type DesiredProduct,
  type ObservedProduct,
  type Problem,
} from '@headwater/core-mesh';
import { sealPlan, type Plan, type Sha256 } from '@headwater/core-reconcile';
import { ok, type Result } from '@headwater/kernel';

/** The sealed plan of an onboarding: the same desired and observed state always has the same hash. */
export function planOnboarding(
  desired: DesiredProduct,
  observed: ObservedProduct,
  sha256: Sha256,
): Result<Plan, readonly Problem[]> {
  const changes = planProduct(desired, observed);
  if (!changes.ok) return changes;
  return ok(sealPlan({ desired: toComparable(desired), observed, changes: changes.value }, sha256));
}
