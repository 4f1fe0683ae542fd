import { randomUUID } from 'node:crypto';
import type { AcceptedLoss, NewIncident, StagingStore } from '@headwater/core-staging';
import { canonicalJson } from '@headwater/kernel';
import type { Pool } from 'pg';
import { toPipelineSpec, type PipelineColumns } from '../mesh/pipeline-store.ts';
import { inTransaction } from '../transaction.ts';
import { reportStatuses } from './lane-statuses.ts';
import { mirrorBatch } from './ledger-mirror.ts';

/**
 * What lanes read and report. Idempotent where a lane may repeat itself after a crash. Plain SQL throughout: a process
 * that only stages never loads the query compiler.
 */
export const createStagingStore = (pool: Pool): StagingStore => ({
  async pipeline(pipelineId) {
    const { rows } = await pool.query<PipelineColumns>(
      `SELECT id, topic, topic_id AS "topicId", table_url AS "tableUrl", quarantine_url AS "quarantineUrl", spec,
         transform_hash AS "transformHash", desired_state AS "desiredState", generation
       FROM staging_pipeline WHERE id = $1`,
      [pipelineId],
    );
    const [row] = rows;
    return row === undefined ? undefined : toPipelineSpec(row);
  },
  async pipelineMarks(pipelineIds) {
    const { rows } = await pool.query<{ id: string; generation: number; has_losses: boolean }>(
      `SELECT p.id, p.generation, EXISTS (
         SELECT FROM incident i WHERE i.pipeline_id = p.id AND i.status = 'loss-accepted') AS has_losses
       FROM staging_pipeline p WHERE p.id = ANY ($1::uuid[])`,
      [pipelineIds],
    );
    return new Map(
      rows.map((row) => [row.id, { generation: row.generation, hasAcceptedLosses: row.has_losses }]),
    );
  },
  mirrorLedger: (lane, batch) => inTransaction(pool, (client) => mirrorBatch(client, lane, batch)),
  async mirroredThrough({ pipelineId, lane }) {
    const { rows } = await pool.query<{ seq: string | null }>(
      'SELECT max(batch_seq) AS seq FROM ledger_batch WHERE pipeline_id = $1 AND lane = $2',
      [pipelineId, lane],
    );
    return Number(rows[0]?.seq ?? -1);
  },
  reportStatuses: (reports) => reportStatuses(pool, reports),
  openIncident: (incident) => openIncident(pool, incident),
  acceptedLosses: (pipelineId) => readAcceptedLosses(pool, pipelineId),
  async markLossApplied(incidentId, batchId) {
    await pool.query(
      `UPDATE incident SET status = 'resolved', resolved_at = now(), applied_batch_id = $2, generation = generation + 1
       WHERE id = $1 AND status = 'loss-accepted'`,
      [incidentId, batchId],
    );
  },
  async lanesSettled(pipelineId, lanes) {
    await pool.query(
      `UPDATE staging_pipeline SET lanes = $2
       WHERE id = $1 AND lanes <> $2 AND coalesce((spec->>'lanes')::int, 1) = $2`,
      [pipelineId, lanes],
    );
  },
});

async function openIncident(pool: Pool, incident: NewIncident): Promise<{ readonly incidentId: string }> {
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO incident AS i (id, pipeline_id, kind, partition, from_offset, until_offset, cause, fix, samples, status, opened_at, last_seen_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', now(), now())
     ON CONFLICT (pipeline_id, kind, coalesce(partition, -1), coalesce(from_offset, -1)) WHERE status <> 'resolved'
     DO UPDATE SET last_seen_at = now(), occurrences = i.occurrences + 1,
       until_offset = CASE WHEN i.status = 'open' THEN excluded.until_offset ELSE i.until_offset END,
       cause = excluded.cause, fix = excluded.fix, samples = excluded.samples
     RETURNING id`,
    [
      randomUUID(),
      incident.pipelineId,
      incident.kind,
      incident.partition ?? null,
      incident.from ?? null,
      incident.to ?? null,
      incident.cause,
      incident.fix,
      incident.samples === undefined ? null : canonicalJson(incident.samples),
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an incident was neither stored nor updated');
  return { incidentId: row.id };
}

interface LossRow {
  readonly id: string;
  readonly partition: number;
  readonly from_offset: string;
  readonly until_offset: string;
  readonly accepted_reason: string;
  readonly accepted_by: string;
}

async function readAcceptedLosses(pool: Pool, pipelineId: string): Promise<readonly AcceptedLoss[]> {
  const { rows } = await pool.query<LossRow>(
    `SELECT id, partition, from_offset, until_offset, accepted_reason, accepted_by FROM incident
     WHERE pipeline_id = $1 AND status = 'loss-accepted'
       AND partition IS NOT NULL AND from_offset IS NOT NULL AND until_offset IS NOT NULL
     ORDER BY partition, from_offset LIMIT 1000`,
    [pipelineId],
  );
  return rows.map((row) => ({
    incidentId: row.id,
    partition: row.partition,
    from: BigInt(row.from_offset),
    to: BigInt(row.until_offset),
    reason: row.accepted_reason,
    acceptedBy: row.accepted_by,
  }));
}
