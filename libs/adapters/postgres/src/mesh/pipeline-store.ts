import type { PipelineRecord, PipelineStore } from '@headwater/core-mesh';
import type { PipelineSpec } from '@headwater/core-staging';
import type { Db, Prisma } from '../prisma.ts';
import { fromJson, toJson, uuids } from '../row.ts';
import { generationMoved } from '../store-problem.ts';

type PipelineRow = Prisma.StagingPipelineGetPayload<object>;
export type PipelineColumns = Pick<
  PipelineRow,
  | 'id'
  | 'topic'
  | 'topicId'
  | 'tableUrl'
  | 'quarantineUrl'
  | 'spec'
  | 'transformHash'
  | 'desiredState'
  | 'generation'
>;

/** The part of the spec that has no column of its own. */
type StoredSpec = Pick<
  PipelineSpec,
  | 'productName'
  | 'contract'
  | 'schemaIds'
  | 'flushIntervalMs'
  | 'flushBytesMax'
  | 'tableProperties'
  | 'poison'
  | 'lanes'
> & { readonly drainTo?: PipelineSpec['drainTo'] | undefined };

export const toPipelineSpec = (row: PipelineColumns): PipelineSpec => ({
  ...fromJson<StoredSpec & Pick<PipelineSpec, 'drainTo'>>(row.spec),
  pipelineId: row.id,
  topic: row.topic,
  topicId: row.topicId,
  tableUrl: row.tableUrl,
  quarantineUrl: row.quarantineUrl,
  transformHash: row.transformHash,
  desiredState: row.desiredState as PipelineSpec['desiredState'],
  generation: row.generation,
});

const toRecord = (row: PipelineRow): PipelineRecord => ({
  productId: row.dataProductId,
  spec: toPipelineSpec(row),
});

const storedSpec = ({
  productName,
  contract,
  schemaIds,
  flushIntervalMs,
  flushBytesMax,
  tableProperties,
  poison,
  lanes,
  drainTo,
}: StoredSpec) =>
  toJson({
    productName,
    contract,
    schemaIds,
    flushIntervalMs,
    flushBytesMax,
    ...(tableProperties === undefined ? {} : { tableProperties }),
    ...(poison === undefined ? {} : { poison }),
    ...(lanes === undefined ? {} : { lanes }),
    ...(drainTo === undefined ? {} : { drainTo }),
  });

/** Leases of lanes that never were; the fence of one that was goes on where it stood. */
const addLanes = async (db: Db, pipelineId: string, lanes: number): Promise<unknown> =>
  db.laneLease.createMany({
    data: Array.from({ length: lanes }, (_, lane) => ({ pipelineId, lane })),
    skipDuplicates: true,
  });

export const createPipelineStore = (db: Db): PipelineStore => ({
  async byIds(pipelineIds) {
    const rows = await db.stagingPipeline.findMany({ where: { id: { in: uuids(pipelineIds) } } });
    return rows.map(toRecord);
  },
  async byProductIds(productIds) {
    const rows = await db.stagingPipeline.findMany({ where: { dataProductId: { in: uuids(productIds) } } });
    return rows.map(toRecord);
  },
  async living(limit) {
    const rows = await db.stagingPipeline.findMany({
      where: { desiredState: { not: 'retired' } },
      orderBy: { dataProduct: { qualifiedName: 'asc' } },
      take: limit,
    });
    return rows.map(toRecord);
  },
  async create({ productId, spec }) {
    await db.stagingPipeline.createMany({
      data: {
        id: spec.pipelineId,
        dataProductId: productId,
        topic: spec.topic,
        topicId: spec.topicId,
        tableUrl: spec.tableUrl,
        quarantineUrl: spec.quarantineUrl,
        spec: storedSpec(spec),
        transformHash: spec.transformHash,
        lanes: spec.lanes ?? 1,
        desiredState: spec.desiredState,
      },
      skipDuplicates: true,
    });
    await addLanes(db, spec.pipelineId, spec.lanes ?? 1);
    return toRecord(await db.stagingPipeline.findUniqueOrThrow({ where: { id: spec.pipelineId } }));
  },
  async update(pipelineId, expectedGeneration, change) {
    const row = await db.stagingPipeline.findFirst({
      where: { id: pipelineId, generation: expectedGeneration },
    });
    if (row === null) throw generationMoved(`Pipeline ${pipelineId}`, expectedGeneration);
    const next = { ...toPipelineSpec(row), ...change };
    const { count } = await db.stagingPipeline.updateMany({
      where: { id: pipelineId, generation: expectedGeneration },
      data: {
        spec: storedSpec(next),
        transformHash: next.transformHash,
        desiredState: next.desiredState,
        // Lanes that are to go are looked for until the log has let them go.
        lanes: Math.max(row.lanes, next.lanes ?? 1),
        generation: { increment: 1 },
      },
    });
    if (count === 0) throw generationMoved(`Pipeline ${pipelineId}`, expectedGeneration);
    if (next.lanes !== undefined) await addLanes(db, pipelineId, next.lanes);
    return toRecord(await db.stagingPipeline.findUniqueOrThrow({ where: { id: pipelineId } }));
  },
});
