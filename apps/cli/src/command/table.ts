import type { CommandContext } from '../context.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { formatBytes, formatCount } from '../output/format-values.ts';
import { printRecord, renderTable } from '../output/listing.ts';
import type { TableMoment } from '../table/open-table.ts';
import { showTable as describeTable, type TableDescription } from '../table/show-table.ts';
import { tableRows } from '../table/table-rows.ts';

export interface TableOptions {
  readonly tableVersion?: bigint;
  /** RFC 3339. */
  readonly at?: Date;
}

export async function showTable(
  context: CommandContext,
  url: string,
  options: TableOptions,
): Promise<ExitCode> {
  const table = await describeTable(url, toMoment(options));
  printRecord(context.terminal, context.format(), table, () => renderDescription(table));
  return exitCode.ok;
}

/**
 * Rows as JSON: one object per line (`jsonl`, and `table` as well, because rows of unknown width make no table), or one
 * array (`json`). Written as they are read, so that memory does not grow with the table.
 */
export async function printRows(
  context: CommandContext,
  url: string,
  options: TableOptions & { readonly limit?: number },
): Promise<ExitCode> {
  const { terminal } = context;
  const isArray = context.format() === 'json';
  const limit = options.limit === undefined ? {} : { limit: options.limit };
  let separator = '[';
  for await (const lines of tableRows(url, { ...toMoment(options), ...limit })) {
    if (lines.length === 0) continue;
    terminal.print(isArray ? `${separator}${lines.join(',\n')}` : lines.join('\n'));
    separator = ',';
    await terminal.drained();
  }
  if (isArray) terminal.print(separator === '[' ? '[]' : ']');
  return exitCode.ok;
}

const toMoment = ({ tableVersion, at }: TableOptions): TableMoment => ({
  ...(tableVersion === undefined ? {} : { version: tableVersion }),
  ...(at === undefined ? {} : { timestampMs: at.getTime() }),
});

function renderDescription(table: TableDescription): string {
  const { url, version, tableId, features, files, bytes, records, properties, txns, columns } = table;
  const facts: readonly (readonly [string, string])[] = [
    ['url', url],
    ['version', version],
    ['table id', tableId],
    [
      'protocol',
      `reader ${table.minReaderVersion}, writer ${table.minWriterVersion} ${features.join(' ')}`.trimEnd(),
    ],
    ['files', `${formatCount(files)} (${formatBytes(bytes)})`],
    ...(records === undefined ? [] : ([['rows', formatCount(records)]] as const)),
    ...(table.checkpointVersion === undefined ? [] : ([['checkpoint', table.checkpointVersion]] as const)),
    ...(table.lastCommitMs === undefined
      ? []
      : ([
          [
            'last commit',
            `${new Date(table.lastCommitMs).toISOString()} ${table.lastOperation ?? ''}`.trimEnd(),
          ],
        ] as const)),
    ...Object.entries(properties).map(([key, value]) => [`property ${key}`, value] as const),
    ...txns.map(({ appId, version: progress }) => [`txn ${appId}`, progress] as const),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const schema = renderTable({
    records: columns,
    columns: [
      { title: 'column', value: ({ name }) => name },
      { title: 'type', value: ({ type }) => type },
      { title: 'nullable', value: ({ nullable }) => (nullable ? 'yes' : 'no') },
      { title: 'partition', value: ({ isPartitionColumn }) => (isPartitionColumn ? 'yes' : '') },
    ],
  });
  return [...facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`), '', schema].join('\n');
}
