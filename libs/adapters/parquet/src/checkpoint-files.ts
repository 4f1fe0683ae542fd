import { DuckDBStructType, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api';
import type { CheckpointFiles } from '@headwater/core-delta';
import { randomUUID } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteName, quoteText, type Database } from './database.ts';
import { quoteFile, readParquet } from './table-parquet-node.ts';

const MAP = 'map(varchar, varchar)';
const DELETION_VECTOR =
  'struct("storageType" varchar, "pathOrInlineDv" varchar, "offset" integer, "sizeInBytes" integer, "cardinality" bigint)';

/** PROTOCOL.md, Checkpoint Schema: columns with their members; the first member tells whether the action is there. */
const CHECKPOINT_COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  protocol: {
    minReaderVersion: 'integer',
    minWriterVersion: 'integer',
    readerFeatures: 'varchar[]',
    writerFeatures: 'varchar[]',
  },
  metaData: {
    schemaString: 'varchar',
    id: 'varchar',
    name: 'varchar',
    description: 'varchar',
    format: `struct("provider" varchar, "options" ${MAP})`,
    partitionColumns: 'varchar[]',
    createdTime: 'bigint',
    configuration: MAP,
  },
  txn: { appId: 'varchar', version: 'bigint', lastUpdated: 'bigint' },
  domainMetadata: { domain: 'varchar', configuration: 'varchar', removed: 'boolean' },
  add: {
    path: 'varchar',
    partitionValues: MAP,
    size: 'bigint',
    modificationTime: 'bigint',
    dataChange: 'boolean',
    stats: 'varchar',
    tags: MAP,
    deletionVector: DELETION_VECTOR,
    baseRowId: 'bigint',
    defaultRowCommitVersion: 'bigint',
    clusteringProvider: 'varchar',
  },
  remove: {
    path: 'varchar',
    deletionTimestamp: 'bigint',
    dataChange: 'boolean',
    extendedFileMetadata: 'boolean',
    partitionValues: MAP,
    size: 'bigint',
    deletionVector: DELETION_VECTOR,
    baseRowId: 'bigint',
    defaultRowCommitVersion: 'bigint',
  },
};

/** Read from V2 checkpoints, never written. */
const V2_COLUMNS: typeof CHECKPOINT_COLUMNS = {
  sidecar: { path: 'varchar', sizeInBytes: 'bigint' },
  checkpointMetadata: { version: 'bigint' },
};

export function createCheckpointFiles(database: Database): CheckpointFiles {
  return {
    read: (readableNames) => readLines(database, readableNames),
    write: (folder, lines) => writeLines(database, folder, lines),
  };
}

async function* readLines(
  database: Database,
  readableNames: readonly string[],
): AsyncIterable<readonly string[]> {
  const connection = await database.connect();
  try {
    const source = readParquet(readableNames, ', union_by_name = true');
    const line = await selectLine(connection, source);
    if (line === undefined) return;
    const result = await connection.stream(`select ${line} from ${source}`);
    for await (const chunk of result) {
      yield chunk.getColumnValues(0).filter((value): value is string => typeof value === 'string');
    }
  } finally {
    connection.closeSync();
  }
}

/** An expression that turns a row into the JSON of its one action, from the members that the file has. */
async function selectLine(connection: DuckDBConnection, source: string): Promise<string | undefined> {
  const shape = await connection.run(`select * from ${source} limit 0`);
  const types = new Map(shape.columnNames().map((name, index) => [name, shape.columnType(index)]));
  const cases = Object.entries({ ...CHECKPOINT_COLUMNS, ...V2_COLUMNS }).flatMap(([column, members]) => {
    const present = membersOf(types.get(column), Object.keys(members));
    const [key] = present;
    if (key === undefined) return [];
    const pairs = present.map((name) => `${quoteName(name)} := ${quoteName(column)}.${quoteName(name)}`);
    return [
      `when ${quoteName(column)}.${quoteName(key)} is not null then to_json(struct_pack(${quoteName(column)} := struct_pack(${pairs.join()})))`,
    ];
  });
  return cases.length === 0 ? undefined : `(case ${cases.join(' ')} end)::varchar`;
}

function membersOf(type: DuckDBType | undefined, wanted: readonly string[]): readonly string[] {
  if (!(type instanceof DuckDBStructType)) return [];
  return wanted.filter((name) => type.entryNames.includes(name));
}

async function writeLines(database: Database, folder: string, lines: Iterable<string>) {
  const name = join(folder, randomUUID());
  const unfinished = `${name}.ndjson`;
  const localFile = `${name}.parquet`;
  try {
    const longestLine = await writeText(unfinished, lines);
    await database.use((connection) => connection.run(copyStatement(unfinished, localFile, longestLine)));
    return { localFile, size: (await stat(localFile)).size };
  } catch (error) {
    await rm(localFile, { force: true });
    throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** DuckDB reserves a multiple of the longest line it is told to expect, per thread. */
const LINE_BYTES_MIN = 1 << 20;
/** A row group is held in memory until it is whole, at about 4 KB per file of the table. */
const ROW_GROUP_ROWS = 2_048;

function copyStatement(unfinished: string, localFile: string, longestLine: number): string {
  const columns = Object.entries(CHECKPOINT_COLUMNS).map(([column, members]) => {
    const types = Object.entries(members).map(([name, type]) => `${quoteName(name)} ${type}`);
    return `${quoteName(column)}: ${quoteText(`struct(${types.join(', ')})`)}`;
  });
  return (
    `copy (select * from read_json(${quoteFile(unfinished)}, format = 'newline_delimited', hive_partitioning = false, ` +
    `maximum_object_size = ${Math.max(LINE_BYTES_MIN, longestLine + 2)}, columns = {${columns.join()}})) ` +
    `to ${quoteText(localFile)} (format parquet, codec 'zstd', compression_level 1, row_group_size ${ROW_GROUP_ROWS})`
  );
}

/** One block of memory for the whole text: a buffer for each write would lie about until it is collected. */
const BLOCK_BYTES = 1 << 16;

/** Returns the bytes of the longest line. */
async function writeText(path: string, lines: Iterable<string>): Promise<number> {
  let longest = 0;
  const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let filled = 0;
  const file = await open(path, 'wx');
  try {
    for (const line of lines) {
      const bytes = Buffer.byteLength(line);
      longest = Math.max(longest, bytes);
      if (filled + bytes + 1 > BLOCK_BYTES) {
        await file.appendFile(block.subarray(0, filled));
        filled = 0;
      }
      if (bytes + 1 > BLOCK_BYTES) await file.appendFile(`${line}\n`, 'utf8');
      else filled += block.write(`${line}\n`, filled);
    }
    await file.appendFile(block.subarray(0, filled));
  } finally {
    await file.close();
  }
  return longest;
}
