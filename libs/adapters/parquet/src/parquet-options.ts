/** Table properties that say how Parquet files are written; what is absent or no value for it has its default. */
export const parquetProperties = {
  compressionLevel: 'headwater.parquet.compressionLevel',
  dataPageVersion: 'headwater.parquet.dataPageVersion',
  dictionarySizeLimit: 'headwater.parquet.dictionarySizeLimit',
  rowGroupRows: 'headwater.parquet.rowGroupRows',
} as const;

type Properties = Readonly<Record<string, string>>;

/** The vector size of DuckDB, which row groups are made of. */
const VECTOR_ROWS = 2_048;
/** Rows of a group whose columns stay in the cache while they are encoded; docs/performance.md has the measurement. */
const ROW_GROUP_ROWS = 30 * VECTOR_ROWS;

/** Long texts of a row group: a writer holds all of one until it is whole. */
const ROW_GROUP_TEXT_BYTES = 24 << 20;

/** Rows of a group whose rows hold so many bytes of long texts on average. */
export function rowGroupRowsFor(textBytesPerRow: number): number {
  const vectors = Math.floor(ROW_GROUP_TEXT_BYTES / (Math.max(1, textBytesPerRow) * VECTOR_ROWS));
  return Math.min(ROW_GROUP_ROWS, Math.max(1, vectors) * VECTOR_ROWS);
}

/**
 * Options of COPY: zstd level 1, which is as small as 3 on event data and cheaper; version 1 data pages, which every
 * engine reads; the writer's own limit for dictionaries. `rowGroupRows` holds where the table says nothing of it.
 */
export function parquetOptions(properties: Properties = {}, rowGroupRows = ROW_GROUP_ROWS): string {
  const level = wholeNumber(properties[parquetProperties.compressionLevel], 1, 22) ?? 1;
  const version = properties[parquetProperties.dataPageVersion] === '2' ? 'v2' : 'v1';
  const rows =
    wholeNumber(properties[parquetProperties.rowGroupRows], VECTOR_ROWS, 10_000_000) ?? rowGroupRows;
  const dictionary = wholeNumber(properties[parquetProperties.dictionarySizeLimit], 0, 10_000_000);
  return [
    `format parquet, codec 'zstd', compression_level ${level}, parquet_version ${version}`,
    `row_group_size ${rows}`,
    ...(dictionary === undefined ? [] : [`dictionary_size_limit ${dictionary}`]),
    'return_stats true',
  ].join(', ');
}

function wholeNumber(text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined || !/^[0-9]{1,9}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}
