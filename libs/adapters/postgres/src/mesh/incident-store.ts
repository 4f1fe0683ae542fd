import { randomUUID } from 'node:crypto';
import type { Incident, IncidentStatus, IncidentStore } from '@headwater/core-mesh';
import { parseTimeKey, readPage } from '../page.ts';
import type { Db, Prisma } from '../prisma.ts';
import { fromJson, inOrder, present, toMs, uuids } from '../row.ts';
import { generationMoved } from '../store-problem.ts';

const whole = { pipeline: { select: { dataProductId: true } } } as const;
type IncidentRow = Prisma.IncidentGetPayload<{ include: typeof whole }>;

const toIncident = (row: IncidentRow): Incident =>
  present({
    id: row.id,
    pipelineId: row.pipelineId,
    productId: row.pipeline.dataProductId,
    kind: row.kind as Incident['kind'],
    status: row.status as IncidentStatus,
    partition: row.partition,
    from: row.fromOffset,
    to: row.untilOffset,
    cause: row.cause,
    fix: row.fix,
    openedAtMs: toMs(row.openedAt),
    lastSeenAtMs: toMs(row.lastSeenAt),
    resolvedAtMs: toMs(row.resolvedAt) ?? null,
    acceptedBy: row.acceptedBy,
    acceptedReason: row.acceptedReason,
    acceptedAtMs: toMs(row.acceptedAt) ?? null,
    resolvedBy: row.resolvedBy,
    samples: row.samples === null ? null : toSamples(row.samples),
    occurrences: row.occurrences,
    generation: row.generation,
  });

type StoredSample = Omit<NonNullable<Incident['samples']>[number], 'offset'> & { readonly offset: string };

const toSamples = (stored: Prisma.JsonValue): NonNullable<Incident['samples']> =>
  fromJson<readonly StoredSample[]>(stored).map((sample) => ({ ...sample, offset: BigInt(sample.offset) }));

export const createIncidentStore = (db: Db): IncidentStore => ({
  async byIds(ids) {
    const rows = await db.incident.findMany({ where: { id: { in: uuids(ids) } }, include: whole });
    return inOrder(ids, rows.map(toIncident));
  },
  list: (page, { status, productId }) =>
    readPage<IncidentRow, Incident>(page, {
      column: 'openedAt',
      order: 'desc',
      parseKey: parseTimeKey,
      filter: {
        ...(status === undefined ? {} : { status }),
        ...(productId === undefined ? {} : { pipeline: { dataProductId: { in: uuids([productId]) } } }),
      },
      count: (where) => db.incident.count({ where }),
      find: (query) => db.incident.findMany({ ...query, include: whole }),
      toItem: toIncident,
      toPosition: ({ openedAt, id }) => ({ key: openedAt.toISOString(), id }),
    }),
  async openByPipelineIds(pipelineIds) {
    const rows = await db.incident.findMany({
      where: { pipelineId: { in: uuids(pipelineIds) }, status: { not: 'resolved' } },
      include: whole,
      orderBy: [{ openedAt: 'desc' }, { id: 'desc' }],
      take: 1_000,
    });
    return rows.map(toIncident);
  },
  async open({ pipelineId, kind, cause, fix }) {
    const [row] = await db.$queryRaw<readonly { readonly id: string }[]>`
      INSERT INTO incident AS i (id, pipeline_id, kind, cause, fix, status, opened_at, last_seen_at)
      VALUES (${randomUUID()}::uuid, ${pipelineId}::uuid, ${kind}, ${cause}, ${fix}, 'open', now(), now())
      ON CONFLICT (pipeline_id, kind, coalesce(partition, -1), coalesce(from_offset, -1)) WHERE status <> 'resolved'
      DO UPDATE SET last_seen_at = now(), occurrences = i.occurrences + 1, cause = excluded.cause, fix = excluded.fix,
        generation = i.generation + 1
      RETURNING id`;
    const id = row?.id ?? '';
    return toIncident(await db.incident.findUniqueOrThrow({ where: { id }, include: whole }));
  },
  async acceptLoss(id, expectedGeneration, accepted) {
    const count = await db.$executeRaw`
      UPDATE incident SET status = 'loss-accepted', accepted_by = ${accepted.by}, accepted_reason = ${accepted.reason},
        accepted_at = now(), generation = generation + 1
      WHERE id = ${id}::uuid AND generation = ${expectedGeneration} AND status = 'open'`;
    if (count === 0) throw generationMoved(`Incident ${id}`, expectedGeneration);
    return toIncident(await db.incident.findUniqueOrThrow({ where: { id }, include: whole }));
  },
  async resolve(id, expectedGeneration, resolved) {
    const count = await db.$executeRaw`
      UPDATE incident SET status = 'resolved', resolved_at = now(), resolved_by = ${resolved.by},
        accepted_reason = ${resolved.reason}, generation = generation + 1
      WHERE id = ${id}::uuid AND generation = ${expectedGeneration} AND status = 'open'`;
    if (count === 0) throw generationMoved(`Incident ${id}`, expectedGeneration);
    return toIncident(await db.incident.findUniqueOrThrow({ where: { id }, include: whole }));
  },
  async resolveOfPipeline(pipelineId) {
    return db.$executeRaw`
      UPDATE incident SET status = 'resolved', resolved_at = now(), generation = generation + 1
      WHERE pipeline_id = ${pipelineId}::uuid AND status <> 'resolved'`;
  },
});
