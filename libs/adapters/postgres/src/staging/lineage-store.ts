import type { LineageStore, LineageWork } from '@headwater/core-staging';
import type { Pool } from 'pg';
import { toPipelineSpec, type PipelineColumns } from '../mesh/pipeline-store.ts';
import { ledgerColumnNames } from './ledger-classes.ts';

/**
 * What lineage has not told yet. The cursor is moved after delivery: a kill between both tells a run again, never not at
 * all. `updated_at` of a cursor is the time of the newest incident that was told.
 */
export const createLineageStore = (pool: Pool): LineageStore => ({
  async claim(ttlMs, batchesMax) {
    await pool.query(
      `INSERT INTO lineage_cursor (pipeline_id, lane, batch_seq, updated_at)
       SELECT l.pipeline_id, l.lane, -1, 'epoch' FROM lane_lease l ON CONFLICT DO NOTHING`,
    );
    const { rows } = await pool.query<{
      pipeline_id: string;
      lane: number;
      batch_seq: string;
      lease_ms: string;
    }>(
      `UPDATE lineage_cursor SET lease_until = now() + $1 * interval '1 millisecond'
       WHERE (pipeline_id, lane) IN (
         SELECT c.pipeline_id, c.lane FROM lineage_cursor c
         WHERE (c.lease_until IS NULL OR c.lease_until <= now()) AND (
           EXISTS (SELECT FROM ledger_batch b WHERE b.pipeline_id = c.pipeline_id AND b.lane = c.lane
             AND b.batch_seq > c.batch_seq)
           OR (c.lane = 0 AND EXISTS (SELECT FROM incident i WHERE i.pipeline_id = c.pipeline_id
             AND i.opened_at > c.updated_at)))
         ORDER BY c.lease_until NULLS FIRST, c.pipeline_id, c.lane LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING pipeline_id, lane, batch_seq, (extract(epoch FROM lease_until) * 1000)::bigint AS lease_ms`,
      [ttlMs],
    );
    const [row] = rows;
    return row === undefined ? undefined : readWork(pool, row, batchesMax);
  },
  async advance({ pipeline, lane, batches, incidents }) {
    await pool.query(
      `UPDATE lineage_cursor SET batch_seq = greatest(batch_seq, $3), lease_until = NULL,
         updated_at = greatest(updated_at, to_timestamp($4::float8 / 1000))
       WHERE pipeline_id = $1 AND lane = $2`,
      [
        pipeline.pipelineId,
        lane,
        batches.at(-1)?.batchSeq ?? -1,
        Math.max(0, ...incidents.map(({ openedAtMs }) => openedAtMs)),
      ],
    );
  },
  async giveBack({ pipeline, lane }, waitMs) {
    await pool.query(
      `UPDATE lineage_cursor SET lease_until = now() + $3 * interval '1 millisecond'
       WHERE pipeline_id = $1 AND lane = $2`,
      [pipeline.pipelineId, lane, waitMs],
    );
  },
});

async function readWork(
  pool: Pool,
  cursor: {
    readonly pipeline_id: string;
    readonly lane: number;
    readonly batch_seq: string;
    readonly lease_ms: string;
  },
  batchesMax: number,
): Promise<LineageWork> {
  const { pipeline_id: pipelineId, lane } = cursor;
  const pipelines = await pool.query<PipelineColumns>(
    `SELECT id, topic, topic_id AS "topicId", table_url AS "tableUrl", quarantine_url AS "quarantineUrl", spec,
       transform_hash AS "transformHash", desired_state AS "desiredState", generation
     FROM staging_pipeline WHERE id = $1`,
    [pipelineId],
  );
  const sums = ledgerColumnNames.map((column) => `e.${column}`).join(' + ');
  const batches = await pool.query<Record<string, unknown>>(
    `SELECT b.batch_id, b.batch_seq, b.table_version, b.committed_at, sum(e.landed) AS landed,
       sum(e.quarantined) AS quarantined, sum(${sums}) AS offsets
     FROM ledger_batch b JOIN ledger_entry e USING (pipeline_id, lane, batch_seq)
     WHERE b.pipeline_id = $1 AND b.lane = $2 AND b.batch_seq > $3
     GROUP BY b.batch_id, b.batch_seq, b.table_version, b.committed_at ORDER BY b.batch_seq LIMIT $4`,
    [pipelineId, lane, cursor.batch_seq, batchesMax],
  );
  const incidents =
    lane !== 0
      ? { rows: [] }
      : await pool.query<{ id: string; kind: string; cause: string; opened_at: Date }>(
          `SELECT i.id, i.kind, i.cause, i.opened_at FROM incident i JOIN lineage_cursor c USING (pipeline_id)
           WHERE i.pipeline_id = $1 AND c.lane = 0 AND i.opened_at > c.updated_at ORDER BY i.opened_at LIMIT 100`,
          [pipelineId],
        );
  return {
    pipeline: toPipelineSpec(pipelines.rows[0]!),
    lane,
    claimedUntilMs: Number(cursor.lease_ms),
    batches: batches.rows.map((row) => ({
      batchId: String(row['batch_id']),
      batchSeq: Number(row['batch_seq']),
      tableVersion: BigInt(String(row['table_version'])),
      committedAtMs: (row['committed_at'] as Date).getTime(),
      landed: BigInt(String(row['landed'])),
      quarantined: BigInt(String(row['quarantined'])),
      offsets: BigInt(String(row['offsets'])),
    })),
    incidents: incidents.rows.map(({ id, kind, cause, opened_at }) => ({
      incidentId: id,
      kind,
      cause,
      openedAtMs: opened_at.getTime(),
    })),
  };
}
