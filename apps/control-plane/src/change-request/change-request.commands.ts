import { Inject, Injectable } from '@nestjs/common';
import {
  judgeReviews,
  type Approval,
  type ChangeRequest,
  type MeshUnit,
  type Principal,
  type Problem,
} from '@headwater/core-mesh';
import { err, ok, type Result } from '@headwater/kernel';
import type {
  ApproveChangeRequestInput,
  DeclineChangeRequestInput,
  WithdrawChangeRequestInput,
} from '../generated/schema-types.ts';
import { ChangeRequests, startOperation } from '../data-product/change-requests.ts';
import { onboardingSteps } from '../data-product/onboarding.executor.ts';
import { retirementSteps } from '../data-product/retirement.executor.ts';
import { idOf } from '../schema/global-id.ts';
import type { MutationCall, Outcome } from '../schema/mutation.ts';
import { judgeApproval, judgeOpen } from './judge-approval.ts';

type RequestRefs = { readonly changeRequestId: string; readonly operationId?: string };

@Injectable()
export class ChangeRequestCommands {
  readonly #requests: ChangeRequests;

  constructor(@Inject(ChangeRequests) requests: ChangeRequests) {
    this.#requests = requests;
  }

  /** Starts the operation of exactly the approved plan; the operation checks again that the world has not moved. */
  async approve(
    call: MutationCall & { readonly input: ApproveChangeRequestInput },
  ): Promise<Outcome<Partial<Required<RequestRefs>>>> {
    const { mutations, platform } = this.#requests;
    const { id, planHash, reason } = call.input;
    const outcome = await mutations.run<Partial<Required<RequestRefs>>>(call, async (unit, actor) => {
      const found = await findRequest(unit, id);
      if (!found.ok) return found;
      const request = found.value;
      const problem =
        judgeApproval(request, { by: actor, planHash, nowMs: platform.clock.nowMs() }) ??
        judgeReviews(await unit.reviewTasks.byChangeRequestIds([request.id]));
      if (problem !== undefined) return err([problem]);
      const operationId = await startOperation(unit, platform.ids.uuid(), request.requestedBy, {
        operation: request.kind === 'retire' ? 'retire' : 'onboard',
        steps: request.kind === 'retire' ? retirementSteps : onboardingSteps,
        productId: request.productId,
        plan: request.plan,
        requestId: request.id,
      });
      const approval = this.#approval('approved', actor, request, reason);
      await unit.changeRequests.update(request.id, request.generation, {
        status: 'approved',
        approvals: [...request.approvals, approval],
        operationId,
      });
      return ok({
        refs: { changeRequestId: request.id, operationId },
        audit: {
          event: 'change.approved',
          subject: request.productName,
          facts: { changeRequestId: request.id, planHash },
        },
      });
    });
    this.#requests.rings.operations();
    return outcome;
  }

  decline(call: MutationCall & { readonly input: DeclineChangeRequestInput }): Promise<Outcome<RequestRefs>> {
    return this.#close(call, call.input.id, 'declined', call.input.reason);
  }

  withdraw(
    call: MutationCall & { readonly input: WithdrawChangeRequestInput },
  ): Promise<Outcome<RequestRefs>> {
    return this.#close(call, call.input.id, 'withdrawn', undefined);
  }

  #close(
    call: MutationCall,
    globalId: string,
    status: 'declined' | 'withdrawn',
    reason: string | undefined,
  ): Promise<Outcome<RequestRefs>> {
    return this.#requests.mutations.run<RequestRefs>(call, async (unit, actor) => {
      const found = await findRequest(unit, globalId);
      if (!found.ok) return found;
      const request = found.value;
      const problem =
        judgeOpen(request) ?? (status === 'withdrawn' ? judgeOwn(request, call.principal) : undefined);
      if (problem !== undefined) return err([problem]);
      await unit.reviewTasks.cancelOfRequest(request.id);
      await unit.changeRequests.update(request.id, request.generation, {
        status,
        ...(status === 'declined'
          ? { approvals: [...request.approvals, this.#approval('declined', actor, request, reason)] }
          : {}),
      });
      return ok({
        refs: { changeRequestId: request.id },
        audit: {
          event: `change.${status}`,
          subject: request.productName,
          facts: { changeRequestId: request.id, ...(reason === undefined ? {} : { reason }) },
        },
      });
    });
  }

  #approval(
    decision: Approval['decision'],
    by: string,
    request: ChangeRequest,
    reason: string | null | undefined,
  ): Approval {
    const atMs = this.#requests.platform.clock.nowMs();
    return { decision, by, atMs, planHash: request.plan.hash, ...(reason ? { reason } : {}) };
  }
}

async function findRequest(
  unit: MeshUnit,
  globalId: string,
): Promise<Result<ChangeRequest, readonly Problem[]>> {
  const [request] = await unit.changeRequests.byIds([idOf('ChangeRequest', globalId) ?? '']);
  return request === undefined
    ? err([{ code: 'HW_CHANGE_UNKNOWN', message: 'There is no such change request.', path: ['id'] }])
    : ok(request);
}

/** Members take back their own requests only; administrators any. */
const judgeOwn = (request: ChangeRequest, principal: Principal | undefined): Problem | undefined =>
  request.requestedBy === principal?.name || principal?.role === 'admin'
    ? undefined
    : {
        code: 'HW_CHANGE_NOT_YOURS',
        message: `${request.requestedBy} made the request and may withdraw it.`,
        path: ['id'],
      };
