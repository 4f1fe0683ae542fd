import type { ChangeRequest, Problem } from '@headwater/core-mesh';

/** Why a request cannot be decided any more. */
export const judgeOpen = (request: ChangeRequest): Problem | undefined =>
  request.status === 'proposed'
    ? undefined
    : { code: 'HW_CHANGE_NOT_OPEN', message: `The change request is ${request.status}.`, path: ['id'] };

/** Four eyes, the very plan that was read, and not for ever. */
export function judgeApproval(
  request: ChangeRequest,
  approval: { readonly by: string; readonly planHash: string; readonly nowMs: number },
): Problem | undefined {
  const closed = judgeOpen(request);
  if (closed !== undefined) return closed;
  if (request.expiresAtMs <= approval.nowMs) {
    return {
      code: 'HW_CHANGE_EXPIRED',
      message: 'The change request has expired.',
      fix: 'Have it requested again.',
      path: ['id'],
    };
  }
  if (request.plan.hash !== approval.planHash) {
    return {
      code: 'HW_APPROVAL_OTHER_PLAN',
      message: 'The approval names another plan than the one of this request.',
      fix: 'Read the plan of the request and approve its hash.',
      path: ['planHash'],
    };
  }
  return request.requestedBy === approval.by
    ? {
        code: 'HW_APPROVAL_OWN_REQUEST',
        message: 'Nobody approves their own request.',
        fix: 'Ask another administrator.',
        path: ['id'],
      }
    : undefined;
}
