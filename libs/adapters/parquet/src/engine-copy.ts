import type { DuckDBConnection } from '@duckdb/node-api';
import { formatStats, type ColumnStatistics, type DeltaSchema, type StatsRules } from '@headwater/core-delta';
import type { LandedFile } from '@headwater/core-staging';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readCopyResult } from './copy-result.ts';
import { quoteText } from './database.ts';
import { parquetOptions } from './parquet-options.ts';

export interface CopyTarget {
  readonly scratchFolder: string;
  readonly schema: DeltaSchema;
  readonly statsRules: StatsRules;
  /** Properties of the table that the file is for. */
  readonly tableProperties?: Readonly<Record<string, string>> | undefined;
  /** Rows of a row group where the properties say nothing of it. */
  readonly rowGroupRows?: number;
  /** Bounds of top-level columns that DuckDB gives none for, by name. */
  readonly bounds?: ReadonlyMap<string, ColumnBounds>;
}

export interface ColumnBounds {
  readonly min: string;
  readonly max: string;
}

/** Options of files whose table says nothing about them. */
export const PARQUET = parquetOptions();

/** Writes the rows of the query as one finished Parquet file in the scratch folder. */
export async function copyToParquet(
  connection: DuckDBConnection,
  query: string,
  partitionValues: LandedFile['partitionValues'],
  target: CopyTarget,
): Promise<LandedFile> {
  const localFile = join(target.scratchFolder, `${randomUUID()}.parquet`);
  const { records, columns } = await readCopyResult(
    await connection.run(
      `copy (${query}) to ${quoteText(localFile)} (${parquetOptions(target.tableProperties, target.rowGroupRows)})`,
    ),
  );
  const stats = formatStats(target.schema, records, withBounds(columns, target.bounds), target.statsRules);
  return { localFile, partitionValues, records: Number(records), stats };
}

function withBounds(
  columns: readonly ColumnStatistics[],
  bounds: CopyTarget['bounds'],
): readonly ColumnStatistics[] {
  if (bounds === undefined) return columns;
  return columns.map((column) => {
    const known = column.path.length === 1 ? bounds.get(column.path[0]!) : undefined;
    return known === undefined ? column : { ...column, ...known };
  });
}
