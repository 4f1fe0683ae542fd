import { runSql } from '@headwater/platform-embedded';
import type { Track } from './track.ts';

/** Accepts the loss of every open gap, as an operator does. */
export async function acceptLosses({ stack }: Track, pipelineId: string): Promise<number> {
  const rows = await runSql(
    stack.databaseUrl,
    `UPDATE incident SET status = 'loss-accepted', accepted_reason = 'fault harness', accepted_by = 'harness', accepted_at = now()
     WHERE pipeline_id = '${pipelineId}' AND status = 'open' AND from_offset IS NOT NULL RETURNING id`,
  ).catch(() => []);
  return rows.length;
}

export async function openIncidents({ stack }: Track, pipelineId: string): Promise<readonly string[]> {
  const rows = await runSql(
    stack.databaseUrl,
    `SELECT kind FROM incident WHERE pipeline_id = '${pipelineId}' AND status = 'open'`,
  ).catch(() => []);
  return rows.map(([kind]) => kind ?? '');
}
