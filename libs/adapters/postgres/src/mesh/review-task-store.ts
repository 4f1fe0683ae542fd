import type { ReviewTask, ReviewTaskStatus, ReviewTaskStore } from '@headwater/core-mesh';
import { parseTimeKey, readPage } from '../page.ts';
import type { Db, Prisma } from '../prisma.ts';
import { fromJson, inOrder, present, toJson, toMs, uuids } from '../row.ts';
import { generationMoved } from '../store-problem.ts';

type TaskRow = Prisma.ReviewTaskGetPayload<object>;

const toTask = (row: TaskRow): ReviewTask =>
  present({
    id: row.id,
    changeRequestId: row.changeRequestId,
    productId: row.dataProductId,
    applicationId: row.applicationId,
    verdict: row.verdict as ReviewTask['verdict'],
    reasons: fromJson<ReviewTask['reasons']>(row.reasons),
    status: row.status as ReviewTaskStatus,
    decidedBy: row.decidedBy,
    decidedAtMs: toMs(row.decidedAt) ?? null,
    decisionReason: row.decisionReason,
    createdAtMs: toMs(row.createdAt),
    generation: row.generation,
  });

export const createReviewTaskStore = (db: Db): ReviewTaskStore => ({
  async byIds(ids) {
    const rows = await db.reviewTask.findMany({ where: { id: { in: uuids(ids) } } });
    return inOrder(ids, rows.map(toTask));
  },
  async byChangeRequestIds(changeRequestIds) {
    const rows = await db.reviewTask.findMany({
      where: { changeRequestId: { in: uuids(changeRequestIds) } },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    });
    return rows.map(toTask);
  },
  list: (page, { status, applicationId, productId }) =>
    readPage<TaskRow, ReviewTask>(page, {
      column: 'createdAt',
      order: 'desc',
      parseKey: parseTimeKey,
      filter: {
        ...(status === undefined ? {} : { status }),
        ...(applicationId === undefined ? {} : { applicationId: { in: uuids([applicationId]) } }),
        ...(productId === undefined ? {} : { dataProductId: { in: uuids([productId]) } }),
      },
      count: (where) => db.reviewTask.count({ where }),
      find: (query) => db.reviewTask.findMany(query),
      toItem: toTask,
      toPosition: ({ createdAt, id }) => ({ key: createdAt.toISOString(), id }),
    }),
  async create({ productId, reasons, ...task }) {
    const data = { ...task, dataProductId: productId, reasons: toJson(reasons), status: 'open' };
    return toTask(await db.reviewTask.create({ data }));
  },
  async decide(id, expectedGeneration, { status, by, reason }) {
    const { count } = await db.reviewTask.updateMany({
      where: { id, generation: expectedGeneration, status: { not: 'cancelled' } },
      data: {
        status,
        decidedBy: by,
        decidedAt: new Date(),
        decisionReason: reason,
        generation: { increment: 1 },
      },
    });
    if (count === 0) throw generationMoved(`Review task ${id}`, expectedGeneration);
    return toTask(await db.reviewTask.findUniqueOrThrow({ where: { id } }));
  },
  async cancelOfRequest(changeRequestId) {
    await db.reviewTask.updateMany({
      where: { changeRequestId, status: 'open' },
      data: { status: 'cancelled', generation: { increment: 1 } },
    });
  },
});
