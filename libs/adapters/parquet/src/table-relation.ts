import { planScan, readDeletionVector, type RowSet, type Snapshot } from '@headwater/core-delta';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteName } from './database.ts';
import type { MeasuredRows } from './quality-measure.ts';
import { openFile, selectRows, type RowsSource } from './table-rows.ts';

/**
 * The rows of a snapshot as one SELECT for the action: files mapped to the schema, partition values as columns, deleted
 * rows left out. Files of a store elsewhere are local copies while the action runs.
 */
export async function withTableRelation<T>(
  source: RowsSource,
  snapshot: Snapshot,
  action: (rows: MeasuredRows) => Promise<T>,
): Promise<T> {
  const scan = planScan(snapshot);
  const releases: (() => Promise<void>)[] = [];
  try {
    return await source.database.use(async (connection) => {
      const parts: string[] = [];
      const files: string[] = [];
      for (const file of scan.files) {
        const { name, release } = await openFile(source.store, file);
        releases.push(release);
        files.push(name);
        const deleted =
          file.deletionVector === undefined
            ? undefined
            : await readDeletionVector({ get: source.store.get, getUrl: source.getUrl }, file.deletionVector);
        const select = await selectRows(connection, { scan, file, name, isNumbered: deleted !== undefined });
        parts.push(await withoutDeleted(connection, named(select, scan.schema.fields), deleted));
      }
      return action({ select: parts.join(' union all ') || noRows(snapshot), files });
    });
  } finally {
    for (const release of releases) await release();
  }
}

/** The expressions of `selectRows` come in schema order, without names. */
const named = (select: string, fields: Snapshot['schema']['fields']) => (alias: string) =>
  `(${select}) as ${alias}(${fields.map(({ name }) => quoteName(name)).join(', ')}`;

async function withoutDeleted(
  connection: DuckDBConnection,
  relation: (alias: string) => string,
  deleted: RowSet | undefined,
): Promise<string> {
  if (deleted === undefined) return `select * from ${relation('rows_of_file')})`;
  const numbered = `${relation('rows_of_file')}, row_of_file)`;
  const [[last = 0n] = []] = (
    await connection.runAndReadAll(`select max(row_of_file) from ${numbered}`)
  ).getRows();
  const gone = Array.from({ length: Number(last ?? 0n) + 1 }, (_, row) => row).filter((row) =>
    deleted.has(row),
  );
  return `select * exclude (row_of_file) from ${numbered} where not list_contains([${gone.join(', ')}], row_of_file)`;
}

const noRows = ({ schema }: Snapshot): string =>
  `select ${schema.fields.map(({ name }) => `null as ${quoteName(name)}`).join(', ')} where false`;
