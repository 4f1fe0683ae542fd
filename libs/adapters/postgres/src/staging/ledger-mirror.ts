import type { LaneId, LedgerEntry, MirroredBatch, QuarantineCount } from '@headwater/core-staging';
import type { PoolClient } from 'pg';
import { ledgerColumnNames, ledgerColumns } from './ledger-classes.ts';

/** Writes one batch, its entries, the running totals and the quarantine counts, or nothing when it is there already. */
export async function mirrorBatch(client: PoolClient, lane: LaneId, batch: MirroredBatch): Promise<void> {
  const { rowCount } = await client.query(
    `INSERT INTO ledger_batch
       (pipeline_id, lane, batch_seq, batch_id, fence, table_version, committed_at, contract_version)
     VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000), $8) ON CONFLICT DO NOTHING`,
    [
      lane.pipelineId,
      lane.lane,
      batch.batchSeq,
      batch.batchId,
      batch.fence,
      batch.tableVersion,
      batch.committedAtMs,
      batch.contractVersion,
    ],
  );
  if (rowCount === 0) return;
  for (const entry of batch.entries) {
    await insertEntry(client, lane, batch.batchSeq, entry);
    await addToTotals(client, lane.pipelineId, entry);
  }
  for (const count of batch.quarantine) await addToGroup(client, lane.pipelineId, batch, count);
}

const classValues = (entry: LedgerEntry): bigint[] => ledgerColumns.map(([name]) => entry.classes[name]);
const parameters = (first: number): string =>
  ledgerColumnNames.map((_, index) => `$${first + index}`).join(', ');

async function insertEntry(
  client: PoolClient,
  lane: LaneId,
  batchSeq: number,
  entry: LedgerEntry,
): Promise<void> {
  const samples = entry.samples.map(({ offset, timestampMs }) => [offset.toString(), timestampMs]);
  await client.query(
    `INSERT INTO ledger_entry
       (pipeline_id, lane, batch_seq, topic_id, partition, from_offset, until_offset, samples, ${ledgerColumnNames.join(', ')})
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, ${parameters(9)})`,
    [
      lane.pipelineId,
      lane.lane,
      batchSeq,
      entry.topicId,
      entry.partition,
      entry.from,
      entry.to,
      JSON.stringify(samples),
      ...classValues(entry),
    ],
  );
}

async function addToTotals(client: PoolClient, pipelineId: string, entry: LedgerEntry): Promise<void> {
  await client.query(
    `INSERT INTO ledger_total AS t
       (pipeline_id, topic_id, partition, first_offset, next_offset, updated_at, ${ledgerColumnNames.join(', ')})
     VALUES ($1, $2, $3, $4, $5, now(), ${parameters(6)})
     ON CONFLICT (pipeline_id, topic_id, partition) DO UPDATE SET
       first_offset = least(t.first_offset, excluded.first_offset),
       next_offset = greatest(t.next_offset, excluded.next_offset),
       updated_at = excluded.updated_at,
       ${ledgerColumnNames.map((column) => `${column} = t.${column} + excluded.${column}`).join(', ')}`,
    [pipelineId, entry.topicId, entry.partition, entry.from, entry.to, ...classValues(entry)],
  );
}

async function addToGroup(
  client: PoolClient,
  pipelineId: string,
  batch: MirroredBatch,
  count: QuarantineCount,
): Promise<void> {
  await client.query(
    `INSERT INTO quarantine_group AS g
       (pipeline_id, stage, reason, path, records, first_seen_at, last_seen_at, example_partition, example_offset)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000), to_timestamp($6::float8 / 1000), $7, $8)
     ON CONFLICT (pipeline_id, stage, reason, path) DO UPDATE SET
       records = g.records + excluded.records,
       first_seen_at = least(g.first_seen_at, excluded.first_seen_at),
       last_seen_at = greatest(g.last_seen_at, excluded.last_seen_at),
       example_partition = excluded.example_partition, example_offset = excluded.example_offset`,
    [
      pipelineId,
      count.stage,
      count.reason,
      count.path,
      count.records,
      batch.committedAtMs,
      count.partition,
      count.offset,
    ],
  );
}
