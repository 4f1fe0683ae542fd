import type { ChangeRequest as CoreRequest } from '@headwater/core-mesh';
import type { ChangeRequest } from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import { toGlobalId } from '../schema/global-id.ts';
import { toPlan } from '../schema/plan.map.ts';

export interface ChangeRequestModel extends ChangeRequest {
  readonly productId: string;
  readonly operationId: string | undefined;
  readonly changeRequestId: string;
}

export const toChangeRequest = (request: CoreRequest): ChangeRequestModel => ({
  __typename: 'ChangeRequest',
  id: toGlobalId('ChangeRequest', request.id),
  kind: toEnumName(request.kind),
  status: toEnumName(request.status),
  productName: request.productName,
  requestedBy: request.requestedBy,
  requestedAt: request.requestedAtMs,
  expiresAt: request.expiresAtMs,
  plan: toPlan(request.plan, request.findings),
  approvals: request.approvals.map(({ decision, by, atMs, reason, planHash }) => ({
    decision: toEnumName(decision),
    by,
    at: atMs,
    reason,
    planHash,
  })),
  version: request.generation,
  productId: request.productId,
  operationId: request.operationId,
  changeRequestId: request.id,
});
