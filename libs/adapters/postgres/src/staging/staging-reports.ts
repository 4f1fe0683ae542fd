import type {
  LaneReport,
  LedgerRow,
  ListPosition,
  Page,
  PageRequest,
  PipelineReport,
  QuarantineGroup,
  StagingReports,
} from '@headwater/core-mesh';
import type { LaneStatus, PartitionStatus } from '@headwater/core-staging';
import type { Pool } from 'pg';
import { invalidCursor } from '../page.ts';
import { uuids } from '../row.ts';
import { ledgerColumnNames, noRecords, toLedgerClasses } from './ledger-classes.ts';

/** What lanes wrote down, for people: status, totals, ledger and quarantine groups. */
export const createStagingReports = (pool: Pool): StagingReports => ({
  reports: (pipelineIds) => readReports(pool, uuids(pipelineIds)),
  quarantineGroups: (pipelineIds, limit) => readQuarantineGroups(pool, uuids(pipelineIds), limit),
  ledger: (pipelineId, page, partition) => readLedger(pool, { pipelineId, partition }, page),
});

async function readReports(pool: Pool, pipelineIds: readonly string[]): Promise<readonly PipelineReport[]> {
  const lanes = await pool.query<LaneRow>(
    `SELECT l.pipeline_id, l.lane, l.fence, CASE WHEN l.lease_until > now() THEN l.owner END AS owner,
       s.state, s.engine, s.records_per_second, s.bytes_per_second, s.table_version, s.last_commit_at, s.error,
       s.partitions, s.activity, s.reported_at
     FROM lane_lease l JOIN staging_pipeline p ON p.id = l.pipeline_id AND l.lane < p.lanes
       LEFT JOIN lane_status s USING (pipeline_id, lane)
     WHERE l.pipeline_id = ANY ($1::uuid[]) ORDER BY l.pipeline_id, l.lane`,
    [pipelineIds],
  );
  const totals = await pool.query<{ pipeline_id: string }>(
    `SELECT pipeline_id, ${ledgerColumnNames.map((column) => `sum(${column}) AS ${column}`).join(', ')}
     FROM ledger_total WHERE pipeline_id = ANY ($1::uuid[]) GROUP BY pipeline_id`,
    [pipelineIds],
  );
  const sums = new Map(totals.rows.map((row) => [row.pipeline_id, toLedgerClasses(row)]));
  return pipelineIds.map((pipelineId) => ({
    pipelineId,
    lanes: lanes.rows.filter((row) => row.pipeline_id === pipelineId).map(toLaneReport),
    totals: sums.get(pipelineId) ?? noRecords,
  }));
}

interface LaneRow {
  readonly pipeline_id: string;
  readonly lane: number;
  readonly fence: string;
  readonly owner: string | null;
  readonly state: LaneStatus['state'] | null;
  readonly engine: string;
  readonly records_per_second: number;
  readonly bytes_per_second: number;
  readonly table_version: string;
  readonly last_commit_at: Date | null;
  readonly error: LaneStatus['error'] | null;
  readonly partitions: readonly StoredPartition[];
  readonly activity: Pick<LaneStatus, 'activity' | 'engineReason'> | null;
  readonly reported_at: Date;
}

type StoredPartition = Omit<PartitionStatus, 'nextOffset' | 'highWatermark'> & {
  readonly nextOffset: string;
  readonly highWatermark: string;
};

function toLaneReport(row: LaneRow): LaneReport {
  const holder = row.owner === null ? {} : { owner: row.owner, fence: BigInt(row.fence) };
  if (row.state === null) return { lane: row.lane, ...holder };
  const status: LaneStatus = {
    state: row.state,
    engine: row.engine,
    partitions: row.partitions.map(({ nextOffset, highWatermark, ...partition }) => ({
      ...partition,
      nextOffset: BigInt(nextOffset),
      highWatermark: BigInt(highWatermark),
    })),
    recordsPerSecond: row.records_per_second,
    bytesPerSecond: row.bytes_per_second,
    tableVersion: BigInt(row.table_version),
    ...(row.last_commit_at === null ? {} : { lastCommitAtMs: row.last_commit_at.getTime() }),
    ...(row.error === null || row.error === undefined ? {} : { error: row.error }),
    ...row.activity,
  };
  return { lane: row.lane, ...holder, reportedAtMs: row.reported_at.getTime(), status };
}

