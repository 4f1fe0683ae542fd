import { randomUUID } from 'node:crypto';
import {
  dedupIdOf,
  jobCatalogue,
  parseJob,
  type ClaimedWork,
  type WorkItems,
  type WorkState,
  type WorkStatus,
  type WorkStore,
} from '@headwater/core-jobs';
import type { Pool } from 'pg';

/** Runs one statement; a pool, a connection, or the transaction of a unit of work. */
export type RunStatement = <Row>(text: string, values: unknown[]) => Promise<readonly Row[]>;

export const runOn =
  (pool: Pool): RunStatement =>
  async <Row>(text: string, values: unknown[]) =>
    (await pool.query(text, values)).rows as Row[];

/** Adds work; an item with the same dedup id that still waits or runs is returned instead. */
export const createWorkStore = (run: RunStatement, tenant: string): WorkStore => ({
  async add(job) {
    const parsed = parseJob(job.name, job.payload);
    if (!parsed.ok) throw parsed.error;
    const { queue, attemptsMax } = jobCatalogue[job.name];
    // Two rounds: between a conflict and the look-up the older item may have ended.
    for (let round = 0; round < 2; round += 1) {
      const values = [
        randomUUID(),
        tenant,
        job.name,
        queue,
        dedupIdOf(parsed.value),
        JSON.stringify(parsed.value.payload),
        attemptsMax,
      ];
      const [row] = await run<{ id: string }>(addWork, values);
      if (row !== undefined) return row.id;
    }
    throw new Error(`work ${job.name} could neither be added nor found`);
  },
});

const addWork = `
  WITH added AS (
    INSERT INTO work_item (id, tenant, job, queue, dedup_id, payload, state, attempts_max, due_at)
    VALUES ($1::uuid, $2, $3, $4, $5, $6::jsonb, 'waiting', $7, now())
    ON CONFLICT (queue, dedup_id) WHERE dedup_id IS NOT NULL AND state IN ('waiting', 'running') DO NOTHING
    RETURNING id)
  SELECT id FROM added
  UNION ALL
  SELECT id FROM work_item WHERE queue = $4 AND dedup_id = $5 AND state IN ('waiting', 'running')
  LIMIT 1`;

/** Waiting and due, or held by somebody who went away. */
const isFree = `(state = 'waiting' AND due_at <= now() OR state = 'running' AND lease_until <= now())`;

interface ClaimedRow {
  readonly id: string;
  readonly job: string;
  readonly payload: unknown;
  readonly attempt: number;
  readonly attempts_max: number;
  readonly fence: string;
}

/** Leases use Postgres's clock only; the fence grows with every claim. */
export const createWorkItems = (pool: Pool, tenant: string): WorkItems => ({
  ...createWorkStore(runOn(pool), tenant),
  async due(queue, limit) {
    const { rows } = await pool.query<{ id: string }>(
      `SELECT id FROM work_item WHERE queue = $1 AND tenant = $2 AND ${isFree} ORDER BY due_at, id LIMIT $3`,
      [queue, tenant, limit],
    );
    return rows.map(({ id }) => id);
  },
  claim: (queue, owner, ttlMs, workId) => claimWork(pool, { queue, tenant, owner, ttlMs, workId }),
  async renew(work, owner, ttlMs) {
    const { rowCount } = await pool.query(
      `UPDATE work_item SET lease_until = now() + $4 * interval '1 millisecond'
       WHERE id = $1 AND lease_owner = $2 AND fence = $3 AND state = 'running' AND lease_until > now()`,
      [work.id, owner, work.fence, ttlMs],
    );
    return rowCount === 1;
  },
  async complete(work, owner) {
    const { rowCount } = await pool.query(
      `UPDATE work_item SET state = 'done', finished_at = now(), lease_owner = NULL, lease_until = NULL, last_error = NULL
       WHERE id = $1 AND lease_owner = $2 AND fence = $3 AND state = 'running'`,
      [work.id, owner, work.fence],
    );
    return rowCount === 1;
  },
  async fail(work, owner, { retryInMs, ...failure }) {
    const { rowCount } = await pool.query(
      `UPDATE work_item SET lease_owner = NULL, lease_until = NULL, last_error = $4::jsonb,
         state = CASE WHEN $5::float8 IS NULL THEN 'failed' ELSE 'waiting' END,
         finished_at = CASE WHEN $5::float8 IS NULL THEN now() END,
         due_at = now() + coalesce($5::float8, 0) * interval '1 millisecond'
       WHERE id = $1 AND lease_owner = $2 AND fence = $3 AND state = 'running'`,
      [work.id, owner, work.fence, JSON.stringify(failure), retryInMs ?? null],
    );
    return rowCount === 1;
  },
  status: (workId) => readStatus(pool, workId),
  async prune(endedBeforeMs) {
    const { rowCount } = await pool.query(
      `DELETE FROM work_item WHERE finished_at < to_timestamp($1::float8 / 1000)`,
      [endedBeforeMs],
    );
    return rowCount ?? 0;
  },
});

