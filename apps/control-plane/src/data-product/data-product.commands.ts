import { Inject, Injectable } from '@nestjs/common';
import {
  decideDesired,
  judgeConfirmation,
  type DesiredProduct,
  type ObservedProduct,
  type PolicyFinding,
  type Problem,
  type ProductWish,
  type RetirementWish,
} from '@headwater/core-mesh';
import { effectiveChanges, type Plan } from '@headwater/core-reconcile';
import { err, ok, type Json } from '@headwater/kernel';
import type { OnboardDataProductInput, RetireDataProductInput } from '../generated/schema-types.ts';
import { compileTopicConfigs } from '../retention/compile-retention.ts';
import { toCoreName } from '../schema/enum-name.ts';
import type { MutationCall } from '../schema/mutation.ts';
import type { ChangeOutcome, ChangeRefs } from './change-payload.ts';
import { ChangeRequests } from './change-requests.ts';
import { findProduct } from './find-product.ts';
import { judgeProduct } from './judge-product.ts';
import { observeProduct } from './observe-product.ts';
import { parseWish } from './parse-wish.ts';
import { productUnknown } from './product-unknown.ts';
import { planOnboarding } from './plan-onboarding.ts';
import { observeRetirement, planRetirementOf } from './plan-retirement.ts';
import { onboardingSteps } from './onboarding.executor.ts';
import { retirementSteps } from './retirement.executor.ts';

const refused = (
  problems: readonly Problem[],
  plan?: Plan,
  findings?: readonly PolicyFinding[],
): ChangeOutcome => ({
  outcome: err(problems),
  ...(plan === undefined ? {} : { plan }),
  ...(findings === undefined ? {} : { findings }),
});

/** Wishes of a domain team: each becomes a plan that is judged, stored as a change request and carried out. */
@Injectable()
export class DataProductCommands {
  readonly #requests: ChangeRequests;

  constructor(@Inject(ChangeRequests) requests: ChangeRequests) {
    this.#requests = requests;
  }

  async onboard(call: MutationCall & { readonly input: OnboardDataProductInput }): Promise<ChangeOutcome> {
    const { world, platform, settings, mutations } = this.#requests;
    const earlier = await mutations.earlier<ChangeRefs>(call);
    if (earlier !== undefined) return { outcome: earlier };
    const wish = parseWish(call.input);
    if (!wish.ok) return refused(wish.error);
    const observed = await observeProduct(world, toPlace(wish.value, settings.lakeUrl));
    const moved = judgeVersion(call.input.expectedVersion, observed);
    if (moved !== undefined) return refused([moved]);
    const topicConfigs = compileTopicConfigs(wish.value.retention);
    if (!topicConfigs.ok) return refused(topicConfigs.error);
    const desired = decideDesired(wish.value, observed, {
      lakeUrl: settings.lakeUrl,
      topicConfigs: topicConfigs.value,
      ids: platform.ids,
    });
    if (!desired.ok) return refused(desired.error);
    const plan = planOnboarding(desired.value, observed, platform.sha256);
    if (!plan.ok) return refused(plan.error);
    const findings = judgeProduct(desired.value, observed, settings.policies);
    const blocked = findings.filter(({ mode }) => mode === 'block');
    if (blocked.length > 0) return refused(blocked.map(toPolicyProblem), plan.value, findings);
    if (effectiveChanges(plan.value).length === 0) return unchanged(desired.value, plan.value, findings);
    if (call.input.dryRun === true) return { outcome: ok({}), plan: plan.value, findings };
    return this.#requests.submit(call, {
      kind: observed.product === undefined ? 'create' : 'update',
      operation: 'onboard',
      steps: onboardingSteps,
      productId: desired.value.productId,
      productName: desired.value.qualifiedName,
      desired: desired.value as unknown as Json,
      plan: plan.value,
      findings,
    });
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
    if (call.input.dryRun === true) return { outcome: ok({}), plan: plan.value, findings: [] };
    const unconfirmed = judgeConfirmation(wish, plan.value.changes);
    if (unconfirmed.length > 0) return refused(unconfirmed, plan.value, []);
    return this.#requests.submit(call, {
      kind: 'retire',
      operation: 'retire',
      steps: wish.tables === 'keep' ? retirementSteps.filter((step) => step !== 'tables') : retirementSteps,
      productId: product.id,
      productName: product.qualifiedName,
      desired: wish as unknown as Json,
      plan: plan.value,
      findings: [],
    });
  }
}

const toPlace = ({ domain, name, owner, topic }: ProductWish, lakeUrl: string) => ({
  domain,
  name,
  owner,
  lakeUrl,
  ...(topic.name === undefined ? {} : { topic: topic.name }),
});

function unchanged(desired: DesiredProduct, plan: Plan, findings: readonly PolicyFinding[]): ChangeOutcome {
  return { outcome: ok({ productId: desired.productId }), plan, findings };
}

function judgeVersion(
  expected: number | null | undefined,
  { product }: ObservedProduct,
): Problem | undefined {
  const current = product?.generation ?? 0;
  if (expected === undefined || expected === null || expected === current) return undefined;
  return {
    code: 'HW_VERSION_MOVED',
    message: `The product is at version ${current}, not ${expected}.`,
    fix: 'Read it again and repeat the change against its present state.',
    path: ['expectedVersion'],
  };
}

const toPolicyProblem = ({ rule, message, fix, path }: PolicyFinding): Problem => ({
  code: `HW_POLICY_${rule.toUpperCase().replaceAll('-', '_')}`,
  message: `${message} (rule ${rule})`,
  fix,
  path: path === '' ? [] : path.split('.'),
});
