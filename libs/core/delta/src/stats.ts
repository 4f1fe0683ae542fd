import { formatDate, formatDateTime, parseDate, parseDateTime } from './calendar.ts';
import { exactNumber, formatLogJson, type LogValue } from './log-json.ts';
import { someType, type DeltaField, type DeltaSchema, type DeltaType } from './schema.ts';

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
  /** Top-level columns of which no value may be shown: they get counts, but no min and max. */
  readonly personalColumns?: ReadonlySet<string>;
  /** Leaf columns that get statistics: property delta.dataSkippingNumIndexedCols, 32 when unset. */
  readonly indexedColumnsMax?: number;
}

const INDEXED_COLUMNS_MAX = 32;
/** Characters of a string kept in min and max. */
const PREFIX_CHARACTERS = 32;
/** Give up on a maximum whose cut would have to pass more U+10FFFF than this. */
const TIE_BREAK_CHARACTERS_MAX = 64;

/** The JSON text of `add.stats`. A bound that is written is never tighter than the rows. PROTOCOL.md, Per-file Statistics. */
export function formatStats(
  schema: DeltaSchema,
  numRecords: bigint,
  columns: Iterable<ColumnStatistics>,
  rules: StatsRules,
): string {
  const byPath = new Map([...columns].map((column) => [pathKey(column.path), column]));
  const stats = { minValues: {}, maxValues: {}, nullCount: {} };
  for (const leaf of indexedLeaves(schema, rules)) {
    const column = byPath.get(pathKey(leaf.path));
    if (column === undefined) continue;
    setAt(stats.nullCount, leaf.path, column.nullCount);
    if (rules.personalColumns?.has(leaf.path[0] ?? '') === true || column.hasNan === true) continue;
    setAt(stats.minValues, leaf.path, toBound(leaf.type, column.min, 'min'));
    setAt(stats.maxValues, leaf.path, toBound(leaf.type, column.max, 'max'));
  }
  return formatLogJson({ numRecords, ...stats, tightBounds: true });
}

interface Leaf {
  readonly path: readonly string[];
  readonly type: DeltaType;
}

/** Leaves in schema order; a list or map counts as one, and gets no statistics. */
function indexedLeaves(schema: DeltaSchema, rules: StatsRules): readonly Leaf[] {
  const isData = ({ name }: DeltaField) => !rules.partitionColumns.includes(name);
  const leaves = schema.fields.filter(isData).flatMap((field) => leavesOf(field, []));
  return leaves
    .slice(0, rules.indexedColumnsMax ?? INDEXED_COLUMNS_MAX)
    .filter(({ type }) => !someType(type, (inner) => typeof inner !== 'string' && inner.type !== 'decimal'));
}

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
      return toFinite(Math.fround(Number(text)));
    case 'double':
      return toFinite(Number(text));
    case 'date':
      return toDateBound(text);
    case 'timestamp':
    case 'timestamp_ntz':
      return toTimestampBound(text, type, side);
    case 'boolean':
    case 'binary':
    case 'void':
      return undefined;
  }
}

function toExact(text: string): LogValue {
  return exactNumber(text);
}

/** Large doubles are written with an exponent, so that no reader takes their rounded digits for an exact integer. */
function toFinite(value: number): LogValue | undefined {
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
