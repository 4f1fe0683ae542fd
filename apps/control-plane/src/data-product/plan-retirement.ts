import {
  planRetirement,
  type DataProduct,
  type ObservedProduct,
  type Problem,
  type RetirementWish,
} from '@headwater/core-mesh';
import { sealPlan, type Plan, type Sha256 } from '@headwater/core-reconcile';
import { ok, type Result } from '@headwater/kernel';
import { observeProduct, type World } from './observe-product.ts';

export const observeRetirement = (
  world: World,
  product: DataProduct,
  lakeUrl: string,
): Promise<ObservedProduct> => {
  const [domain = '', name = ''] = product.qualifiedName.split('/');
  return observeProduct(world, { domain, name, topic: product.topic.name, lakeUrl });
};

/** The sealed plan of a retirement. The product's own lag and its status reports do not count as a moved world. */
export function planRetirementOf(
  wish: RetirementWish,
  product: DataProduct,
  observed: ObservedProduct,
  sha256: Sha256,
): Result<Plan, readonly Problem[]> {
  const changes = planRetirement(wish, product, observed);
  if (!changes.ok) return changes;
  const { confirmation: _confirmation, ...desired } = wish;
  return ok(sealPlan({ desired, observed, changes: changes.value }, sha256));
}
