import { DuckDBBlobValue, DuckDBListValue, DuckDBStructValue, type DuckDBValue } from '@duckdb/node-api';
import { formatStats } from '@headwater/core-delta';
import {
  quarantineSchema,
  type Coordinate,
  type KeptRecord,
  type LandedFile,
  type ReplayRequest,
} from '@headwater/core-staging';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readCopyResult } from './copy-result.ts';
import { quoteText, type Database } from './database.ts';
import { PARQUET } from './engine-copy.ts';

/** A refused record with what is needed to judge it again. */
export interface ReplayRow extends KeptRecord {
  readonly partition: number;
  readonly stage: string;
  readonly reason: string;
  readonly path: string;
}

export interface ReplayQuery extends Omit<ReplayRequest, 'limit'> {
  /** Only records below these offsets; a partition without one has none. */
  readonly positions: ReadonlyMap<number, bigint>;
  /** Only records behind this coordinate. */
  readonly after?: Coordinate;
  readonly limit: number;
}

/** Refused records in order of partition and offset, from files of a quarantine table. */
export async function readReplayRows(
  database: Database,
  files: readonly string[],
  query: ReplayQuery,
): Promise<readonly ReplayRow[]> {
  if (files.length === 0 || query.positions.size === 0) return [];
  const sql = `select "partition", "offset", coalesce(epoch_ms("timestamp"::timestamptz), -1) as time_ms, key, headers,
      value, stage, reason, path
    from read_parquet([${files.map(quoteText).join()}]) where ${where(query)}
    order by "partition", "offset" limit ${Math.trunc(query.limit)}`;
  const rows = await database.use(async (connection) =>
    (await connection.runAndReadAll(sql)).getRowObjects(),
  );
  return rows.map(toReplayRow);
}

/** Coordinates and value bytes of every refused record that fits. */
export async function readReplayCoordinates(
  database: Database,
  files: readonly string[],
  query: ReplayQuery,
): Promise<readonly (Coordinate & { readonly bytes: number })[]> {
  if (files.length === 0 || query.positions.size === 0) return [];
  const sql = `select "partition", "offset", coalesce(octet_length(value), 0) from read_parquet([${files.map(quoteText).join()}])
    where ${where(query)} order by "partition", "offset" limit ${Math.trunc(query.limit)}`;
  const rows = await database.use(async (connection) => (await connection.runAndReadAll(sql)).getRows());
  return rows.map(([partition, offset, bytes]) => ({
    partition: Number(partition),
    offset: BigInt(String(offset)),
    bytes: Number(bytes),
  }));
}

/** Which of the coordinates are rows in files of the primary table. */
export async function readLandedCoordinates(
  database: Database,
  files: readonly string[],
  topic: string,
  coordinates: readonly Coordinate[],
): Promise<readonly Coordinate[]> {
  if (files.length === 0 || coordinates.length === 0) return [];
  const sql = `select _partition, _offset from read_parquet([${files.map(quoteText).join()}], union_by_name = true)
    where _topic = ${quoteText(topic)} and (_partition, _offset) in (${tuples(coordinates)})`;
  const rows = await database.use(async (connection) => (await connection.runAndReadAll(sql)).getRows());
  return rows.map(([partition, offset]) => ({
    partition: Number(partition),
    offset: BigInt(String(offset)),
  }));
}

/** The file without these records, as a finished local file; undefined when no record is left. */
export async function copyWithoutRecords(
  database: Database,
  file: string,
  coordinates: readonly Coordinate[],
  scratchFolder: string,
): Promise<LandedFile | undefined> {
  const localFile = join(scratchFolder, `${randomUUID()}.parquet`);
  const rest = `select * from read_parquet(${quoteText(file)}) where ("partition", "offset") not in (${tuples(coordinates)})`;
  return database.use(async (connection) => {
    const [count] = (await connection.runAndReadAll(`select count(*) from (${rest})`)).getRows();
    if (BigInt(String(count?.[0])) === 0n) return undefined;
    const { records, columns } = await readCopyResult(
      await connection.run(`copy (${rest}) to ${quoteText(localFile)} (${PARQUET})`),
    );
    const stats = formatStats(quarantineSchema, records, columns, { partitionColumns: [] });
    return { localFile, partitionValues: {}, records: Number(records), stats };
  });
}

const tuples = (coordinates: readonly Coordinate[]): string =>
  coordinates.map(({ partition, offset }) => `(${partition}, ${offset})`).join(', ');

function where({ stage, reason, path, positions, after }: ReplayQuery): string {
  const below = [...positions].map(
    ([partition, offset]) => `("partition" = ${partition} and "offset" < ${offset})`,
  );
  return [
    `(${below.join(' or ')})`,
    ...(stage === undefined ? [] : [`stage = ${quoteText(stage)}`]),
    ...(reason === undefined ? [] : [`reason = ${quoteText(reason)}`]),
    ...(path === undefined ? [] : [`path = ${quoteText(path)}`]),
    ...(after === undefined ? [] : [`("partition", "offset") > (${after.partition}, ${after.offset})`]),
  ].join(' and ');
}

const toReplayRow = (row: Readonly<Record<string, DuckDBValue>>): ReplayRow => ({
  partition: Number(row['partition']),
  offset: BigInt(String(row['offset'])),
  timestampMs: Number(row['time_ms']),
  key: toBytes(row['key']),
  value: toBytes(row['value']),
  headers: toHeaders(row['headers']),
  stage: String(row['stage']),
  reason: String(row['reason']),
  path: String(row['path']),
});

const toBytes = (value: DuckDBValue | undefined): Uint8Array | null =>
  value instanceof DuckDBBlobValue ? value.bytes : null;

const utf8 = new TextEncoder();

const toHeaders = (value: DuckDBValue | undefined): KeptRecord['headers'] =>
  value instanceof DuckDBListValue
    ? value.items.flatMap((item) =>
        item instanceof DuckDBStructValue
          ? [{ key: utf8.encode(String(item.entries['key'] ?? '')), value: toBytes(item.entries['value']) }]
          : [],
      )
    : [];
