import { readsMax, type ApplicationRead, type ApplicationReadStore } from '@headwater/core-mesh';
import { Prisma, type Db } from '../prisma.ts';
import { fromJson, inOrder, present, toJson, toMs, uuids } from '../row.ts';

type ReadRow = Prisma.ApplicationReadGetPayload<object>;

const toRead = (row: ReadRow): ApplicationRead =>
  present({
    id: row.id,
    applicationId: row.applicationId,
    productId: row.dataProductId,
    port: row.port as ApplicationRead['port'],
    fields: row.fields === null ? null : fromJson<readonly string[]>(row.fields),
    versionRange: row.versionRange,
    schema: toSchema(row),
    consumerGroup: row.consumerGroup,
    declaredBy: row.declaredBy,
    declaredAtMs: toMs(row.declaredAt),
  });

const toSchema = ({ schemaType, schemaText }: ReadRow): NonNullable<ApplicationRead['schema']> | null =>
  schemaType === null || schemaText === null
    ? null
    : { type: schemaType as NonNullable<ApplicationRead['schema']>['type'], text: schemaText };

const orderBy = [{ declaredAt: 'asc' as const }, { id: 'asc' as const }];

export const createApplicationReadStore = (db: Db): ApplicationReadStore => ({
  async byIds(ids) {
    const rows = await db.applicationRead.findMany({ where: { id: { in: uuids(ids) } } });
    return inOrder(ids, rows.map(toRead));
  },
  async byProductIds(productIds) {
    const where = { dataProductId: { in: uuids(productIds) } };
    const rows = await db.applicationRead.findMany({ where, orderBy, take: readsMax });
    return rows.map(toRead);
  },
  async byApplicationIds(applicationIds) {
    const where = { applicationId: { in: uuids(applicationIds) } };
    const rows = await db.applicationRead.findMany({ where, orderBy, take: readsMax });
    return rows.map(toRead);
  },
  async save({ id, applicationId, productId: dataProductId, port, fields, schema, ...read }) {
    const place = { applicationId, dataProductId, port };
    const said = {
      fields: fields === undefined ? Prisma.JsonNull : toJson(fields),
      versionRange: read.versionRange ?? null,
      schemaType: schema?.type ?? null,
      schemaText: schema?.text ?? null,
      consumerGroup: read.consumerGroup ?? null,
      declaredBy: read.declaredBy,
      declaredAt: new Date(),
    };
    return toRead(
      await db.applicationRead.upsert({
        where: { applicationId_dataProductId_port: place },
        create: { id, ...place, ...said },
        update: said,
      }),
    );
  },
  async remove({ applicationId, productId: dataProductId, port }) {
    await db.applicationRead.deleteMany({ where: { applicationId, dataProductId, port } });
  },
});
