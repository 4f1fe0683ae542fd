import { SAMPLE_BYTES_MAX, SAMPLE_RECORDS_MAX } from './sample-records.ts';
import type { Sample, SampleBounds } from './sample-records.ts';

/**
 * Reads comma, semicolon or tab separated text with a header row (RFC 4180: quotes, doubled quotes, line breaks inside
 * quotes) as JSON records. A column is a number or a boolean when its values are; digits with a leading zero are a code,
 * not a number. Empty cells are absent.
 */
export function splitCsv(
  file: string,
  bounds: SampleBounds = { recordsMax: SAMPLE_RECORDS_MAX, bytesMax: SAMPLE_BYTES_MAX },
): Sample {
  const text = (file.startsWith('\uFEFF') ? file.slice(1) : file).slice(0, bounds.bytesMax);
  const { rows, isCut } = readRows(text, delimiterOf(text), bounds.recordsMax);
  const [header, ...data] = rows;
  if (header === undefined) return { records: [], isCut: false };
  const names = columnNames(header.cells);
  const columns = names.map((_, i) => columnForm(data.map(({ cells }) => cells[i] ?? '')));
  const records = data.map(({ cells, line }) => ({ text: recordText(names, columns, cells), line }));
  return { records, isCut: isCut || text.length < file.length - 1 };
}

/** Whether a text is more likely separated values than JSON. */
export const looksLikeCsv = (text: string): boolean => !/^\uFEFF?\s*[[{]/.test(text);

const DELIMITERS = [',', '\t', ';', '|'] as const;

/** The one the first line has most of, outside quotes. */
function delimiterOf(text: string): string {
  const end = text.indexOf('\n');
  const first = (end < 0 ? text : text.slice(0, end)).replaceAll(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => first.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

function readRows(
  text: string,
  delimiter: string,
  recordsMax: number,
): { readonly rows: readonly Row[]; readonly isCut: boolean } {
  const rows: Row[] = [];
  let position = 0;
  let line = 1;
  while (position < text.length) {
    if (rows.length > recordsMax) return { rows, isCut: true };
    const row = readRow(text, position, delimiter);
    if (row.cells.length > 1 || row.cells[0] !== '') rows.push({ cells: row.cells, line });
    line += row.lines;
    position = row.end;
  }
  return { rows, isCut: false };
}

interface ReadRow {
  readonly cells: readonly string[];
  readonly end: number;
  /** Line breaks the row spans. */
  readonly lines: number;
}

function readRow(text: string, start: number, delimiter: string): ReadRow {
  const cells: string[] = [];
  let position = start;
  for (;;) {
    const cell = text[position] === '"' ? quotedCell(text, position) : plainCell(text, position, delimiter);
    cells.push(cell.value);
    position = cell.end;
    if (text[position] !== delimiter) break;
    position++;
  }
  if (text[position] === '\r') position++;
  const end = text[position] === '\n' ? position + 1 : Math.max(position, start + 1);
  return { cells, end, lines: text.slice(start, end).split('\n').length - 1 };
}

interface Cell {
  readonly value: string;
  readonly end: number;
}

function plainCell(text: string, start: number, delimiter: string): Cell {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end++;
  return { value: text.slice(start, end), end };
}

/** A quoted cell; text between its closing quote and the next delimiter is kept, as most readers do. */
function quotedCell(text: string, start: number): Cell {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return { value: value + text.slice(from), end: text.length };
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    from = quote + 2;
  }
}

/** Header cells as member names: each once, an empty one by its place. */
function columnNames(header: readonly string[]): readonly string[] {
  const used = new Set<string>();
  return header.map((cell, i) => {
    const name = cell.trim() === '' ? `column_${i + 1}` : cell.trim();
    let unique = name;
    for (let copy = 2; used.has(unique); copy++) unique = `${name}_${copy}`;
    used.add(unique);
    return unique;
  });
}

type ColumnForm = 'number' | 'boolean' | 'text';

const NUMBER = /^-?(?:0|[1-9][0-9]*)?(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const LEADING_ZERO = /^-?0[0-9]/;
const BOOLEAN = /^(?:true|false)$/i;
const NOTHING = /^(?:NA|N\/A|NaN|null|none|-)$/i;

/** Of its values all but one in fifty are numbers, or all are booleans. */
function columnForm(cells: readonly string[]): ColumnForm {
  const values = cells.filter((cell) => cell !== '');
  if (values.length === 0 || values.some((cell) => LEADING_ZERO.test(cell))) return 'text';
  if (values.every((cell) => BOOLEAN.test(cell))) return 'boolean';
  const stated = values.filter((cell) => !NOTHING.test(cell));
  const numbers = stated.filter(isNumber).length;
  return numbers > 0 && (stated.length - numbers) * 50 <= stated.length ? 'number' : 'text';
}

const isNumber = (cell: string): boolean => NUMBER.test(cell) && /[0-9]/.test(cell);

function recordText(
  names: readonly string[],
  forms: readonly ColumnForm[],
  cells: readonly string[],
): string {
  const members = names.flatMap((name, i) => {
    const value = valueText(cells[i] ?? '', forms[i]!);
    return value === undefined ? [] : [`${JSON.stringify(name)}:${value}`];
  });
  return `{${members.join(',')}}`;
}

function valueText(cell: string, form: ColumnForm): string | undefined {
  if (cell === '' || (form === 'number' && NOTHING.test(cell))) return undefined;
  if (form === 'boolean') return cell.toLowerCase();
  if (form === 'number' && isNumber(cell)) return cell.replace(/^(-?)\./, '$10.');
  return JSON.stringify(cell);
}
