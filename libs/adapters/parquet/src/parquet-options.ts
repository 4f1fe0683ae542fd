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

/**
 * Options of COPY: zstd level 1, which is as small as 3 on event data and cheaper; version 1 data pages, which every
 * engine reads; the writer's own limit for dictionaries.
 */
export function parquetOptions(properties: Properties = {}): string {
  const level = wholeNumber(properties[parquetProperties.compressionLevel], 1, 22) ?? 1;
  const version = properties[parquetProperties.dataPageVersion] === '2' ? 'v2' : 'v1';
  const rows =
    wholeNumber(properties[parquetProperties.rowGroupRows], VECTOR_ROWS, 10_000_000) ?? ROW_GROUP_ROWS;
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
