import type { DuckDBConnection } from '@duckdb/node-api';
import { openDatabase, quoteName, quoteText } from './database.ts';

export interface FileLines {
  /** A .parquet or .json file (a JSON array or lines). */
  readonly file: string;
  /** Rows to leave out at the start. */
  readonly from: number;
  readonly count: number;
}

/**
 * Rows of a file in its order, each as the text of one JSON object, in groups of at most 2,048. Timestamps without a
 * zone become `yyyy-MM-ddTHH:mm:ss.ffffff`; doubles keep every digit.
 */
export async function* readFileLines({ file, from, count }: FileLines): AsyncGenerator<readonly string[]> {
  const database = await openDatabase({ threads: 2, memoryMiB: 512 });
  const connection = await database.connect();
  try {
    const source = sourceOf(file);
    const members = (await columnsOf(connection, source)).map(({ name, type }) => {
      const value =
        type === 'TIMESTAMP' ? `strftime(${quoteName(name)}, '%Y-%m-%dT%H:%M:%S.%f')` : quoteName(name);
      return `${quoteText(name)}: ${value}`;
    });
    const rows = `select * from ${source} limit ${count} offset ${from}`;
    const result = await connection.stream(`select to_json({${members.join(', ')}})::varchar from (${rows})`);
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      yield chunk.getColumnValues(0).map(String);
    }
  } finally {
    connection.closeSync();
    database.close();
  }
}

/** What stays equal when the same rows are stored in another order, in other files. */
export interface ColumnChecksum {
  readonly column: string;
  readonly values: bigint;
  /** Sum of the hashes of the values as text. */
  readonly checksum: string;
}

export interface FileChecksums {
  readonly rows: bigint;
  readonly columns: readonly ColumnChecksum[];
}

/** Counts and checksums of the named columns over all rows of the files (or the first `rowsMax` of one file). */
export async function checksumFiles(
  files: readonly string[],
  columns: readonly string[],
  rowsMax?: number,
): Promise<FileChecksums> {
  if (files.length === 0)
    return { rows: 0n, columns: columns.map((column) => ({ column, values: 0n, checksum: '0' })) };
  const database = await openDatabase({ threads: 2, memoryMiB: 1024 });
  try {
    return await database.use(async (connection) => {
      const [first = ''] = files;
      const source =
        files.length === 1 ? sourceOf(first) : `read_parquet([${files.map(quoteText).join(', ')}])`;
      const limit = rowsMax === undefined ? '' : ` limit ${rowsMax}`;
      const sums = columns
        .map(quoteName)
        .map((c) => `count(${c}), coalesce(sum(hash(${c}::varchar)::hugeint), 0)::varchar`);
      const sql = `select count(*), ${sums.join(', ')} from (select * from ${source}${limit})`;
      const [row = []] = (await connection.runAndReadAll(sql)).getRows();
      return {
        rows: BigInt(String(row[0])),
        columns: columns.map((column, index) => ({
          column,
          values: BigInt(String(row[1 + 2 * index])),
          checksum: String(row[2 + 2 * index]),
        })),
      };
    });
  } finally {
    database.close();
  }
}

const sourceOf = (file: string): string =>
  file.endsWith('.json') ? `read_json_auto(${quoteText(file)})` : `read_parquet(${quoteText(file)})`;

async function columnsOf(
  connection: DuckDBConnection,
  source: string,
): Promise<readonly { name: string; type: string }[]> {
  const described = await connection.runAndReadAll(`describe select * from ${source}`);
  return described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
}
