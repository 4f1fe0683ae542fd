import { isPlanted, type LaneId, type LaneLeases } from '@headwater/core-staging';
import type { Pool } from 'pg';

/** Postgres's clock; the planted bug `lease-by-worker-clock` takes the worker's. */
const now = (): string =>
  __HEADWATER_FAULTS__ && isPlanted('lease-by-worker-clock')
    ? `to_timestamp(${Date.now()} / 1000.0)`
    : 'now()';

/**
 * Leases on lanes [S1]. Every comparison uses Postgres's clock, so owners need no common clock of their own. A fence
 * is never given out twice and never falls, also when a lease is released or has run out.
 */
export const createLaneLeases = (pool: Pool): LaneLeases => ({
  async unleased(owner, limit) {
    const { rows } = await pool.query<{ pipeline_id: string; lane: number }>(
      `SELECT l.pipeline_id, l.lane FROM lane_lease l JOIN staging_pipeline p ON p.id = l.pipeline_id
         LEFT JOIN lane_status s USING (pipeline_id, lane)
       WHERE p.desired_state = 'running' AND l.lane < p.lanes AND (l.lease_until IS NULL OR l.lease_until <= ${now()})
       ORDER BY s.last_commit_at > now() - interval '1 minute' DESC NULLS LAST,
         md5($1 || l.pipeline_id::text || l.lane) LIMIT $2`,
      [owner, limit],
    );
    return rows.map(({ pipeline_id, lane }): LaneId => ({ pipelineId: pipeline_id, lane }));
  },
  async claim({ pipelineId, lane }, owner, ttlMs) {
    const { rows } = await pool.query<{ fence: string }>(
      `UPDATE lane_lease SET owner = $3, lease_until = ${now()} + $4 * interval '1 millisecond', fence = fence + 1
       WHERE (pipeline_id, lane) IN (
         SELECT pipeline_id, lane FROM lane_lease
         WHERE pipeline_id = $1 AND lane = $2 AND (lease_until IS NULL OR lease_until <= ${now()})
         FOR UPDATE SKIP LOCKED)
       RETURNING fence`,
      [pipelineId, lane, owner, ttlMs],
    );
    const [row] = rows;
    return row === undefined ? undefined : { fence: BigInt(row.fence) };
  },
  async raiseFence({ pipelineId, lane }, owner, fence) {
    await pool.query(
      `UPDATE lane_lease SET fence = greatest(fence, $4::bigint)
       WHERE pipeline_id = $1 AND lane = $2 AND owner = $3 AND lease_until > ${now()}`,
      [pipelineId, lane, owner, fence],
    );
  },
  async renew(owner, lanes, ttlMs) {
    if (lanes.length === 0) return [];
    const { rows } = await pool.query<{ pipeline_id: string; lane: number }>(
      `UPDATE lane_lease l SET lease_until = ${now()} + $5 * interval '1 millisecond'
       FROM unnest($2::uuid[], $3::int[], $4::bigint[]) AS held (pipeline_id, lane, fence)
       WHERE l.pipeline_id = held.pipeline_id AND l.lane = held.lane AND l.owner = $1 AND l.fence = held.fence
         AND l.lease_until > ${now()}
       RETURNING l.pipeline_id, l.lane`,
      [
        owner,
        lanes.map(({ pipelineId }) => pipelineId),
        lanes.map(({ lane }) => lane),
        lanes.map(({ fence }) => fence),
        ttlMs,
      ],
    );
    return rows.map(({ pipeline_id, lane }): LaneId => ({ pipelineId: pipeline_id, lane }));
  },
  async release({ pipelineId, lane }, owner, fence) {
    await pool.query(
      `UPDATE lane_lease SET owner = NULL, lease_until = NULL
       WHERE pipeline_id = $1 AND lane = $2 AND owner = $3 AND fence = $4`,
      [pipelineId, lane, owner, fence],
    );
  },
});
