import type {
  DataProduct,
  DataProductFilter,
  DataProductStatus,
  DataProductStore,
  NewDataProduct,
} from '@headwater/core-mesh';
import { readPage } from '../page.ts';
import type { Db, Prisma } from '../prisma.ts';
import { fromMs, inOrder, present, toMs, uuids } from '../row.ts';
import { generationMoved, nameTaken, unlessTaken } from '../store-problem.ts';

const whole = { outputPorts: true, retentionPolicy: true } as const;
type ProductRow = Prisma.DataProductGetPayload<{ include: typeof whole }>;

function toProduct(row: ProductRow): DataProduct {
  const topic = row.outputPorts.find(({ kind }) => kind === 'TOPIC');
  const table = row.outputPorts.find(({ kind }) => kind === 'TABLE');
  if (topic === undefined || table === undefined || row.retentionPolicy === null) {
    throw new Error(`data product ${row.id} is stored without its ports or its promise`);
  }
  return present({
    id: row.id,
    domainId: row.domainId,
    qualifiedName: row.qualifiedName,
    name: row.name,
    title: row.title,
    description: row.description,
    status: row.status as DataProductStatus,
    ownerTeamId: row.teamId,
    topic: {
      name: topic.location,
      partitions: topic.partitions ?? 0,
      replicationFactor: topic.replicationFactor ?? 0,
    },
    valueSubject: topic.valueSubject ?? '',
    tableUrl: table.location,
    quarantineUrl: table.quarantineUrl ?? '',
    retention: {
      periodMs: Number(row.retentionPolicy.periodMs),
      mode: row.retentionPolicy.mode as DataProduct['retention']['mode'],
    },
    staging: { flushIntervalMs: row.flushIntervalMs, flushBytesMax: Number(row.flushBytesMax) },
    contractVersionId: row.contractVersionId,
    createdAtMs: toMs(row.createdAt),
    retiredAtMs: toMs(row.retiredAt) ?? null,
    generation: row.generation,
  });
}

export function createDataProductStore(db: Db, tenant: string): DataProductStore {
  const read = async (id: string) =>
    toProduct(await db.dataProduct.findUniqueOrThrow({ where: { id }, include: whole }));
  return {
    ...createDataProductReads(db, tenant),
    async create(product) {
      const work = db.dataProduct.create({
        data: {
          ...columnsOf(product),
          tenant,
          outputPorts: { create: portsOf(product) },
          retentionPolicy: { create: promiseOf(product.retention) },
        } as Prisma.DataProductUncheckedCreateInput,
        include: whole,
      });
      return toProduct(await unlessTaken(work, () => nameTaken('data product', product.qualifiedName)));
    },
    async update(id, expectedGeneration, change) {
      const { count } = await db.dataProduct.updateMany({
        where: { id, tenant, generation: expectedGeneration },
        data: { ...columnsOf(change), generation: { increment: 1 } },
      });
      if (count === 0) throw generationMoved(`Data product ${id}`, expectedGeneration);
      if (change.retention !== undefined) {
        await db.retentionPolicy.update({ where: { dataProductId: id }, data: promiseOf(change.retention) });
      }
      await updatePorts(db, id, change);
      return read(id);
    },
  };
}

function createDataProductReads(db: Db, tenant: string): Omit<DataProductStore, 'create' | 'update'> {
  const living = { tenant, status: { not: 'retired' } };
  return {
    async byIds(ids) {
      const rows = await db.dataProduct.findMany({
        where: { tenant, id: { in: uuids(ids) } },
        include: whole,
      });
      return inOrder(ids, rows.map(toProduct));
    },
    async byQualifiedName(name) {
      const row =
        (await db.dataProduct.findFirst({ where: { ...living, qualifiedName: name }, include: whole })) ??
        (await db.dataProduct.findFirst({
          where: { tenant, qualifiedName: name },
          orderBy: [{ retiredAt: 'desc' }, { id: 'desc' }],
          include: whole,
        }));
      return row === null ? undefined : toProduct(row);
    },
    list: (page, filter) =>
      readPage<ProductRow, DataProduct>(page, {
        column: 'qualifiedName',
        order: 'asc',
        filter: toWhere(tenant, filter),
        count: (where) => db.dataProduct.count({ where }),
        find: (query) => db.dataProduct.findMany({ ...query, include: whole }),
        toItem: toProduct,
        toPosition: ({ qualifiedName, id }) => ({ key: qualifiedName, id }),
      }),
    async byTopics(topics) {
      const rows = await db.dataProduct.findMany({
        where: { ...living, outputPorts: { some: { kind: 'TOPIC', location: { in: [...topics] } } } },
        include: whole,
      });
      return rows.map(toProduct);
    },
    async living(limit) {
      const rows = await db.dataProduct.findMany({
        where: living,
        include: whole,
        orderBy: [{ qualifiedName: 'asc' }],
        take: limit,
      });
      return rows.map(toProduct);
    },
  };
}

const toWhere = (tenant: string, filter: DataProductFilter): Prisma.DataProductWhereInput => ({
  tenant,
  ...(filter.domainId === undefined ? {} : { domainId: { in: uuids([filter.domainId]) } }),
  ...(filter.status === undefined ? {} : { status: filter.status }),
  ...(filter.search === undefined
    ? {}
    : {
        OR: [
          { qualifiedName: { contains: filter.search, mode: 'insensitive' } },
          { title: { contains: filter.search, mode: 'insensitive' } },
        ],
      }),
});

type ProductChange = Partial<NewDataProduct> & { readonly retiredAtMs?: number };

/** Only the columns that the change names. */
const columnsOf = (change: ProductChange) =>
  definedOnly({
    id: change.id,
    domainId: change.domainId,
    name: change.name,
    qualifiedName: change.qualifiedName,
    title: change.title,
    description: change.description,
    status: change.status,
    teamId: change.ownerTeamId,
    contractVersionId: change.contractVersionId,
    flushIntervalMs: change.staging?.flushIntervalMs,
    flushBytesMax: change.staging === undefined ? undefined : BigInt(change.staging.flushBytesMax),
    retiredAt: change.retiredAtMs === undefined ? undefined : fromMs(change.retiredAtMs),
  });

const definedOnly = <T extends object>(columns: T) =>
  Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const promiseOf = (retention: DataProduct['retention']) => ({
  periodMs: BigInt(retention.periodMs),
  mode: retention.mode,
});

const topicPort = (change: ProductChange) =>
  definedOnly({
    location: change.topic?.name,
    partitions: change.topic?.partitions,
    replicationFactor: change.topic?.replicationFactor,
    valueSubject: change.valueSubject,
  });

const tablePort = (change: ProductChange) =>
  definedOnly({ location: change.tableUrl, quarantineUrl: change.quarantineUrl });

const portsOf = (product: NewDataProduct) =>
  [
    { kind: 'TOPIC', ...topicPort(product) },
    { kind: 'TABLE', ...tablePort(product) },
  ] as Prisma.OutputPortUncheckedCreateWithoutDataProductInput[];

async function updatePorts(db: Db, dataProductId: string, change: ProductChange): Promise<void> {
  for (const [kind, data] of [
    ['TOPIC', topicPort(change)],
    ['TABLE', tablePort(change)],
  ] as const) {
    if (Object.keys(data).length === 0) continue;
    await db.outputPort.update({ where: { dataProductId_kind: { dataProductId, kind } }, data });
  }
}
