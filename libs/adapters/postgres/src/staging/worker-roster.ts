import type { WorkerRoster } from '@headwater/core-staging';
import type { Pool } from 'pg';

interface CensusRow {
  readonly owner: string;
  readonly lanes_max: number;
  readonly held: number;
  readonly unheld: number;
  readonly next_end_ms: number | null;
}

/**
 * Workers and their lanes. Postgres's clock says who lives, and leases say who holds what: a report is up to a sweep
 * old. A worker that let a lease end since its last report is struck off at once, not at the end of that report; one
 * that lives is back with its next report.
 */
export const createWorkerRoster = (pool: Pool): WorkerRoster => ({
  async report({ owner, held, lanesMax }, ttlMs) {
    await pool.query(
      `INSERT INTO staging_worker (owner, held, lanes_max, seen_until)
       VALUES ($1, $2, $3, now() + $4 * interval '1 millisecond')
       ON CONFLICT (owner) DO UPDATE SET held = excluded.held, lanes_max = excluded.lanes_max,
         seen_until = excluded.seen_until`,
      [owner, held, lanesMax, ttlMs],
    );
    await pool.query(
      `DELETE FROM staging_worker w USING lane_lease l
       WHERE l.owner = w.owner AND w.owner <> $1 AND l.lease_until <= now()
         AND w.seen_until <= l.lease_until + $2 * interval '1 millisecond'`,
      [owner, ttlMs],
    );
    const { rows } = await pool.query<CensusRow>(
      `SELECT w.owner, w.lanes_max, count(l.owner) FILTER (WHERE l.lease_until > now())::int AS held,
         (SELECT count(*)::int FROM lane_lease u JOIN staging_pipeline p ON p.id = u.pipeline_id
          WHERE p.desired_state = 'running' AND u.lane < p.lanes AND (u.lease_until IS NULL OR u.lease_until <= now())) AS unheld,
         (SELECT 1000 * extract(epoch FROM min(n.lease_until) - now())::float FROM lane_lease n
          WHERE n.lease_until > now() AND n.owner <> $1) AS next_end_ms
       FROM staging_worker w LEFT JOIN lane_lease l ON l.owner = w.owner
       WHERE w.seen_until > now() GROUP BY w.owner ORDER BY w.owner`,
      [owner],
    );
    return {
      workers: rows.map((row) => ({ owner: row.owner, lanesMax: row.lanes_max, held: row.held })),
      unheld: rows[0]?.unheld ?? 0,
      ...(typeof rows[0]?.next_end_ms === 'number' ? { nextEndMs: rows[0].next_end_ms } : {}),
    };
  },
  async leave(owner) {
    await pool.query(
      `DELETE FROM staging_worker WHERE owner = $1 OR seen_until < now() - interval '1 hour'`,
      [owner],
    );
  },
});
