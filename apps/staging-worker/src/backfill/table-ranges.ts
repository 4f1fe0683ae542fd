import {
  countRowsInRanges,
  primaryCoordinates,
  quarantineCoordinates,
  type Database,
} from '@headwater/adapter-parquet';
import { locateFile, withReadable, type AddFile, type Snapshot } from '@headwater/core-delta';
import { judgeFile, type OffsetRange } from '@headwater/core-staging';
import type { OpenTable } from '../replay/opened-table.ts';

export type TableSide = 'primary' | 'quarantine';

/** Rows of a table by where their records lay. */
export interface TableRanges {
  /** Rows whose coordinates lie in the ranges, by partition. */
  count(
    table: OpenTable,
    side: TableSide,
    topic: string,
    ranges: readonly OffsetRange[],
  ): Promise<ReadonlyMap<number, number>>;
}

export const coordinateColumns = { primary: primaryCoordinates, quarantine: quarantineCoordinates } as const;

/** Rows by coordinates, read by DuckDB; files whose statistics leave them out are not read. */
export const createTableRanges = (database: Database): TableRanges => ({
  count(table, side, topic, ranges) {
    const columns = coordinateColumns[side];
    const paths = filesAmong(table.snapshot, side, ranges).map(localPath);
    return withReadable(table.store, paths, (files) =>
      countRowsInRanges(database, files, { columns, topic, ranges }),
    );
  },
});

/** Live files that may hold rows of the ranges. */
export const filesAmong = (
  { files }: Snapshot,
  side: TableSide,
  ranges: readonly OffsetRange[],
): readonly AddFile[] =>
  [...files.values()].filter((add) => judgeFile(add.stats, coordinateColumns[side], ranges) !== 'outside');

/** The path in the table's folder. Throws for a file that lies elsewhere. */
export function localPath({ path }: AddFile): string {
  const location = locateFile(path);
  if (location.kind === 'relative') return location.path;
  throw new Error(`the file ${path} lies outside of its table`);
}
