import type { WorkerRoster } from '@headwater/core-staging';
import type { Pool } from 'pg';

/** Workers and their lanes. Postgres's clock says who lives. */
export const createWorkerRoster = (pool: Pool): WorkerRoster => ({
  async report({ owner, held, lanesMax }, ttlMs) {
    await pool.query(
      `INSERT INTO staging_worker (owner, held, lanes_max, seen_until)
       VALUES ($1, $2, $3, now() + $4 * interval '1 millisecond')
       ON CONFLICT (owner) DO UPDATE SET held = excluded.held, lanes_max = excluded.lanes_max,
         seen_until = excluded.seen_until`,
      [owner, held, lanesMax, ttlMs],
    );
    const { rows } = await pool.query<{ owner: string; lanes_max: number; held: number }>(
      'SELECT owner, held, lanes_max FROM staging_worker WHERE seen_until > now() ORDER BY owner',
    );
    const unheld = await pool.query<{ count: number }>(
      `SELECT count(*)::int FROM lane_lease l JOIN staging_pipeline p ON p.id = l.pipeline_id
       WHERE p.desired_state = 'running' AND (l.lease_until IS NULL OR l.lease_until <= now())`,
    );
    return {
      workers: rows.map((row) => ({ owner: row.owner, lanesMax: row.lanes_max, held: row.held })),
      unheld: unheld.rows[0]?.count ?? 0,
    };
  },
  async leave(owner) {
    await pool.query(
      `DELETE FROM staging_worker WHERE owner = $1 OR seen_until < now() - interval '1 hour'`,
      [owner],
    );
  },
});
