import { Inject, Injectable } from '@nestjs/common';
import { judgeConfirmation, type RetirementWish } from '@headwater/core-mesh';
import { ok, type Json } from '@headwater/kernel';
import type { OnboardDataProductInput, RetireDataProductInput } from '../generated/schema-types.ts';
import { toCoreName } from '../schema/enum-name.ts';
import type { MutationCall } from '../schema/mutation.ts';
import type { ChangeOutcome, ChangeRefs } from './change-payload.ts';
import { ChangeRequests } from './change-requests.ts';
import { findProduct } from './find-product.ts';
import { parseWish } from './parse-wish.ts';
import { judgeVersion, ProductChanges, refused } from './product-changes.ts';
import { productUnknown } from './product-unknown.ts';
import { observeRetirement, planRetirementOf } from './plan-retirement.ts';
import { retirementSteps } from './retirement.executor.ts';

/** Wishes of a domain team: each becomes a plan that is judged, stored as a change request and carried out. */
@Injectable()
export class DataProductCommands {
  readonly #requests: ChangeRequests;
  readonly #changes: ProductChanges;

  constructor(
    @Inject(ChangeRequests) requests: ChangeRequests,
    @Inject(ProductChanges) changes: ProductChanges,
  ) {
    this.#requests = requests;
    this.#changes = changes;
  }

  async onboard(call: MutationCall & { readonly input: OnboardDataProductInput }): Promise<ChangeOutcome> {
    const earlier = await this.#requests.mutations.earlier<ChangeRefs>(call);
    if (earlier !== undefined) return { outcome: earlier };
    const wish = parseWish(call.input);
    return wish.ok ? this.#changes.change(call, wish.value) : refused(wish.error);
  }

  async retire(call: MutationCall & { readonly input: RetireDataProductInput }): Promise<ChangeOutcome> {
    const { world, platform, settings, mutations } = this.#requests;
    const earlier = await mutations.earlier<ChangeRefs>(call);
    if (earlier !== undefined) return { outcome: earlier };
    const product = await findProduct(world.reads, call.input.product);
    if (product === undefined) return refused([productUnknown(call.input.product)]);
    const observed = await observeRetirement(world, product, settings.lakeUrl);
    const moved = judgeVersion(call.input.expectedVersion, observed);
    if (moved !== undefined) return refused([moved]);
    const wish: RetirementWish = {
      qualifiedName: product.qualifiedName,
      reason: call.input.reason,
      tables: toCoreName(call.input.tables),
      ...(call.input.confirmDataLoss ? { confirmation: call.input.confirmDataLoss } : {}),
    };
    const plan = planRetirementOf(wish, product, observed, platform.sha256);
    if (!plan.ok) return refused(plan.error);
    const shown = { plan: plan.value, findings: [] };
    if (call.input.dryRun === true) return { outcome: ok({}), ...shown };
    const unconfirmed = judgeConfirmation(wish, plan.value.changes);
    if (unconfirmed.length > 0) return refused(unconfirmed, shown);
    return this.#requests.submit(call, {
      kind: 'retire',
      operation: 'retire',
      steps: wish.tables === 'keep' ? retirementSteps.filter((step) => step !== 'tables') : retirementSteps,
      productId: product.id,
      productName: product.qualifiedName,
      desired: wish as unknown as Json,
      plan: plan.value,
      findings: [],
      reviews: [],
    });
  }
}
