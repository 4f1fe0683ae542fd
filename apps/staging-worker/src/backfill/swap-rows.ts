import {
  compareCoordinates,
  compareRefusals,
  copyRest,
  countRowsInside,
  type Database,
  type RangesOfTopic,
} from '@headwater/adapter-parquet';
import { recordCount, withReadable, type AddFile } from '@headwater/core-delta';
import {
  judgeFile,
  type LandedFile,
  type SwapCandidate,
  type SwapComparison,
  type SwapTransfer,
} from '@headwater/core-staging';
import type { OpenTable } from '../replay/opened-table.ts';
import { coordinateColumns, filesAmong, localPath, type TableSide } from './table-ranges.ts';

export interface BothTables {
  readonly primary: OpenTable;
  readonly quarantine: OpenTable;
}

export interface RestOf {
  /** Rows in these ranges are left out, and those whose coordinates the files hold that are gone from the table. */
  readonly among: RangesOfTopic;
  readonly gone: readonly AddFile[];
  readonly personalColumns: ReadonlySet<string>;
}

/** Rows of tables that a swap counts, compares and writes again. */
export interface SwapRows {
  /** Live files that may hold rows of the ranges; their rows are counted where statistics prove nothing. */
  candidates(table: OpenTable, side: TableSide, among: RangesOfTopic): Promise<readonly SwapCandidate[]>;
  /** What both hold of the ranges, and which refused records change their class. */
  compare(
    tables: BothTables,
    side: BothTables,
    among: RangesOfTopic,
  ): Promise<{
    readonly compared: readonly SwapComparison[];
    readonly transfers: readonly SwapTransfer[];
  }>;
  /** The file without some of its rows, as a finished local file; undefined when none is left. */
  rest(table: OpenTable, side: TableSide, file: AddFile, of: RestOf): Promise<LandedFile | undefined>;
}

/** Rows of a swap, read by DuckDB. */
export const createSwapRows = (database: Database): SwapRows => ({
  async candidates(table, side, among) {
    const columns = coordinateColumns[side];
    const found: SwapCandidate[] = [];
    for (const add of filesAmong(table.snapshot, side, among.ranges)) {
      const proven = judgeFile(add.stats, columns, among.ranges) === 'inside' ? recordCount(add) : undefined;
      const counts =
        proven === undefined
          ? await withReadable(table.store, [localPath(add)], ([name = '']) =>
              countRowsInside(database, name, { ...among, columns }),
            )
          : { rows: proven, inside: proven };
      found.push({ add, ...counts });
    }
    return found;
  },
  async compare(tables, side, among) {
    const [primary, quarantine, sidePrimary, sideQuarantine] = [
      pathsAmong(tables.primary, 'primary', among),
      pathsAmong(tables.quarantine, 'quarantine', among),
      pathsAmong(side.primary, 'primary', among),
      pathsAmong(side.quarantine, 'quarantine', among),
    ];
    return withReadable(tables.primary.store, primary, (inPrimary) =>
      withReadable(tables.quarantine.store, quarantine, (inQuarantine) =>
        withReadable(side.primary.store, sidePrimary, (inSide) =>
          withReadable(side.quarantine.store, sideQuarantine, async (inSideQuarantine) => {
            const files = {
              primary: inPrimary,
              quarantine: inQuarantine,
              sidePrimary: inSide,
              sideQuarantine: inSideQuarantine,
            };
            const compared = await compareCoordinates(database, files, among);
            return { compared, transfers: await compareRefusals(database, files, among) };
          }),
        ),
      ),
    );
  },
  async rest(table, side, file, { among, gone, personalColumns }) {
    const { schema, metaData } = table.snapshot;
    const scratchFolder = await table.store.scratchFolder();
    return withReadable(table.store, [file, ...gone].map(localPath), ([name = '', ...goneFiles]) =>
      copyRest(database, name, file.partitionValues, {
        ...among,
        columns: coordinateColumns[side],
        goneFiles,
        scratchFolder,
        schema,
        statsRules: { partitionColumns: metaData.partitionColumns, personalColumns },
        tableProperties: metaData.configuration,
      }),
    );
  },
});

const pathsAmong = ({ snapshot }: OpenTable, side: TableSide, { ranges }: RangesOfTopic): readonly string[] =>
  filesAmong(snapshot, side, ranges).map(localPath);
