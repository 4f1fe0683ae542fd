import type { OperatingReads, OperatingRequests } from '@headwater/core-mesh';
import type {
  LedgerClass,
  LedgerTransfer,
  OperatingPlan,
  OperatingProgress,
  OperatingStore,
  StoredOperatingPlan,
} from '@headwater/core-staging';
import { createAuditTrail } from '../mesh/audit-trail.ts';
import type { Db, Prisma, PrismaClient } from '../prisma.ts';
import { fromJson, inOrder, present, toJson, toMs, uuids } from '../row.ts';
import { ledgerColumns } from './ledger-classes.ts';

type PlanRow = Prisma.OperatingPlanGetPayload<object>;

const toStored = (row: PlanRow): StoredOperatingPlan =>
  present({
    id: row.id,
    pipelineId: row.pipelineId,
    kind: row.kind as StoredOperatingPlan['kind'],
    state: row.state as StoredOperatingPlan['state'],
    request: fromJson<StoredOperatingPlan['request']>(row.request),
    plan: row.plan === null ? null : fromJson<OperatingPlan>(row.plan),
    hash: row.hash,
    progress: row.progress === null ? null : fromJson<OperatingProgress>(row.progress),
    error: row.error === null ? null : fromJson<NonNullable<StoredOperatingPlan['error']>>(row.error),
    requestedBy: row.requestedBy,
    requestedAtMs: toMs(row.requestedAt),
    computedAtMs: toMs(row.computedAt) ?? null,
    finishedAtMs: toMs(row.finishedAt) ?? null,
  }) as StoredOperatingPlan;

export const createOperatingReads = (db: Db): OperatingReads => ({
  async byIds(ids) {
    const rows = await db.operatingPlan.findMany({ where: { id: { in: uuids(ids) } } });
    return inOrder(ids, rows.map(toStored));
  },
  async previewByHash(pipelineId, hash) {
    const row = await db.operatingPlan.findFirst({
      where: { pipelineId: { in: uuids([pipelineId]) }, hash, state: 'previewed' },
      orderBy: [{ requestedAt: 'desc' }, { id: 'desc' }],
    });
    return row === null ? undefined : toStored(row);
  },
  async latest(pipelineId, limit) {
    const rows = await db.operatingPlan.findMany({
      where: { pipelineId: { in: uuids([pipelineId]) } },
      orderBy: [{ requestedAt: 'desc' }, { id: 'desc' }],
      take: limit,
    });
    return rows.map(toStored);
  },
});

export const createOperatingRequests = (db: Db): OperatingRequests => ({
  ...createOperatingReads(db),
  async request({ id, pipelineId, request, requestedBy }) {
    // A newer look at the same pipeline takes the place of what was only shown.
    await db.operatingPlan.updateMany({
      where: { pipelineId, kind: request.kind, state: { in: ['planning', 'previewed'] } },
      data: { state: 'superseded' },
    });
    await db.$executeRaw`
      INSERT INTO operating_plan (id, pipeline_id, kind, state, request, requested_by, requested_at)
      VALUES (${id}::uuid, ${pipelineId}::uuid, ${request.kind}, 'planning', ${JSON.stringify(request)}::jsonb, ${requestedBy}, now())`;
  },
});

/** Plans as the process that carries them out sees them. */
export const createOperatingStore = (prisma: PrismaClient, tenant: string): OperatingStore => ({
  async plan(planId) {
    return (await createOperatingReads(prisma).byIds([planId]))[0];
  },
  async savePreview(planId, plan, hash) {
    await prisma.$executeRaw`
      UPDATE operating_plan SET state = 'previewed', plan = ${JSON.stringify(plan)}::jsonb, hash = ${hash}, computed_at = now()
      WHERE id = ${planId}::uuid AND state = 'planning'`;
  },
  async begin(planId) {
    const count = await prisma.$executeRaw`
      UPDATE operating_plan SET state = 'applying'
      WHERE id = ${planId}::uuid AND state IN ('previewed', 'applying')`;
    return count === 1;
  },
  async recordProgress(planId, progress) {
    await prisma.operatingPlan.updateMany({
      where: { id: planId, state: 'applying' },
      data: { progress: toJson(progress) },
    });
  },
  finish: (planId, end) => prisma.$transaction((db) => finish(db, tenant, planId, end)),
  beginEpoch: (epoch) => prisma.$transaction((db) => beginEpoch(db, tenant, epoch)),
  async mirrorTransfers(transfers) {
    if (transfers.length === 0) return;
    await prisma.$transaction(async (db) => {
      for (const transfer of transfers) await mirrorTransfer(db, transfer);
    });
  },
});

async function finish(
  db: Db,
  tenant: string,
  planId: string,
  { state, error }: Parameters<OperatingStore['finish']>[1],
): Promise<void> {
  const row = await db.operatingPlan.findUnique({ where: { id: planId } });
  if (row === null || !['planning', 'previewed', 'applying'].includes(row.state)) return;
  await db.$executeRaw`
    UPDATE operating_plan SET state = ${state}, finished_at = now(),
      error = ${error === undefined ? null : JSON.stringify(error)}::jsonb WHERE id = ${planId}::uuid`;
  const progress = row.progress === null ? undefined : fromJson<OperatingProgress>(row.progress);
  await createAuditTrail(db, tenant).append({
    actor: row.requestedBy,
    event: `pipeline.${row.kind}-${state}`,
    subject: row.pipelineId,
    facts: {
      planId,
      ...(progress === undefined ? {} : { landed: progress.landed, refused: progress.refused }),
      ...(error === undefined ? {} : { code: error.code }),
    },
  });
}