interface Claim {
  readonly queue: string;
  readonly tenant: string;
  readonly owner: string;
  readonly ttlMs: number;
  readonly workId: string | undefined;
}

async function claimWork(pool: Pool, claim: Claim): Promise<ClaimedWork | undefined> {
  for (;;) {
    const row = await takeOne(pool, claim);
    if (row === undefined) return undefined;
    const job = parseJob(row.job, row.payload);
    const attempt = row.attempt;
    if (job.ok && attempt <= row.attempts_max) {
      return { id: row.id, job: job.value, attempt, fence: BigInt(row.fence) };
    }
    await bury(pool, row, claim.owner, job.ok ? undefined : job.error.message);
    if (claim.workId !== undefined) return undefined;
  }
}

async function takeOne(pool: Pool, claim: Claim): Promise<ClaimedRow | undefined> {
  const { rows } = await pool.query<ClaimedRow>(
    `UPDATE work_item SET state = 'running', attempt = attempt + 1, fence = fence + 1, lease_owner = $3,
       lease_until = now() + $4 * interval '1 millisecond'
     WHERE id = (
       SELECT id FROM work_item
       WHERE queue = $1 AND tenant = $2 AND ($5::uuid IS NULL OR id = $5::uuid) AND ${isFree}
       ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, job, payload, attempt, attempts_max, fence`,
    [claim.queue, claim.tenant, claim.owner, claim.ttlMs, claim.workId ?? null],
  );
  return rows[0];
}

/** Work that cannot be read, or whose holders died as often as it may be tried, is not tried again. */
async function bury(pool: Pool, row: ClaimedRow, owner: string, problem: string | undefined): Promise<void> {
  const error = {
    code: problem === undefined ? 'HW_JOB_ABANDONED' : 'HW_JOB_PAYLOAD',
    message: problem ?? `Given up after ${row.attempts_max} attempts whose processes went away.`,
  };
  await pool.query(
    `UPDATE work_item SET state = 'failed', finished_at = now(), lease_owner = NULL, lease_until = NULL,
       last_error = coalesce(last_error, $4::jsonb)
     WHERE id = $1 AND lease_owner = $2 AND fence = $3`,
    [row.id, owner, row.fence, JSON.stringify(error)],
  );
}

async function readStatus(pool: Pool, workId: string): Promise<WorkStatus | undefined> {
  const { rows } = await pool.query<{
    state: WorkState;
    attempt: number;
    last_error: WorkStatus['error'] | null;
  }>('SELECT state, attempt, last_error FROM work_item WHERE id = $1', [workId]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { state, attempt, last_error: error } = row;
  return { id: workId, state, attempt, ...(error === null || error === undefined ? {} : { error }) };
}
