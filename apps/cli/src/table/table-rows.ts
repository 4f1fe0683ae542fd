import { readTableRows } from '@headwater/adapter-parquet';
import { getUrl } from './get-url.ts';
import { openTable, type TableMoment } from './open-table.ts';

export interface TableRowsOptions extends TableMoment {
  /** Stop after this many rows. */
  readonly limit?: number;
}

/**
 * The rows of the table as JSON lines, in batches; memory does not grow with the table. Members come in schema order:
 * integers beyond 2^53 and decimals as strings, timestamps RFC 3339 UTC with microseconds, without zone the same
 * without `Z`, dates `yyyy-MM-dd`, binary base64, maps as objects, NaN and infinities as strings.
 */
export async function* tableRows(
  url: string,
  options: TableRowsOptions = {},
): AsyncIterable<readonly string[]> {
  const { database, store, snapshot } = await openTable(url, options);
  let left = options.limit ?? Infinity;
  try {
    if (left <= 0) return;
    for await (const lines of readTableRows({ database, store, getUrl }, snapshot)) {
      yield lines.length <= left ? lines : lines.slice(0, left);
      left -= lines.length;
      if (left <= 0) return;
    }
  } finally {
    database.close();
  }
}
