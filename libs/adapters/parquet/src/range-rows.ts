import type { OffsetRange } from '@headwater/core-staging';
import { quoteName, quoteText, type Database } from './database.ts';

/** Names of the columns that say where a record lay. */
export interface CoordinateColumns {
  readonly topic: string;
  readonly partition: string;
  readonly offset: string;
}

export const primaryCoordinates: CoordinateColumns = {
  topic: '_topic',
  partition: '_partition',
  offset: '_offset',
};
export const quarantineCoordinates: CoordinateColumns = {
  topic: 'topic',
  partition: 'partition',
  offset: 'offset',
};

/** Rows of the topic in files of a table whose coordinates lie in the ranges, by partition. */
export async function countRowsInRanges(
  database: Database,
  files: readonly string[],
  among: RowsAmong,
): Promise<ReadonlyMap<number, number>> {
  if (files.length === 0 || among.ranges.length === 0) return new Map();
  const { partition } = among.columns;
  const sql = `select ${quoteName(partition)}, count(*) from ${relation(files)} where ${inRanges(among)} group by all`;
  const rows = await database.use(async (connection) => (await connection.runAndReadAll(sql)).getRows());
  return new Map(rows.map(([at, count]) => [Number(at), Number(count)]));
}

export interface RowsAmong {
  readonly columns: CoordinateColumns;
  readonly topic: string;
  readonly ranges: readonly OffsetRange[];
}

export const relation = (files: readonly string[]): string =>
  `read_parquet([${files.map(quoteText).join()}], union_by_name = true, hive_partitioning = false)`;

/** True, false or NULL for each row; NULL only when a coordinate is. */
export function inRanges({ columns, topic, ranges }: RowsAmong): string {
  const [partition, offset] = [quoteName(columns.partition), quoteName(columns.offset)];
  const within = ranges.map(
    (range) =>
      `(${partition} = ${range.partition} and ${offset} >= ${range.from} and ${offset} < ${range.to})`,
  );
  return `${quoteName(columns.topic)} = ${quoteText(topic)} and (${within.join(' or ')})`;
}
