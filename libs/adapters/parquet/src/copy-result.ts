import { DuckDBMapValue, type DuckDBMaterializedResult, type DuckDBValue } from '@duckdb/node-api';
import { unexpectedError } from '@headwater/kernel';
import type { ColumnStatistics } from '@headwater/core-delta';

/** What `copy ... to '<file>' (format parquet, return_stats true)` said about the one file it wrote. */
export interface CopyResult {
  readonly localFile: string;
  readonly records: bigint;
  /** Bytes. */
  readonly size: number;
  readonly columns: readonly ColumnStatistics[];
}

/** Reads the answer of such a COPY; the connection must be in UTC, so that timestamps come in UTC. */
export async function readCopyResult(result: DuckDBMaterializedResult): Promise<CopyResult> {
  const [row] = await result.getRowObjects();
  const statistics = row?.['column_statistics'];
  if (row === undefined || !(statistics instanceof DuckDBMapValue)) {
    throw unexpectedError({
      code: 'HW_PARQUET_COPY_UNREADABLE',
      message: 'A COPY statement did not return statistics.',
    });
  }
  return {
    localFile: String(row['filename']),
    records: BigInt(String(row['count'])),
    size: Number(row['file_size_bytes']),
    columns: statistics.entries.map(({ key, value }) => toColumnStatistics(String(key), value)),
  };
}

function toColumnStatistics(name: string, value: DuckDBValue): ColumnStatistics {
  const facts = new Map<string, string>();
  if (value instanceof DuckDBMapValue) {
    for (const entry of value.entries) facts.set(String(entry.key), String(entry.value));
  }
  const min = facts.get('min');
  const max = facts.get('max');
  const nullCount = facts.get('null_count');
  return {
    path: parseColumnName(name),
    hasNan: facts.get('has_nan') === 'true',
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(nullCount === undefined ? {} : { nullCount: BigInt(nullCount) }),
  };
}

/** `"st"."a.b"."w ""q"` to its names. */
const parseColumnName = (name: string): readonly string[] =>
  [...name.matchAll(/"((?:[^"]|"")*)"/g)].map((match) => (match[1] ?? '').replaceAll('""', '"'));