async function readQuarantineGroups(
  pool: Pool,
  pipelineIds: readonly string[],
  limit: number,
): Promise<readonly QuarantineGroup[]> {
  const { rows } = await pool.query<Record<string, unknown>>(
    `SELECT g.* FROM unnest($1::uuid[]) AS p(id) CROSS JOIN LATERAL (
       SELECT * FROM quarantine_group WHERE pipeline_id = p.id
       ORDER BY records DESC, stage, reason, path LIMIT $2) g`,
    [pipelineIds, Math.max(1, Math.min(1_000, limit))],
  );
  return rows.map((row) => ({
    pipelineId: String(row['pipeline_id']),
    stage: String(row['stage']),
    reason: String(row['reason']),
    path: String(row['path']),
    records: BigInt(String(row['records'])),
    firstSeenAtMs: (row['first_seen_at'] as Date).getTime(),
    lastSeenAtMs: (row['last_seen_at'] as Date).getTime(),
    examplePartition: Number(row['example_partition']),
    exampleOffset: BigInt(String(row['example_offset'])),
  }));
}

interface LedgerFilter {
  readonly pipelineId: string;
  readonly partition: number | undefined;
}

interface EntryRow {
  readonly batch_id: string;
  readonly batch_seq: string;
  readonly lane: number;
  readonly table_version: string;
  readonly committed_at: Date;
  readonly contract_version: string;
  readonly topic_id: string;
  readonly partition: number;
  readonly from_offset: string;
  readonly until_offset: string;
  readonly [column: string]: unknown;
}

const order = ['committed_at', 'batch_seq', 'partition', 'lane', 'topic_id'];

async function readLedger(pool: Pool, filter: LedgerFilter, page: PageRequest): Promise<Page<LedgerRow>> {
  const limit = Math.max(1, Math.min(100, page.limit));
  const isForward = page.direction === 'forward';
  const start = isForward ? page.after : page.before;
  const from = `FROM ledger_entry e JOIN ledger_batch b USING (pipeline_id, lane, batch_seq)
    WHERE e.pipeline_id = $1 AND ($2::int IS NULL OR e.partition = $2)`;
  const count = await pool.query<{ count: string }>(`SELECT count(*) ${from}`, [
    filter.pipelineId,
    filter.partition ?? null,
  ]);
  const bound =
    start === undefined
      ? ''
      : `AND (${order.join(', ')}) ${isForward ? '<' : '>'} (to_timestamp($4::float8 / 1000), $5::bigint, $6::int, $7::int, $8::text)`;
  const { rows } = await pool.query<EntryRow>(
    `SELECT e.*, b.batch_id, b.table_version, b.committed_at, b.contract_version ${from} ${bound}
     ORDER BY ${order.map((column) => `${column} ${isForward ? 'DESC' : 'ASC'}`).join(', ')} LIMIT $3`,
    [
      filter.pipelineId,
      filter.partition ?? null,
      limit + 1,
      ...(start === undefined ? [] : parsePosition(start)),
    ],
  );
  const hasMore = rows.length > limit;
  const inListOrder = isForward ? rows.slice(0, limit) : rows.slice(0, limit).reverse();
  return {
    items: inListOrder.map((row) => ({ position: toPosition(row), item: toLedgerRow(row) })),
    hasNextPage: isForward ? hasMore : start !== undefined,
    hasPreviousPage: isForward ? start !== undefined : hasMore,
    totalCount: Number(count.rows[0]?.count ?? 0),
  };
}

const toPosition = (row: EntryRow): ListPosition => ({
  key: row.committed_at.getTime().toString(),
  id: [row.batch_seq, row.partition, row.lane, row.topic_id].join(':'),
});

function parsePosition({ key, id }: ListPosition): readonly string[] {
  const match = /^(\d{1,18}):(\d{1,9}):(\d{1,9}):(.{1,64})$/.exec(id);
  if (match === null || !/^\d{1,15}$/.test(key)) throw invalidCursor();
  return [key, ...match.slice(1)];
}

const toLedgerRow = (row: EntryRow): LedgerRow => ({
  batchId: row.batch_id,
  batchSeq: Number(row.batch_seq),
  lane: row.lane,
  tableVersion: BigInt(row.table_version),
  committedAtMs: row.committed_at.getTime(),
  contractVersion: row.contract_version,
  partition: row.partition,
  from: BigInt(row.from_offset),
  to: BigInt(row.until_offset),
  classes: toLedgerClasses(row),
});
