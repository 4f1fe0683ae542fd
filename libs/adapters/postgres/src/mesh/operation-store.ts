import type { Operation, OperationError, OperationStep, OperationStore } from '@headwater/core-mesh';
import { parseTimeKey, readPage } from '../page.ts';
import type { Db, Prisma } from '../prisma.ts';
import { fromJson, inOrder, present, toJson, toMs, uuids } from '../row.ts';

type OperationRow = Prisma.OperationGetPayload<object>;

export const toOperation = (row: OperationRow): Operation =>
  present({
    id: row.id,
    kind: row.kind as Operation['kind'],
    status: row.status as Operation['status'],
    productId: row.dataProductId,
    changeRequestId: row.changeRequestId,
    actor: row.actor,
    input: fromJson(row.input),
    steps: fromJson<readonly OperationStep[]>(row.steps),
    attempt: row.attempt,
    traceId: row.traceId,
    error: row.error === null ? null : fromJson<OperationError>(row.error),
    createdAtMs: toMs(row.createdAt),
    startedAtMs: toMs(row.startedAt) ?? null,
    finishedAtMs: toMs(row.finishedAt) ?? null,
  }) as Operation;

export const createOperationStore = (db: Db, tenant: string): OperationStore => ({
  async byIds(ids) {
    const rows = await db.operation.findMany({ where: { tenant, id: { in: uuids(ids) } } });
    return inOrder(ids, rows.map(toOperation));
  },
  list: (page, filter) =>
    readPage<OperationRow, Operation>(page, {
      column: 'createdAt',
      order: 'desc',
      parseKey: parseTimeKey,
      filter: { tenant, ...filter },
      count: (where) => db.operation.count({ where }),
      find: (query) => db.operation.findMany(query),
      toItem: toOperation,
      toPosition: ({ createdAt, id }) => ({ key: createdAt.toISOString(), id }),
    }),
  async create({ productId, changeRequestId, steps, input, ...operation }) {
    const row = await db.operation.create({
      data: {
        ...operation,
        tenant,
        status: 'pending',
        input: toJson(input),
        steps: toJson(steps),
        dataProductId: productId ?? null,
        changeRequestId: changeRequestId ?? null,
      },
    });
    return toOperation(row);
  },
  async update(id, change) {
    const status = change.status;
    // The database's own clock stamps the first start and the end; a resumed operation has no end again.
    if (status === 'running') {
      await db.$executeRaw`UPDATE operation SET started_at = coalesce(started_at, now()), finished_at = NULL, error = NULL WHERE id = ${id}::uuid`;
    } else if (status === 'succeeded' || status === 'failed' || status === 'rolled-back') {
      await db.$executeRaw`UPDATE operation SET finished_at = now() WHERE id = ${id}::uuid`;
    }
    const row = await db.operation.update({
      where: { id, tenant },
      data: {
        ...(status === undefined ? {} : { status }),
        ...(change.steps === undefined ? {} : { steps: toJson(change.steps) }),
        ...(change.error === undefined ? {} : { error: toJson(change.error) }),
        ...(change.attempt === undefined ? {} : { attempt: change.attempt }),
      },
    });
    return toOperation(row);
  },
});
