import { Inject, Injectable } from '@nestjs/common';
import {
  judgeReviews,
  type Application,
  type ChangeRequest,
  type MeshUnit,
  type Principal,
  type Problem,
  type ReviewTask,
} from '@headwater/core-mesh';
import { err, ok, type Result } from '@headwater/kernel';
import { judgeOpen } from '../change-request/judge-approval.ts';
import { ChangeRequests, startOperation } from '../data-product/change-requests.ts';
import { onboardingSteps } from '../data-product/onboarding.executor.ts';
import type { CompleteReviewTaskInput } from '../generated/schema-types.ts';
import { toCoreName } from '../schema/enum-name.ts';
import { idOf } from '../schema/global-id.ts';
import type { MutationCall, Outcome } from '../schema/mutation.ts';

type TaskRefs = {
  readonly reviewTaskId: string;
  readonly changeRequestId: string;
  readonly operationId?: string;
};
type Refs = Partial<Required<TaskRefs>>;

@Injectable()
export class ReviewTaskCommands {
  readonly #requests: ChangeRequests;

  constructor(@Inject(ChangeRequests) requests: ChangeRequests) {
    this.#requests = requests;
  }

  /** The last review that lets the change pass starts its operation, when no administrator has to approve it as well. */
  async complete(call: MutationCall & { readonly input: CompleteReviewTaskInput }): Promise<Outcome<Refs>> {
    const { id, decision, reason, expectedVersion } = call.input;
    const outcome = await this.#requests.mutations.run<Refs>(call, async (unit, actor) => {
      const found = await this.#find(unit, id);
      if (!found.ok) return found;
      const { task, application, request } = found.value;
      const problem = judgeReviewer(application, call.principal) ?? judgeReason(reason);
      if (problem !== undefined) return err([problem]);
      await unit.reviewTasks.decide(task.id, expectedVersion ?? task.generation, {
        status: toCoreName(decision),
        by: actor,
        reason,
      });
      const operationId = await this.#begin(unit, request);
      return ok({
        refs: {
          reviewTaskId: task.id,
          changeRequestId: request.id,
          ...(operationId === undefined ? {} : { operationId }),
        },
        audit: {
          event: `review-task.${toCoreName(decision)}`,
          subject: application.name,
          facts: { reviewTaskId: task.id, changeRequestId: request.id, product: request.productName, reason },
        },
      });
    });
    this.#requests.rings.operations();
    return outcome;
  }

  async #find(unit: MeshUnit, globalId: string): Promise<Result<FoundTask, readonly Problem[]>> {
    const [task] = await unit.reviewTasks.byIds([idOf('ReviewTask', globalId) ?? '']);
    const [request] = task === undefined ? [] : await unit.changeRequests.byIds([task.changeRequestId]);
    const [application] = task === undefined ? [] : await unit.applications.byIds([task.applicationId]);
    if (task === undefined || request === undefined || application === undefined) return err([unknown]);
    const closed = judgeOpen(request) ?? this.#judgeTime(request);
    return closed === undefined ? ok({ task, application, request }) : err([closed]);
  }

  #judgeTime({ expiresAtMs }: ChangeRequest): Problem | undefined {
    return expiresAtMs > this.#requests.platform.clock.nowMs()
      ? undefined
      : {
          code: 'HW_CHANGE_EXPIRED',
          message: 'The change request has expired.',
          fix: 'Have it requested again.',
          path: ['id'],
        };
  }

  async #begin(unit: MeshUnit, request: ChangeRequest): Promise<string | undefined> {
    const tasks = await unit.reviewTasks.byChangeRequestIds([request.id]);
    const needsApproval = request.findings.some(({ mode }) => mode === 'approve');
    if (needsApproval || judgeReviews(tasks) !== undefined) return undefined;
    const { platform } = this.#requests;
    const operationId = await startOperation(unit, platform.ids.uuid(), request.requestedBy, {
      operation: 'onboard',
      steps: onboardingSteps,
      productId: request.productId,
      plan: request.plan,
      requestId: request.id,
    });
    await unit.changeRequests.update(request.id, request.generation, {
      status: 'approved',
      approvals: [
        {
          decision: 'approved',
          by: 'policy',
          atMs: platform.clock.nowMs(),
          reason: `All ${tasks.length} applications let it pass.`,
          planHash: request.plan.hash,
        },
      ],
      operationId,
    });
    return operationId;
  }
}

interface FoundTask {
  readonly task: ReviewTask;
  readonly application: Application;
  readonly request: ChangeRequest;
}

/** Only those who act for the team of the application answer for it; administrators answer for any. */
const judgeReviewer = (
  { name, teamId }: Application,
  principal: Principal | undefined,
): Problem | undefined =>
  principal?.role === 'admin' || principal?.teamId === teamId
    ? undefined
    : {
        code: 'HW_REVIEW_OTHER_TEAM',
        message: `Only the team of ${name} answers for it.`,
        fix: 'Use a token that acts for that team (createToken with `team`).',
        path: ['id'],
      };

const judgeReason = (reason: string): Problem | undefined =>
  reason.trim() === ''
    ? {
        code: 'HW_REASON_MISSING',
        message: 'A review needs a reason.',
        fix: 'Say what was looked at, or why the change must wait.',
        path: ['reason'],
      }
    : undefined;

const unknown: Problem = {
  code: 'HW_REVIEW_UNKNOWN',
  message: 'There is no such review task.',
  path: ['id'],
};
