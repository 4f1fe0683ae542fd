import type { ReviewTask as CoreTask } from '@headwater/core-mesh';
import type { ReviewTask } from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import { toGlobalId } from '../schema/global-id.ts';

export interface ReviewTaskModel extends ReviewTask {
  readonly applicationId: string;
  readonly productId: string;
  readonly changeRequestId: string;
}

export const toReviewTask = (task: CoreTask): ReviewTaskModel => ({
  __typename: 'ReviewTask',
  id: toGlobalId('ReviewTask', task.id),
  status: toEnumName(task.status),
  verdict: toEnumName(task.verdict),
  reasons: task.reasons,
  createdAt: task.createdAtMs,
  decidedBy: task.decidedBy,
  decidedAt: task.decidedAtMs,
  decisionReason: task.decisionReason,
  version: task.generation,
  applicationId: task.applicationId,
  productId: task.productId,
  changeRequestId: task.changeRequestId,
});
