import type { Operation as CoreOperation } from '@headwater/core-mesh';
import type { Operation, UserError } from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import { toGlobalId } from '../schema/global-id.ts';

export interface OperationModel extends Omit<Operation, 'plan'> {
  readonly productId: string | undefined;
  readonly changeRequestId: string | undefined;
}

export const toOperation = (operation: CoreOperation): OperationModel => ({
  __typename: 'Operation',
  id: toGlobalId('Operation', operation.id),
  kind: operation.kind,
  status: toEnumName(operation.status),
  progress: progressOf(operation),
  createdAt: operation.createdAtMs,
  startedAt: operation.startedAtMs,
  finishedAt: operation.finishedAtMs,
  steps: operation.steps.map((step, position) => ({
    position,
    title: step.title,
    status: toEnumName(step.status),
    detail: step.detail,
    startedAt: step.startedAtMs,
    finishedAt: step.finishedAtMs,
  })),
  error: operation.error && toOperationError(operation.error),
  traceId: operation.traceId,
  productId: operation.productId,
  changeRequestId: operation.changeRequestId,
});

export const progressOf = ({ status, steps }: CoreOperation): number =>
  status === 'succeeded' || steps.length === 0
    ? Number(status === 'succeeded')
    : steps.filter((step) => step.status === 'done').length / steps.length;

const toOperationError = (error: NonNullable<CoreOperation['error']>): UserError => ({
  code: error.code,
  message: error.message,
  fix: error.fix,
  path: [],
});
