import type {
  Approval,
  ChangeRequest,
  ChangeRequestKind,
  ChangeRequestStatus,
  ChangeRequestStore,
  PolicyFinding,
} from '@headwater/core-mesh';
import type { Plan } from '@headwater/core-reconcile';
import { parseTimeKey, readPage } from '../page.ts';
import type { Db, Prisma } from '../prisma.ts';
import { fromJson, fromMs, inOrder, present, toJson, toMs, uuids } from '../row.ts';
import { generationMoved } from '../store-problem.ts';

const whole = { plan: true, approvals: { orderBy: { position: 'asc' } } } as const;
type RequestRow = Prisma.ChangeRequestGetPayload<{ include: typeof whole }>;

function toChangeRequest(row: RequestRow): ChangeRequest {
  if (row.plan === null) throw new Error(`change request ${row.id} is stored without its plan`);
  return present({
    id: row.id,
    kind: row.kind as ChangeRequestKind,
    status: row.status as ChangeRequestStatus,
    productId: row.dataProductId,
    productName: row.productName,
    requestedBy: row.requestedBy,
    requestedAtMs: toMs(row.requestedAt),
    expiresAtMs: toMs(row.expiresAt),
    desired: fromJson(row.desired),
    plan: { hash: row.plan.hash, changes: fromJson<Plan['changes']>(row.plan.changes) },
    findings: fromJson<readonly PolicyFinding[]>(row.plan.findings),
    approvals: row.approvals.map(toApproval),
    operationId: row.operationId,
    generation: row.generation,
  }) as ChangeRequest;
}

const toApproval = (row: RequestRow['approvals'][number]): Approval =>
  present({
    decision: row.decision as Approval['decision'],
    by: row.decidedBy,
    atMs: toMs(row.decidedAt),
    reason: row.reason,
    planHash: row.planHash,
  });

const fromApproval = (approval: Approval, position: number) => ({
  position,
  decision: approval.decision,
  decidedBy: approval.by,
  decidedAt: fromMs(approval.atMs),
  reason: approval.reason ?? null,
  planHash: approval.planHash,
});

export const createChangeRequestStore = (db: Db, tenant: string): ChangeRequestStore => ({
  async byIds(ids) {
    const rows = await db.changeRequest.findMany({
      where: { tenant, id: { in: uuids(ids) } },
      include: whole,
    });
    return inOrder(ids, rows.map(toChangeRequest));
  },
  list: (page, filter) =>
    readPage<RequestRow, ChangeRequest>(page, {
      column: 'requestedAt',
      order: 'desc',
      parseKey: parseTimeKey,
      filter: { tenant, ...filter },
      count: (where) => db.changeRequest.count({ where }),
      find: (query) => db.changeRequest.findMany({ ...query, include: whole }),
      toItem: toChangeRequest,
      toPosition: ({ requestedAt, id }) => ({ key: requestedAt.toISOString(), id }),
    }),
  async create(request) {
    const row = await db.changeRequest.create({
      data: {
        id: request.id,
        tenant,
        kind: request.kind,
        status: request.status,
        dataProductId: request.productId,
        productName: request.productName,
        requestedBy: request.requestedBy,
        expiresAt: fromMs(request.expiresAtMs),
        desired: toJson(request.desired),
        operationId: request.operationId ?? null,
        plan: {
          create: {
            hash: request.plan.hash,
            changes: toJson(request.plan.changes),
            findings: toJson(request.findings),
          },
        },
        approvals: { create: request.approvals.map(fromApproval) },
      },
      include: whole,
    });
    return toChangeRequest(row);
  },
  async update(id, expectedGeneration, change) {
    await updateRow(db, { id, tenant, expectedGeneration }, change);
    await updatePlan(db, id, change);
    if (change.approvals !== undefined) await replaceApprovals(db, id, change.approvals);
    return toChangeRequest(await db.changeRequest.findUniqueOrThrow({ where: { id }, include: whole }));
  },
});

type RequestChange = Parameters<ChangeRequestStore['update']>[2];

async function updateRow(
  db: Db,
  at: { readonly id: string; readonly tenant: string; readonly expectedGeneration: number },
  change: RequestChange,
): Promise<void> {
  const { count } = await db.changeRequest.updateMany({
    where: { id: at.id, tenant: at.tenant, generation: at.expectedGeneration },
    data: {
      ...(change.status === undefined ? {} : { status: change.status }),
      ...(change.operationId === undefined ? {} : { operationId: change.operationId }),
      ...(change.desired === undefined ? {} : { desired: toJson(change.desired) }),
      generation: { increment: 1 },
    },
  });
  if (count === 0) throw generationMoved(`Change request ${at.id}`, at.expectedGeneration);
}

async function updatePlan(db: Db, changeRequestId: string, change: RequestChange): Promise<void> {
  if (change.plan === undefined && change.findings === undefined) return;
  await db.plan.update({
    where: { changeRequestId },
    data: {
      ...(change.plan === undefined ? {} : { hash: change.plan.hash, changes: toJson(change.plan.changes) }),
      ...(change.findings === undefined ? {} : { findings: toJson(change.findings) }),
    },
  });
}

async function replaceApprovals(
  db: Db,
  changeRequestId: string,
  approvals: readonly Approval[],
): Promise<void> {
  await db.approval.deleteMany({ where: { changeRequestId } });
  await db.approval.createMany({
    data: approvals.map((approval, position) => ({
      changeRequestId,
      ...fromApproval(approval, position),
    })),
  });
}
