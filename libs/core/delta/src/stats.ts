import { formatDate, formatDateTime, parseDate, parseDateTime } from './calendar.ts';
import { exactNumber, formatLogJson, type LogValue } from './log-json.ts';
import type { DeltaField, DeltaSchema, DeltaType } from './schema.ts';

/**
 * What a Parquet writer knows about one leaf column of a file. `min` and `max` are the exact extremes as text: numbers
 * in decimal, `yyyy-MM-dd`, `yyyy-MM-dd HH:mm:ss.ffffff` in UTC; strings as they are. Absent when not known.
 */
export interface ColumnStatistics {
  /** Names from the table's root to the leaf; through a list or map, its inner names too. */
  readonly path: readonly string[];
  readonly min?: string;
  readonly max?: string;
  /** Absent when not known. */
  readonly nullCount?: bigint;
  readonly hasNan?: boolean;
}

export interface StatsRules {
  readonly partitionColumns: readonly string[];
  /**
   * Top-level columns of which no value may be shown: they get no statistics. Their table must say so to readers by the
   * property of `withStatsColumns`, or some take the missing bounds for a reason to skip.
   */
  readonly personalColumns?: ReadonlySet<string>;
}

/** Leaf columns that get statistics when the table does not name them: delta.dataSkippingNumIndexedCols. */
const INDEXED_COLUMNS_MAX = 32;
/** Characters of a string kept in min and max. */
const PREFIX_CHARACTERS = 32;
/** Give up on a maximum whose cut would have to pass more U+10FFFF than this. */
const TIE_BREAK_CHARACTERS_MAX = 64;

/**
 * The JSON text of `add.stats`. A bound that is written is never tighter than the rows. When one indexed column has
 * values but no bound, no column gets bounds: delta-rs reads a bound that is missing beside others as NULL, and skips
 * the file. PROTOCOL.md, Per-file Statistics.
 */
export function formatStats(
  schema: DeltaSchema,
  numRecords: bigint,
  columns: Iterable<ColumnStatistics>,
  rules: StatsRules,
): string {
  const byPath = new Map([...columns].map((column) => [pathKey(column.path), column]));
  const bounds = { minValues: {}, maxValues: {} };
  const nullCount = {};
  let isComplete = true;
  for (const { path, type } of indexedLeaves(schema, rules)) {
    const column = byPath.get(pathKey(path));
    setAt(nullCount, path, column?.nullCount);
    if (!hasBounds(type) || column?.nullCount === numRecords) continue;
    const min = column?.hasNan === true ? undefined : toBound(type, column?.min, 'min');
    const max = column?.hasNan === true ? undefined : toBound(type, column?.max, 'max');
    if (min === undefined || max === undefined) isComplete = false;
    setAt(bounds.minValues, path, min);
    setAt(bounds.maxValues, path, max);
  }
  return formatLogJson({ numRecords, ...(isComplete ? bounds : {}), nullCount, tightBounds: true });
}

const STATS_COLUMNS = 'delta.dataSkippingStatsColumns';

/**
 * The table properties with the columns that have statistics named, when the table has personal columns: readers then
 * expect none of those, and other engines do not bring them back when they rewrite files.
 */
export function withStatsColumns(
  configuration: Readonly<Record<string, string>>,
  schema: DeltaSchema,
  rules: StatsRules,
): Readonly<Record<string, string>> {
  if (rules.personalColumns === undefined || rules.personalColumns.size === 0) return configuration;
  const names = indexedLeaves(schema, rules)
    .filter(({ type }) => hasBounds(type) && type !== 'boolean')
    .map(({ path }) => path.map(quoteColumn).join('.'));
  return { ...configuration, [STATS_COLUMNS]: names.join(',') };
}

const quoteColumn = (name: string) =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;

interface Leaf {
  readonly path: readonly string[];
  readonly type: DeltaType;
}

/** Leaves in schema order, the first 32 of those that may have statistics at all. A list or map counts and has none. */
function indexedLeaves(schema: DeltaSchema, rules: StatsRules): readonly Leaf[] {
  const mayHaveStats = ({ name }: DeltaField) =>
    !rules.partitionColumns.includes(name) && rules.personalColumns?.has(name) !== true;
  return schema.fields
    .filter(mayHaveStats)
    .flatMap((field) => leavesOf(field, []))
    .slice(0, INDEXED_COLUMNS_MAX)
    .filter(({ type }) => typeof type === 'string' || type.type === 'decimal');
}

