import Table from 'cli-table3';
import type { Terminal } from './terminal.ts';

export const outputFormats = ['table', 'json', 'jsonl'] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** A column of the table form. The JSON forms always hold the whole record. */
export interface ListingColumn<T> {
  readonly title: string;
  readonly value: (record: T) => string;
}

export interface Listing<T> {
  readonly records: readonly T[];
  readonly columns: readonly ListingColumn<T>[];
  /** What a person reads when there is nothing. */
  readonly whenEmpty: string;
}

/** Many records: a table, one JSON array, or one JSON object per line. */
export function printListing<T>(terminal: Terminal, format: OutputFormat, listing: Listing<T>): void {
  if (format === 'json') {
    terminal.print(JSON.stringify(listing.records, undefined, 2));
  } else if (format === 'jsonl') {
    for (const record of listing.records) terminal.print(JSON.stringify(record));
  } else if (listing.records.length === 0) {
    terminal.say(listing.whenEmpty);
  } else {
    terminal.print(renderTable(listing));
  }
}

/** One record: its JSON, or the given text for a person. */
export function printRecord(
  terminal: Terminal,
  format: OutputFormat,
  record: unknown,
  text: () => string,
): void {
  if (format === 'json') terminal.print(JSON.stringify(record, undefined, 2));
  else if (format === 'jsonl') terminal.print(JSON.stringify(record));
  else terminal.print(text());
}

const bare = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
];
const edges = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];

export function renderTable<T>({ records, columns }: Pick<Listing<T>, 'records' | 'columns'>): string {
  const table = new Table({
    head: columns.map(({ title }) => title.toUpperCase()),
    chars: { ...Object.fromEntries([...bare, ...edges].map((name) => [name, ''])), middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const record of records) table.push(columns.map(({ value }) => value(record)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
