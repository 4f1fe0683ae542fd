import { Inject, Injectable } from '@nestjs/common';
import type {
  ChangeRequestKind,
  MeshUnit,
  OperationKind,
  OperationStep,
  PolicyFinding,
  Problem,
} from '@headwater/core-mesh';
import type { Plan } from '@headwater/core-reconcile';
import { err, ok, type Json } from '@headwater/kernel';
import type { MutationCall, Mutations } from '../schema/mutation.ts';
import { MUTATIONS, PLATFORM, RINGS, SETTINGS, WORLD, type Platform, type Rings } from '../services.ts';
import type { Settings } from '../settings.ts';
import type { ChangeOutcome, ChangeRefs } from './change-payload.ts';
import { traceOfRequest } from '../operation/trace-of-request.ts';
import { operationTitle } from './operation-title.ts';
import type { NewReview } from '../contract-change/judge-advice.ts';
import type { World } from './observe-product.ts';

/** A planned and judged change, ready to be stored. */
export interface Submission {
  readonly kind: ChangeRequestKind;
  readonly operation: OperationKind;
  readonly steps: readonly string[];
  readonly productId: string;
  readonly productName: string;
  readonly desired: Json;
  readonly plan: Plan;
  readonly findings: readonly PolicyFinding[];
  /** Applications that are asked before it begins. */
  readonly reviews: readonly NewReview[];
}

const requestLivesMs = 7 * 86_400_000;

/** Stores change requests; those that no policy holds back are approved by policy and begin at once. */
@Injectable()
export class ChangeRequests {
  readonly world: World;
  readonly platform: Platform;
  readonly settings: Settings;
  readonly mutations: Mutations;
  readonly rings: Rings;

  constructor(
    @Inject(WORLD) world: World,
    @Inject(PLATFORM) platform: Platform,
    @Inject(SETTINGS) settings: Settings,
    @Inject(MUTATIONS) mutations: Mutations,
    @Inject(RINGS) rings: Rings,
  ) {
    this.world = world;
    this.platform = platform;
    this.settings = settings;
    this.mutations = mutations;
    this.rings = rings;
  }

  async submit(call: MutationCall, submission: Submission): Promise<ChangeOutcome> {
    const { ids, clock } = this.platform;
    const { productId, productName, plan, findings, desired, kind, reviews } = submission;
    const needsApproval = findings.some(({ mode }) => mode === 'approve');
    const waits = needsApproval || reviews.length > 0;
    const requestId = ids.uuid();
    const outcome = await this.mutations.run<Partial<ChangeRefs>>(call, async (unit, actor) => {
      if (await isBeingChanged(unit, productId)) return err([inProgress(productName)]);
      const request = await unit.changeRequests.create({
        id: requestId,
        kind,
        status: waits ? 'proposed' : 'approved',
        productId,
        productName,
        requestedBy: actor,
        expiresAtMs: clock.nowMs() + requestLivesMs,
        desired,
        plan,
        findings,
        approvals: waits
          ? []
          : [{ decision: 'approved', by: 'policy', atMs: clock.nowMs(), planHash: plan.hash }],
      });
      for (const review of reviews) {
        await unit.reviewTasks.create({
          id: ids.uuid(),
          changeRequestId: requestId,
          productId,
          ...review,
        });
      }
      const operationId = waits
        ? undefined
        : await startOperation(unit, ids.uuid(), actor, { ...submission, requestId });
      if (operationId !== undefined) {
        await unit.changeRequests.update(requestId, request.generation, { operationId });
      }
      return ok({
        refs: {
          changeRequestId: requestId,
          ...(operationId === undefined ? {} : { operationId, productId }),
        },
        audit: {
          event: 'change.requested',
          subject: productName,
          facts: {
            changeRequestId: requestId,
            kind,
            planHash: plan.hash,
            needsApproval,
            reviews: reviews.length,
          },
        },
      });
    });
    this.rings.operations();
    return { outcome };
  }
}

const unfinishedMax = 100;

/** True while another operation creates, changes or retires the product. */
async function isBeingChanged(unit: MeshUnit, productId: string): Promise<boolean> {
  for (const status of ['pending', 'running'] as const) {
    const { items } = await unit.operations.list({ direction: 'forward', limit: unfinishedMax }, { status });
    if (items.some(({ item }) => item.productId === productId && item.kind !== 'apply-retention'))
      return true;
  }
  return false;
}

const inProgress = (productName: string): Problem => ({
  code: 'HW_CHANGE_IN_PROGRESS',
  message: `Another operation is at work on ${productName}.`,
  fix: 'Wait until it has finished, then repeat the request.',
});

/** Stores the operation that carries out a change request; the runner finds it there. */
export async function startOperation(
  unit: MeshUnit,
  id: string,
  actor: string,
  submission: Pick<Submission, 'operation' | 'steps' | 'productId' | 'plan'> & { readonly requestId: string },
): Promise<string> {
  const { operation, steps, productId, requestId, plan } = submission;
  await unit.operations.create({
    id,
    kind: operation,
    ...traceOfRequest(),
    productId,
    changeRequestId: requestId,
    actor,
    input: {},
    steps: steps.map((name): OperationStep => ({
      name,
      title: operationTitle(operation, name, plan),
      status: 'pending',
    })),
  });
  return id;
}
