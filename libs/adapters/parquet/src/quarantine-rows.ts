import type { DuckDBValue } from '@duckdb/node-api';
import { DuckDBBlobValue, DuckDBTimestampTZValue } from '@duckdb/node-api';
import type { QuarantineQuery, QuarantineRow } from '@headwater/core-staging';
import { quoteText, type Database } from './database.ts';

/** Rows of a quarantine table's data files, newest first by (timestamp, partition, offset). */
export async function readQuarantineRows(
  database: Database,
  files: readonly string[],
  query: QuarantineQuery,
): Promise<readonly QuarantineRow[]> {
  if (files.length === 0) return [];
  const sql = `select topic, "partition", "offset", timestamp::timestamptz as timestamp, key, value, stage, rule, path,
      reason, contract_version
    from read_parquet([${files.map(quoteText).join(', ')}])
    ${where(query)}
    order by timestamp desc, "partition" desc, "offset" desc
    limit ${Math.trunc(query.limit)}`;
  return database.use(async (connection) => {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowObjects().map(toRow);
  });
}

function where({ reason, path, coordinates, before }: QuarantineQuery): string {
  const conditions = [
    ...(reason === undefined ? [] : [`reason = ${quoteText(reason)}`]),
    ...(path === undefined ? [] : [`path = ${quoteText(path)}`]),
    ...(coordinates === undefined
      ? []
      : [
          `("partition", "offset") in (${coordinates.map((at) => `(${at.partition}, ${at.offset})`).join(', ')})`,
        ]),
    ...(before === undefined
      ? []
      : [
          `(epoch_ms(timestamp::timestamptz), "partition", "offset") < (${before.timestampMs}, ${before.partition}, ${before.offset})`,
        ]),
  ];
  return conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
}

const toRow = (row: Readonly<Record<string, DuckDBValue>>): QuarantineRow => ({
  topic: toText(row['topic']),
  partition: Number(row['partition']),
  offset: BigInt(row['offset'] as bigint),
  timestampMs:
    row['timestamp'] instanceof DuckDBTimestampTZValue ? Number(row['timestamp'].micros / 1000n) : 0,
  key: toBytes(row['key']),
  value: toBytes(row['value']),
  stage: toText(row['stage']),
  rule: toText(row['rule']),
  path: toText(row['path']),
  reason: toText(row['reason']),
  contractVersion: toText(row['contract_version']),
});

const toText = (value: DuckDBValue | undefined): string => (typeof value === 'string' ? value : '');

const toBytes = (value: DuckDBValue | undefined): Uint8Array | undefined =>
  value instanceof DuckDBBlobValue ? value.bytes : undefined;
