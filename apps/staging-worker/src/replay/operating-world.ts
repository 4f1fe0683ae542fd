import type {
  Coordinate,
  LandedFile,
  OperatingPlan,
  OperatingStore,
  RecordSetEngine,
  RecordSource,
  ReplayRequest,
  KeptRecord,
} from '@headwater/core-staging';
import type { SwapRows } from '../backfill/swap-rows.ts';
import type { TableRanges } from '../backfill/table-ranges.ts';
import type { LaneWorld } from '../lane/lane-world.ts';
import type { OpenTable } from './opened-table.ts';

/** What carrying out an operator's verb touches, beside what lanes touch. */
export interface OperatingWorld {
  readonly lanes: LaneWorld;
  readonly operating: OperatingStore;
  readonly rows: ReplayRows;
  readonly ranges: TableRanges;
  readonly swaps: SwapRows;
  /** A source of its own: positions of one that lanes share are theirs. The caller closes it. */
  readonly openSource: () => RecordSource;
  readonly engine: RecordSetEngine;
  readonly crc32c: (bytes: Uint8Array) => number;
  /** Lower-case hexadecimal. */
  readonly sha256: (text: string) => string;
}

/** A plan that is being carried out. */
export interface OperatingRun {
  readonly world: OperatingWorld;
  readonly planId: string;
  readonly plan: OperatingPlan;
  readonly fence: bigint;
  /** Aborted when the work is another's: nothing may be written after that. */
  readonly signal: AbortSignal;
}

/** A refused record, and what it was refused for. */
export interface RefusedRecord extends KeptRecord, Coordinate {
  readonly stage: string;
  readonly reason: string;
  readonly path: string;
}

export interface RefusedQuery extends Omit<ReplayRequest, 'limit'> {
  readonly positions: ReadonlyMap<number, bigint>;
  readonly after?: Coordinate;
  readonly limit: number;
}

/** Rows of tables that a replay reads and rewrites. `snapshot`: the files that are live. */
export interface ReplayRows {
  refused(table: OpenTable, query: RefusedQuery): Promise<readonly RefusedRecord[]>;
  coordinates(
    table: OpenTable,
    query: RefusedQuery,
  ): Promise<readonly (Coordinate & { readonly bytes: number })[]>;
  /** Which of the coordinates are rows of the primary table. */
  landed(table: OpenTable, topic: string, among: readonly Coordinate[]): Promise<readonly Coordinate[]>;
  /** Coordinates of rows in files that are not in a table yet. */
  ofFiles(
    files: readonly LandedFile[],
    topic: string,
    among: readonly Coordinate[],
  ): Promise<readonly Coordinate[]>;
  /** For each live file with one of the records: the path in the log, and the file without them. */
  without(
    table: OpenTable,
    coordinates: readonly Coordinate[],
  ): Promise<readonly { readonly path: string; readonly rest: LandedFile | undefined }[]>;
}
