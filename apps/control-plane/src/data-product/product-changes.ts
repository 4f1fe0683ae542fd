import { Inject, Injectable } from '@nestjs/common';
import {
  decideDesired,
  type DesiredProduct,
  type ObservedProduct,
  type PolicyFinding,
  type Problem,
  type ProductWish,
} from '@headwater/core-mesh';
import { effectiveChanges, type Plan } from '@headwater/core-reconcile';
import { err, ok, type Json, type Result } from '@headwater/kernel';
import { ContractAdviser, type ProductAdvice } from '../contract-change/contract-adviser.ts';
import { findUnknownReaders, judgeAdvice, planReviews } from '../contract-change/judge-advice.ts';
import { compileTopicConfigs } from '../retention/compile-retention.ts';
import type { MutationCall } from '../schema/mutation.ts';
import type { ChangeOutcome } from './change-payload.ts';
import { ChangeRequests } from './change-requests.ts';
import { judgeProduct } from './judge-product.ts';
import { observeProduct } from './observe-product.ts';
import { onboardingSteps } from './onboarding.executor.ts';
import { planOnboarding } from './plan-onboarding.ts';

export interface ProductCall extends MutationCall {
  readonly input: MutationCall['input'] & {
    readonly expectedVersion?: number | null | undefined;
    readonly askReaders?: boolean | null | undefined;
  };
}

/** What goes into the answer besides what is stored. */
type Shown = Omit<ChangeOutcome, 'outcome'>;

export const refused = (problems: readonly Problem[], shown: Shown = {}): ChangeOutcome => ({
  outcome: err(problems),
  ...shown,
});

/** The one way a product comes to be or changes: wish, plan, policies, readers, change request. */
@Injectable()
export class ProductChanges {
  readonly #requests: ChangeRequests;
  readonly #adviser: ContractAdviser;

  constructor(
    @Inject(ChangeRequests) requests: ChangeRequests,
    @Inject(ContractAdviser) adviser: ContractAdviser,
  ) {
    this.#requests = requests;
    this.#adviser = adviser;
  }

  async change(call: ProductCall, wish: ProductWish): Promise<ChangeOutcome> {
    const { world, settings } = this.#requests;
    const observed = await observeProduct(world, toPlace(wish, settings.lakeUrl));
    const moved = judgeVersion(call.input.expectedVersion, observed);
    if (moved !== undefined) return refused([moved]);
    const desired = this.#desire(wish, observed);
    if (!desired.ok) return refused(desired.error);
    const advised = await this.#advise(desired.value, observed);
    if (!advised.ok) return refused(advised.error);
    const advice = advised.value;
    const shown = advice === undefined ? {} : { advice };
    const unasked =
      advice === undefined ? [] : judgeAdvice(advice, { askReaders: call.input.askReaders === true });
    const plan = planOnboarding(desired.value, observed, this.#requests.platform.sha256);
    if (!plan.ok) return refused([...unasked, ...plan.error], shown);
    const findings = [
      ...judgeProduct(desired.value, observed, settings.policies),
      ...(advice === undefined ? [] : findUnknownReaders(advice.advice)),
    ];
    const judged = { ...shown, plan: plan.value, findings };
    const blocked = findings.filter(({ mode }) => mode === 'block').map(toPolicyProblem);
    if (unasked.length + blocked.length > 0) return refused([...unasked, ...blocked], judged);
    return this.#submit(call, { desired: desired.value, observed, judged });
  }

  async #submit(
    call: ProductCall,
    { desired, observed, judged }: { desired: DesiredProduct; observed: ObservedProduct; judged: Judged },
  ): Promise<ChangeOutcome> {
    const { plan, findings, advice } = judged;
    if (effectiveChanges(plan).length === 0)
      return { outcome: ok({ productId: desired.productId }), ...judged };
    if (call.input.dryRun === true) return { outcome: ok({}), ...judged };
    const submitted = await this.#requests.submit(call, {
      kind: observed.product === undefined ? 'create' : 'update',
      operation: 'onboard',
      steps: onboardingSteps,
      productId: desired.productId,
      productName: desired.qualifiedName,
      desired: desired as unknown as Json,
      plan,
      findings,
      reviews: advice === undefined ? [] : planReviews(advice),
    });
    return { ...submitted, ...(advice === undefined ? {} : { advice }) };
  }

  #desire(wish: ProductWish, observed: ObservedProduct): Result<DesiredProduct, readonly Problem[]> {
    const { settings, platform } = this.#requests;
    const topicConfigs = compileTopicConfigs(wish.retention);
    if (!topicConfigs.ok) return topicConfigs;
    return decideDesired(wish, observed, {
      lakeUrl: settings.lakeUrl,
      topicConfigs: topicConfigs.value,
      ids: platform.ids,
    });
  }

  /** Undefined when there is no contract before it, or it stays as it is. */
  async #advise(
    { contract }: DesiredProduct,
    observed: ObservedProduct,
  ): Promise<Result<ProductAdvice | undefined, readonly Problem[]>> {
    if (observed.product === undefined || observed.contract?.text === contract.text) return ok(undefined);
    return this.#adviser.advise(observed.product, contract.text);
  }
}

type Judged = Shown & { readonly plan: Plan; readonly findings: readonly PolicyFinding[] };

const toPlace = ({ domain, name, owner, topic }: ProductWish, lakeUrl: string) => ({
  domain,
  name,
  owner,
  lakeUrl,
  ...(topic.name === undefined ? {} : { topic: topic.name }),
});

export function judgeVersion(
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