/** Binary columns have counts only. */
const hasBounds = (type: DeltaType) => type !== 'binary' && type !== 'void';

function leavesOf(field: DeltaField, parents: readonly string[]): readonly Leaf[] {
  const path = [...parents, field.name];
  if (typeof field.type !== 'string' && field.type.type === 'struct') {
    return field.type.fields.flatMap((inner) => leavesOf(inner, path));
  }
  return [{ path, type: field.type }];
}

/** The bound as it goes into the log, or undefined when the log cannot hold it. */
function toBound(type: DeltaType, text: string | undefined, side: 'min' | 'max'): LogValue | undefined {
  if (text === undefined) return undefined;
  if (typeof type !== 'string') return /^-?\d+(\.\d+)?$/.test(text) ? toExact(text) : undefined;
  switch (type) {
    case 'string':
      return side === 'min' ? truncateMin(text) : truncateMax(text);
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return /^-?\d+$/.test(text) ? BigInt(text) : undefined;
    case 'float':
      return toDoubleBound(text, Math.fround);
    case 'double':
      return toDoubleBound(text, (value) => value);
    case 'date':
      return toDateBound(text);
    case 'timestamp':
    case 'timestamp_ntz':
      return toTimestampBound(text, type, side);
    case 'boolean':
      return { '1': true, true: true, '0': false, false: false }[text];
    case 'binary':
    case 'void':
      return undefined;
  }
}

function toExact(text: string): LogValue {
  return exactNumber(text);
}

/**
 * Infinities are text, as Spark writes them. Large doubles are written with an exponent, so that no reader takes their
 * rounded digits for an exact integer.
 */
function toDoubleBound(text: string, round: (value: number) => number): LogValue | undefined {
  const infinity = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinity !== null) return infinity[1] === '-' ? '-Infinity' : 'Infinity';
  const value = round(Number(text));
  if (!Number.isFinite(value)) return undefined;
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? exactNumber(value.toExponential()) : value;
}

function toDateBound(text: string): string | undefined {
  const days = parseDate(text);
  return days === undefined ? undefined : formatDate(days);
}

/** Kept to milliseconds: the minimum is cut down, the maximum goes up to the next one, so that it still bounds. */
function toTimestampBound(text: string, type: DeltaType, side: 'min' | 'max'): string | undefined {
  const micros = parseDateTime(text);
  if (micros === undefined) return undefined;
  const isWhole = micros % 1_000n === 0n;
  const bound = formatDateTime(side === 'max' && !isWhole ? micros + 1_000n : micros, 3);
  if (!/^\d{4}-/.test(bound)) return undefined;
  return type === 'timestamp' ? `${bound}Z` : bound;
}

export const truncateMin = (text: string): string =>
  text.length <= PREFIX_CHARACTERS ? text : [...text].slice(0, PREFIX_CHARACTERS).join('');

/** A prefix with U+10FFFF after it sorts, in UTF-8 byte order, at or after every string with that prefix. */
export function truncateMax(text: string): string | undefined {
  if (text.length <= PREFIX_CHARACTERS) return text;
  const characters = [...text];
  if (characters.length <= PREFIX_CHARACTERS) return text;
  let end = PREFIX_CHARACTERS;
  while (characters[end] === TIE_BREAK) end++;
  if (end - PREFIX_CHARACTERS > TIE_BREAK_CHARACTERS_MAX) return undefined;
  return end >= characters.length ? text : characters.slice(0, end).join('') + TIE_BREAK;
}

const TIE_BREAK = '\u{10FFFF}';

const pathKey = (path: readonly string[]) => JSON.stringify(path);

interface Nested {
  [name: string]: LogValue | Nested;
}

function setAt(target: Nested, path: readonly string[], value: LogValue | undefined): void {
  if (value === undefined) return;
  let inner = target;
  for (const name of path.slice(0, -1)) inner = (inner[name] ??= {}) as Nested;
  inner[path.at(-1) ?? ''] = value;
}