const columnOf = (name: LedgerClass): string => new Map(ledgerColumns).get(name) ?? name;

async function mirrorTransfer(db: Db, transfer: LedgerTransfer): Promise<void> {
  const { group, offsets, fromClass, toClass } = transfer;
  const id = [transfer.transferId, group.stage, group.reason, group.path].join(':');
  const inserted = await db.$executeRaw`
    INSERT INTO ledger_transfer (transfer_id, pipeline_id, plan_id, kind, topic_id, partition, from_class, to_class,
      offsets, table_version, committed_at)
    VALUES (${id}, ${transfer.pipelineId}::uuid, ${transfer.planId}::uuid, ${transfer.kind}, ${transfer.topicId},
      ${transfer.partition}, ${fromClass}, ${toClass}, ${offsets}, ${transfer.tableVersion},
      to_timestamp(${transfer.committedAtMs}::float8 / 1000)) ON CONFLICT DO NOTHING`;
  if (inserted === 0) return;
  const [from, to] = [columnOf(fromClass), columnOf(toClass)];
  await db.$executeRawUnsafe(
    `UPDATE ledger_total SET ${from} = ${from} - $4, ${to} = ${to} + $4, updated_at = now()
     WHERE pipeline_id = $1::uuid AND topic_id = $2 AND partition = $3`,
    transfer.pipelineId,
    transfer.topicId,
    transfer.partition,
    offsets,
  );
  if (fromClass === 'quarantined')
    await db.$executeRaw`
      UPDATE quarantine_group SET records = greatest(0, records - ${offsets})
      WHERE pipeline_id = ${transfer.pipelineId}::uuid AND stage = ${group.stage} AND reason = ${group.reason}
        AND path = ${group.path}`;
  if (toClass === 'quarantined') await addToGroup(db, transfer);
}

const addToGroup = (db: Db, transfer: LedgerTransfer) => db.$executeRaw`
  INSERT INTO quarantine_group AS g
    (pipeline_id, stage, reason, path, records, first_seen_at, last_seen_at, example_partition, example_offset)
  VALUES (${transfer.pipelineId}::uuid, ${transfer.group.stage}, ${transfer.group.reason}, ${transfer.group.path},
    ${transfer.offsets}, to_timestamp(${transfer.committedAtMs}::float8 / 1000),
    to_timestamp(${transfer.committedAtMs}::float8 / 1000), ${transfer.partition}, ${transfer.exampleOffset ?? 0n})
  ON CONFLICT (pipeline_id, stage, reason, path) DO UPDATE SET records = g.records + excluded.records,
    last_seen_at = greatest(g.last_seen_at, excluded.last_seen_at),
    example_partition = excluded.example_partition, example_offset = excluded.example_offset`;

/** Keys of leases and incidents follow the pipeline's by themselves; what the ledger holds stays under the old one. */
async function beginEpoch(
  db: Db,
  tenant: string,
  { planId, pipelineId, nextPipelineId, ...next }: Parameters<OperatingStore['beginEpoch']>[0],
): Promise<'begun' | 'moved'> {
  const { tableUrl, quarantineUrl, transformHash } = next;
  const [moved] = await db.$queryRaw<{ data_product_id: string }[]>`
    UPDATE staging_pipeline SET id = ${nextPipelineId}::uuid, table_url = ${tableUrl}, quarantine_url = ${quarantineUrl},
      generation = generation + 1
    WHERE id = ${pipelineId}::uuid AND transform_hash = ${transformHash} AND desired_state <> 'retired'
    RETURNING data_product_id::text`;
  if (moved === undefined) return 'moved';
  await db.$executeRaw`
    UPDATE output_port SET location = ${tableUrl}, quarantine_url = ${quarantineUrl}
    WHERE data_product_id = ${moved.data_product_id}::uuid AND kind = 'TABLE'`;
  await db.$executeRaw`
    UPDATE lane_lease SET owner = NULL, lease_until = NULL WHERE pipeline_id = ${nextPipelineId}::uuid`;
  await db.$executeRaw`
    UPDATE incident SET status = 'resolved', resolved_at = now(), resolved_by = ${`restart ${planId}`},
      generation = generation + 1
    WHERE pipeline_id = ${nextPipelineId}::uuid AND status <> 'resolved'`;
  await db.$executeRaw`
    UPDATE operating_plan SET pipeline_id = ${nextPipelineId}::uuid,
      state = CASE WHEN state IN ('planning', 'previewed') THEN 'superseded' ELSE state END
    WHERE pipeline_id = ${pipelineId}::uuid`;
  await createAuditTrail(db, tenant).append({
    actor: 'staging-worker',
    event: 'pipeline.epoch-begun',
    subject: nextPipelineId,
    facts: { planId, previousPipelineId: pipelineId, tableUrl },
  });
  return 'begun';
}
