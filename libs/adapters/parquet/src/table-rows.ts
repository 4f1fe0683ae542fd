import { operationalError, userError } from '@headwater/kernel';
import {
  planScan,
  readDeletionVector,
  type DeletionVectorSource,
  type FileScan,
  type ObjectStore,
  type ReadableFile,
  type RowSet,
  type Snapshot,
  type TableScan,
} from '@headwater/core-delta';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Database } from './database.ts';
import { columnExpression, partitionExpression } from './table-expression.ts';
import { readParquet, readParquetNodes } from './table-parquet-node.ts';
import { createRowWriter } from './table-row-json.ts';

export interface RowsSource {
  readonly database: Database;
  readonly store: ObjectStore;
  /** Bytes of a file outside the table folder; absolute deletion vectors need it. */
  readonly getUrl: DeletionVectorSource['getUrl'];
}

/** The rows of a snapshot as JSON lines, in batches, one file after the other; memory does not grow with the table. */
export async function* readTableRows(
  source: RowsSource,
  snapshot: Snapshot,
): AsyncIterable<readonly string[]> {
  const scan = planScan(snapshot);
  const writeRow = createRowWriter(scan.schema);
  const connection = await source.database.connect();
  try {
    for (const file of scan.files) yield* readFile(source, connection, { scan, file, writeRow });
  } finally {
    connection.closeSync();
  }
}

interface FileReading {
  readonly scan: TableScan;
  readonly file: FileScan;
  readonly writeRow: ReturnType<typeof createRowWriter>;
}

async function* readFile(
  source: RowsSource,
  connection: DuckDBConnection,
  { scan, file, writeRow }: FileReading,
): AsyncIterable<readonly string[]> {
  const readable = await openFile(source.store, file);
  const { name } = readable;
  try {
    const deleted =
      file.deletionVector === undefined
        ? undefined
        : await readDeletionVector({ get: source.store.get, getUrl: source.getUrl }, file.deletionVector);
    const sql = await selectRows(connection, { scan, file, name, isNumbered: deleted !== undefined });
    const result = await guard(name, () => connection.stream(sql));
    for (;;) {
      const chunk = await guard(name, () => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      const rows = chunk.getRows();
      const kept = deleted === undefined ? rows : rows.filter((row) => isKept(row, deleted));
      yield kept.map(writeRow);
    }
  } finally {
    await readable.release();
  }
}

/** The row's position in the file is the last column of a numbered select. */
const isKept = (row: readonly unknown[], deleted: RowSet) => !deleted.has(Number(row.at(-1)));

/** A SELECT of the columns of the schema over one data file; `isNumbered` adds `file_row_number`. */
export async function selectRows(
  connection: DuckDBConnection,
  select: {
    readonly scan: TableScan;
    readonly file: FileScan;
    readonly name: string;
    readonly isNumbered: boolean;
  },
): Promise<string> {
  const { scan, file, name, isNumbered } = select;
  const nodes = await guard(name, () => readParquetNodes(connection, name, scan.mode === 'id'));
  const columns = scan.schema.fields.map((field) =>
    scan.partitionColumns.has(field.name)
      ? partitionExpression(field.type, file.partitionValues.get(field.name) ?? null)
      : columnExpression(field, nodes, scan.mode),
  );
  if (isNumbered) columns.push('file_row_number');
  return `select ${columns.join(', ')} from ${readParquet([name], isNumbered ? ', file_row_number = true' : '')}`;
}

/** The data file as one that can be read by name here. */
export async function openFile(store: ObjectStore, { location }: FileScan): Promise<ReadableFile> {
  if (location.kind === 'relative') return store.readable(location.path);
  if (location.url.startsWith('file://')) {
    return { name: location.url.slice('file://'.length), release: () => Promise.resolve() };
  }
  throw userError({
    code: 'HW_DELTA_FILE_ELSEWHERE',
    message: `Table ${store.url} names the file ${location.url}, which cannot be reached from here.`,
  });
}

async function guard<T>(name: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw operationalError({
      code: 'HW_DELTA_FILE_UNREADABLE',
      message: `Data file ${name} cannot be read: ${why.split('\n')[0] ?? ''}.`,
      fix: 'Restore the file, or read an older version of the table that does not need it.',
      cause: error,
    });
  }
}
