import type { PolicyFinding } from '@headwater/core-mesh';
import type { Plan } from '@headwater/core-reconcile';
import { toChangeRequest } from '../change-request/change-request.map.ts';
import { toOperation } from '../operation/operation.map.ts';
import type { ProductAdvice } from '../contract-change/contract-adviser.ts';
import { toChangeAdvice } from '../contract-change/contract-change.map.ts';
import type { Loaders } from '../schema/loaders.ts';
import { userErrorsOf, type Outcome } from '../schema/mutation.ts';
import { toPlan } from '../schema/plan.map.ts';
import { toDataProduct } from './data-product.map.ts';

export type ChangeRefs = {
  readonly productId: string;
  readonly changeRequestId: string;
  readonly operationId: string;
};

/** What a change of a product led to. `plan` is set also when nothing was stored: on a dry run and on a refusal. */
export interface ChangeOutcome {
  readonly outcome: Outcome<Partial<ChangeRefs>>;
  readonly plan?: Plan;
  readonly findings?: readonly PolicyFinding[];
  /** Set when the contract changes. */
  readonly advice?: ProductAdvice;
}

/** The payload of every mutation that makes a change request, read back from what is stored. */
export async function toChangePayload({ outcome, plan, findings, advice }: ChangeOutcome, loaders: Loaders) {
  const refs: Partial<ChangeRefs> = outcome.ok ? outcome.value : {};
  const [product, request, operation] = await Promise.all([
    refs.productId === undefined ? undefined : loaders.product(refs.productId),
    refs.changeRequestId === undefined ? undefined : loaders.changeRequest(refs.changeRequestId),
    refs.operationId === undefined ? undefined : loaders.operation(refs.operationId),
  ]);
  const shown = plan === undefined ? request : { plan, findings: findings ?? [] };
  return {
    dataProduct: product && toDataProduct(product),
    changeRequest: request && toChangeRequest(request),
    plan: shown && toPlan(shown.plan, shown.findings),
    advice: advice && toChangeAdvice(advice),
    operation: operation && toOperation(operation),
    userErrors: userErrorsOf(outcome),
  };
}
