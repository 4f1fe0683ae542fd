import type { Column, ColumnType } from '@headwater/core-contract';
import { quoteName, quoteText } from './database.ts';
import { decimalText, scaledInteger, toNumber } from './exact-decimal.ts';

/**
 * One text per value of a contract's columns, written twice: from the JSON of a record (`textOfJson`) and, as SQL, from
 * the column it landed in (`textOfColumn`). Equal texts mean equal values. It shares no code with what staging uses, so
 * that a balance does not repeat its mistakes. A value that its column cannot hold gets a text that no column gives.
 */

/** The members of a JSON object as the text of one row; missing and null members are alike. */
export const rowTextOfJson = (
  columns: readonly Column[],
  members: Readonly<Record<string, unknown>>,
): string => columns.map((column) => sized(textOfJson(column, members[column.source]))).join('');

/** The SQL expression of the same text over columns by their names. */
export const rowTextOfColumns = (columns: readonly Column[]): string =>
  `concat(${columns.map((column) => sizedSql(textOfColumn(column.type, quoteName(column.name)))).join(', ')})`;

const IMPOSSIBLE = '\u0000not a value of this column';

/** Null for null; a length before each text keeps neighbours apart. */
const sized = (text: string | null): string => (text === null ? 'n' : `${Buffer.byteLength(text)}:${text}`);
const sizedSql = (text: string): string =>
  `case when ${text} is null then 'n' else concat(strlen(${text}), ':', ${text}) end`;

function textOfJson(column: Column, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const { type } = column;
  switch (type.kind) {
    case 'string':
      return typeof value === 'string' ? value : IMPOSSIBLE;
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : IMPOSSIBLE;
    case 'integer':
      return scaledInteger(value, 0)?.toString() ?? IMPOSSIBLE;
    case 'decimal':
      return decimalText(value, type.scale) ?? IMPOSSIBLE;
    case 'float':
      return doubleText(Math.fround(toNumber(value)));
    case 'double':
      return doubleText(toNumber(value));
    case 'date':
      return dateText(value);
    case 'timestamp':
    case 'timestampNtz':
      return instantText(column, value);
    case 'binary':
      return typeof value === 'string' ? Buffer.from(value, 'base64').toString('base64') : IMPOSSIBLE;
    case 'json':
      return '';
    case 'struct':
      return isObject(value) ? rowTextOfJson(type.fields, value) : IMPOSSIBLE;
    case 'array':
      return Array.isArray(value)
        ? value.map((entry: unknown) => sized(textOfJson(type.element, entry))).join('')
        : IMPOSSIBLE;
    case 'map':
      return isObject(value)
        ? Object.entries(value)
            .map(([key, entry]) => sized(key) + sized(textOfJson(type.value, entry)))
            .join('')
        : IMPOSSIBLE;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Null where the column is null. `depth` numbers lambda parameters. */
function textOfColumn(type: ColumnType, value: string, depth = 0): string {
  const item = `x${depth}`;
  switch (type.kind) {
    case 'string':
      return value;
    case 'boolean':
    case 'integer':
    case 'decimal':
    case 'double':
      return `${value}::varchar`;
    case 'float':
      return `${value}::double::varchar`;
    case 'date':
      return `(${value} - date '1970-01-01')::varchar`;
    case 'timestamp':
    case 'timestampNtz':
      return `epoch_us(${value})::varchar`;
    case 'binary':
      return `base64(${value})`;
    case 'json':
      // The text of nested JSON is kept as it came; JSON.parse does not give it back.
      return `case when ${value} is null then null else '' end`;
    case 'struct': {
      const fields = type.fields.map((field) =>
        sizedSql(textOfColumn(field.type, `struct_extract(${value}, ${quoteText(field.name)})`, depth)),
      );
      return `case when ${value} is null then null else concat(${fields.join(', ')}) end`;
    }
    case 'array': {
      const entry = sizedSql(textOfColumn(type.element.type, item, depth + 1));
      return `array_to_string(list_transform(${value}, lambda ${item}: ${entry}), '')`;
    }
    case 'map': {
      const key = sizedSql(`${item}.key`);
      const mapped = sizedSql(textOfColumn(type.value.type, `${item}.value`, depth + 1));
      return `array_to_string(list_transform(map_entries(${value}), lambda ${item}: concat(${key}, ${mapped})), '')`;
    }
  }
}

/** As DuckDB prints a double: shortest digits that give it back, exponents from 1e16 and below 1e-4. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return IMPOSSIBLE;
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e16) return Number.isInteger(value) ? `${value}.0` : String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

function dateText(value: unknown): string {
  const parts = typeof value === 'string' ? /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) : null;
  if (parts === null) return IMPOSSIBLE;
  return String(utcMs(parts) / 86_400_000);
}

const isoInstant = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|z|[+-]\d\d:\d\d)?$/;
/** Decimal places between the unit of an encoding and microseconds. */
const places = { epochSeconds: 6, epochMillis: 3, epochMicros: 0, epochNanos: -3 } as const;

/** Microseconds since the epoch. */
function instantText(column: Column, value: unknown): string {
  const { time = 'iso8601' } = column;
  if (time !== 'iso8601') return scaledInteger(value, places[time])?.toString() ?? IMPOSSIBLE;
  const parts = typeof value === 'string' ? isoInstant.exec(value) : null;
  if (parts === null || (parts[8] === undefined) !== (column.type.kind === 'timestampNtz')) return IMPOSSIBLE;
  const fraction = (parts[7] ?? '').padEnd(6, '0');
  if (/[1-9]/.test(fraction.slice(6))) return IMPOSSIBLE;
  const micros = BigInt(utcMs(parts) - offsetMs(parts[8])) * 1_000n + BigInt(fraction.slice(0, 6));
  return micros.toString();
}

function utcMs(parts: RegExpExecArray): number {
  const [year = 0, month = 1, day = 1, hours = 0, minutes = 0, seconds = 0] = parts.slice(1, 7).map(Number);
  // Date.UTC takes years below 100 for years of the last century.
  if (year >= 100) return Date.UTC(year, month - 1, day, hours || 0, minutes || 0, seconds || 0);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hours || 0, minutes || 0, seconds || 0);
  return date.getTime();
}

function offsetMs(zone = 'Z'): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
