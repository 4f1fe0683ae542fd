import type { LaneStatus, LaneStatusReport } from '@headwater/core-staging';
import { canonicalJson } from '@headwater/kernel';
import type { Pool } from 'pg';

/** Writes what lanes say about themselves, all of them in one statement. */
export async function reportStatuses(pool: Pool, reports: readonly LaneStatusReport[]): Promise<void> {
  if (reports.length === 0) return;
  await pool.query(
    `INSERT INTO lane_status (pipeline_id, lane, state, engine, records_per_second, bytes_per_second, table_version,
       last_commit_at, error, partitions, activity, reported_at, owner, fence)
     SELECT r.pipeline_id, r.lane, r.state, r.engine, r.records_per_second, r.bytes_per_second, r.table_version,
       to_timestamp(r.last_commit_at_ms / 1000), r.error, r.partitions, r.activity, now(), l.owner, l.fence
     FROM jsonb_to_recordset($1::jsonb) AS r (pipeline_id uuid, lane int, state text, engine text,
       records_per_second float8, bytes_per_second float8, table_version bigint, last_commit_at_ms float8,
       error jsonb, partitions jsonb, activity jsonb)
     JOIN lane_lease l ON l.pipeline_id = r.pipeline_id AND l.lane = r.lane
     ON CONFLICT (pipeline_id, lane) DO UPDATE SET state = excluded.state, engine = excluded.engine,
       records_per_second = excluded.records_per_second, bytes_per_second = excluded.bytes_per_second,
       table_version = excluded.table_version, last_commit_at = excluded.last_commit_at, error = excluded.error,
       partitions = excluded.partitions, activity = excluded.activity, reported_at = excluded.reported_at,
       owner = excluded.owner, fence = excluded.fence`,
    [canonicalJson(reports.map(toRow))],
  );
}

const toRow = ({ lane, status }: LaneStatusReport) => ({
  pipeline_id: lane.pipelineId,
  lane: lane.lane,
  state: status.state,
  engine: status.engine,
  records_per_second: status.recordsPerSecond,
  bytes_per_second: status.bytesPerSecond,
  table_version: status.tableVersion,
  last_commit_at_ms: status.lastCommitAtMs ?? null,
  error: status.error ?? null,
  partitions: status.partitions,
  activity: activityOf(status),
});

/** The batch in flight and the engine's reason, or null when there is neither. */
function activityOf({ activity, engineReason }: LaneStatus): object | null {
  if (activity === undefined && engineReason === undefined) return null;
  return {
    ...(activity === undefined ? {} : { activity }),
    ...(engineReason === undefined ? {} : { engineReason }),
  };
}
