import { formatStats, type DeltaSchema, type StatsRules } from '@headwater/core-delta';
import type { LandedFile, OffsetRange, SwapComparison, SwapTransfer } from '@headwater/core-staging';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DuckDBValue } from '@duckdb/node-api';
import { readCopyResult } from './copy-result.ts';
import { quoteName, quoteText, type Database } from './database.ts';
import { parquetOptions } from './parquet-options.ts';
import {
  inRanges,
  primaryCoordinates,
  quarantineCoordinates,
  relation,
  type CoordinateColumns,
  type RowsAmong,
} from './range-rows.ts';

/** Local files of a table and of the table that is to take its place, each with its quarantine. */
export interface SwapFileNames {
  readonly primary: readonly string[];
  readonly quarantine: readonly string[];
  readonly sidePrimary: readonly string[];
  readonly sideQuarantine: readonly string[];
}

export interface RangesOfTopic {
  readonly topic: string;
  readonly ranges: readonly OffsetRange[];
}

const select = (database: Database, sql: string) =>
  database.use(async (connection) => (await connection.runAndReadAll(sql)).getRows());

const toCount = (value: DuckDBValue | undefined): bigint => BigInt(String(value ?? 0));

/** Rows of one file, and how many of them lie in the ranges. */
export async function countRowsInside(
  database: Database,
  file: string,
  among: RowsAmong,
): Promise<{ readonly rows: bigint; readonly inside: bigint }> {
  const sql = `select count(*), count(*) filter (where ${inRanges(among)}) from ${relation([file])}`;
  const [row] = await select(database, sql);
  return { rows: toCount(row?.[0]), inside: toCount(row?.[1]) };
}

/** Which coordinates of the ranges both sides hold, by partition; one without any is left out. */
export async function compareCoordinates(
  database: Database,
  files: SwapFileNames,
  among: RangesOfTopic,
): Promise<readonly SwapComparison[]> {
  const sources = [
    source(files.primary, { ...among, columns: primaryCoordinates }, 0),
    source(files.quarantine, { ...among, columns: quarantineCoordinates }, 1),
    source(files.sidePrimary, { ...among, columns: primaryCoordinates }, 2),
    source(files.sideQuarantine, { ...among, columns: quarantineCoordinates }, 3),
  ].flat();
  if (sources.length === 0) return [];
  const rows = await select(
    database,
    `with places as (
       select p, o, sum(n0) as t, sum(n1) as q, sum(n2) as st, sum(n3) as sq
       from (${sources.join(' union all ')}) group by p, o)
     select p, sum(t), sum(q), sum(st), sum(sq),
       count(*) filter (where t + q = 0), count(*) filter (where st + sq = 0),
       count(*) filter (where t + q > 1 or st + sq > 1), max(o) filter (where t + q = 0)
     from places group by p order by p`,
  );
  return rows.map(([partition, t, q, st, sq, onlySide, onlyTable, repeated, onlySideTo]) => ({
    partition: Number(partition),
    rows: toCount(t),
    quarantined: toCount(q),
    sideRows: toCount(st),
    sideQuarantined: toCount(sq),
    onlySide: toCount(onlySide),
    onlyTable: toCount(onlyTable),
    repeated: toCount(repeated),
    ...(onlySideTo === null || onlySideTo === undefined ? {} : { onlySideTo: toCount(onlySideTo) }),
  }));
}

/** A SELECT over coordinates in the ranges with a one in the numbered column; none without files. */
function source(files: readonly string[], among: RowsAmong, place: number): readonly string[] {
  if (files.length === 0) return [];
  const { partition, offset } = among.columns;
  const ones = [0, 1, 2, 3].map((each) => `${each === place ? 1 : 0} as n${each}`).join(', ');
  return [
    `select ${quoteName(partition)} as p, ${quoteName(offset)} as o, ${ones} from ${relation(files)} where ${inRanges(among)}`,
  ];
}

/** What changes its class when refused records of the ranges give way to others: by partition and cause, net. */
export async function compareRefusals(
  database: Database,
  { quarantine, sideQuarantine }: Pick<SwapFileNames, 'quarantine' | 'sideQuarantine'>,
  among: RangesOfTopic,
): Promise<readonly SwapTransfer[]> {
  const where = inRanges({ ...among, columns: quarantineCoordinates });
  const part = (files: readonly string[], sign: number) =>
    files.length === 0
      ? []
      : [
          `select "partition" as p, "offset" as o, coalesce(stage, '') as stage, coalesce(reason, '') as reason,
            coalesce(path, '') as path, ${sign} as n from ${relation(files)} where ${where}`,
        ];
  const parts = [...part(quarantine, -1), ...part(sideQuarantine, 1)];
  if (parts.length === 0) return [];
  const rows = await select(
    database,
    `select p, stage, reason, path, sum(n), min(o) from (${parts.join(' union all ')})
     group by p, stage, reason, path having sum(n) <> 0 order by all`,
  );
  return rows.map(([partition, stage, reason, path, net, example]) => {
    const change = toCount(net);
    return {
      partition: Number(partition),
      fromClass: change > 0n ? 'landed' : 'quarantined',
      toClass: change > 0n ? 'quarantined' : 'landed',
      offsets: change > 0n ? change : -change,
      group: { stage: String(stage), reason: String(reason), path: String(path) },
      exampleOffset: toCount(example),
    };
  });
}

export interface CopyRest {
  readonly columns: CoordinateColumns;
  /** Rows to leave out: those in the ranges, and those whose coordinates these local files hold. */
  readonly topic: string;
  readonly ranges: readonly OffsetRange[];
  readonly goneFiles: readonly string[];
  readonly scratchFolder: string;
  readonly schema: DeltaSchema;
  readonly statsRules: StatsRules;
  readonly tableProperties: Readonly<Record<string, string>>;
}

/** The file without some of its rows, as a finished local file; undefined when no row is left. */
export async function copyRest(
  database: Database,
  file: string,
  partitionValues: LandedFile['partitionValues'],
  rest: CopyRest,
): Promise<LandedFile | undefined> {
  const localFile = join(rest.scratchFolder, `${randomUUID()}.parquet`);
  const query = `select * from ${relation([file])} as here where ${keeps(rest)}`;
  return database.use(async (connection) => {
    const [count] = (await connection.runAndReadAll(`select count(*) from (${query})`)).getRows();
    if (toCount(count?.[0]) === 0n) return undefined;
    const { records, columns } = await readCopyResult(
      await connection.run(
        `copy (${query}) to ${quoteText(localFile)} (${parquetOptions(rest.tableProperties)})`,
      ),
    );
    // A file that is older than a column has no statistics of it, and its rest has none either.
    const there = new Set(columns.map(({ path }) => path[0]));
    const schema = { ...rest.schema, fields: rest.schema.fields.filter(({ name }) => there.has(name)) };
    const stats = formatStats(schema, records, columns, rest.statsRules);
    return { localFile, partitionValues, records: Number(records), stats };
  });
}

function keeps({ columns, topic, ranges, goneFiles }: CopyRest): string {
  const [partition, offset] = [quoteName(columns.partition), quoteName(columns.offset)];
  const conditions = [
    ...(ranges.length === 0 ? [] : [`not coalesce(${inRanges({ columns, topic, ranges })}, false)`]),
    ...(goneFiles.length === 0
      ? []
      : [
          `not exists (select 1 from ${relation(goneFiles)} as gone
             where gone.${partition} = here.${partition} and gone.${offset} = here.${offset})`,
        ]),
  ];
  return conditions.length === 0 ? 'true' : conditions.join(' and ');
}
