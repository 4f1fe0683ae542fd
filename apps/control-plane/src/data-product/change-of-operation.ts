import type { ChangeRequest, MeshReads, MeshUnit, Operation } from '@headwater/core-mesh';
import { unexpectedError } from '@headwater/kernel';

/** The change request an operation carries out. */
export async function loadRequest(
  reads: Pick<MeshReads, 'changeRequests'>,
  { id, changeRequestId }: Operation,
): Promise<ChangeRequest> {
  const [request] = changeRequestId === undefined ? [] : await reads.changeRequests.byIds([changeRequestId]);
  if (request !== undefined) return request;
  throw unexpectedError({
    code: 'HW_OPERATION_WITHOUT_REQUEST',
    message: `Operation ${id} has no change request.`,
  });
}

export async function markApplied(unit: MeshUnit, { changeRequestId }: Operation): Promise<void> {
  const [request] = changeRequestId === undefined ? [] : await unit.changeRequests.byIds([changeRequestId]);
  if (request === undefined || request.status === 'applied') return;
  await unit.changeRequests.update(request.id, request.generation, { status: 'applied' });
}
