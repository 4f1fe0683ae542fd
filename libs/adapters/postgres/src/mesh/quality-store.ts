import { qualityRunsKept, type QualityRun, type QualityStore } from '@headwater/core-mesh';
import { parseTimeKey, readPage } from '../page.ts';
import type { Db, Prisma } from '../prisma.ts';
import { fromJson, fromMs, inOrder, present, toJson, toMs, uuids } from '../row.ts';

type RunRow = Prisma.QualityRunGetPayload<object>;

const toRun = (row: RunRow): QualityRun =>
  present({
    id: row.id,
    productId: row.dataProductId,
    contractVersion: row.contractVersion,
    tableVersion: row.tableVersion,
    rows: row.rows,
    trigger: row.trigger as QualityRun['trigger'],
    status: row.status as QualityRun['status'],
    results: fromJson<QualityRun['results']>(row.results),
    measuredAtMs: toMs(row.measuredAt),
  });

export const createQualityStore = (db: Db): QualityStore => ({
  async byIds(ids) {
    const rows = await db.qualityRun.findMany({ where: { id: { in: uuids(ids) } } });
    return inOrder(ids, rows.map(toRun));
  },
  async latestOfProducts(productIds) {
    const newest = await db.$queryRaw<readonly { readonly id: string }[]>`
      SELECT DISTINCT ON (data_product_id) id FROM quality_run
      WHERE data_product_id = ANY (${uuids(productIds)}::uuid[])
      ORDER BY data_product_id, measured_at DESC, id DESC`;
    const rows = await db.qualityRun.findMany({ where: { id: { in: newest.map(({ id }) => id) } } });
    return rows.map(toRun);
  },
  async due(everyMs, limit) {
    const rows = await db.$queryRaw<readonly { readonly id: string }[]>`
      SELECT p.id, r.measured_at FROM data_product p
        JOIN data_contract c ON c.id = p.contract_version_id AND c.text LIKE '%quality%'
        JOIN staging_pipeline s ON s.data_product_id = p.id
        JOIN (SELECT pipeline_id, max(last_commit_at) AS at FROM lane_status GROUP BY pipeline_id) l ON l.pipeline_id = s.id
        LEFT JOIN LATERAL (SELECT max(measured_at) AS measured_at FROM quality_run q WHERE q.data_product_id = p.id) r ON true
      WHERE p.status = 'active'
        AND (r.measured_at IS NULL OR l.at > r.measured_at AND r.measured_at <= now() - make_interval(secs => ${everyMs / 1_000}))
      ORDER BY r.measured_at NULLS FIRST, p.id LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  },
  list: (page, { productId }) =>
    readPage<RunRow, QualityRun>(page, {
      column: 'measuredAt',
      order: 'desc',
      parseKey: parseTimeKey,
      filter: { dataProductId: { in: uuids([productId]) } },
      count: (where) => db.qualityRun.count({ where }),
      find: (query) => db.qualityRun.findMany(query),
      toItem: toRun,
      toPosition: ({ measuredAt, id }) => ({ key: measuredAt.toISOString(), id }),
    }),
  async record({ productId: dataProductId, measuredAtMs, results, ...run }) {
    const stored = await db.qualityRun.findUnique({ where: { id: run.id } });
    if (stored !== null) return toRun(stored);
    const row = await db.qualityRun.create({
      data: { ...run, dataProductId, results: toJson(results), measuredAt: fromMs(measuredAtMs) },
    });
    await db.$executeRaw`
      DELETE FROM quality_run WHERE data_product_id = ${dataProductId}::uuid AND id IN (
        SELECT id FROM quality_run WHERE data_product_id = ${dataProductId}::uuid
        ORDER BY measured_at DESC, id DESC OFFSET ${qualityRunsKept})`;
    return toRun(row);
  },
});
