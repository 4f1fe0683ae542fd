import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import {
  formatDate,
  formatDateTime,
  formatDecimal,
  type DeltaSchema,
  type DeltaType,
} from '@headwater/core-delta';

/** Writes one value as JSON text. */
export type JsonWriter = (value: DuckDBValue) => string;

/**
 * Rows as JSON, one object per row, members in schema order: integers beyond 2^53 and decimals as strings, timestamps
 * RFC 3339 UTC with microseconds, without zone the same without `Z`, dates `yyyy-MM-dd`, binary base64, maps as
 * objects, NaN and infinities as strings.
 */
export function createRowWriter(schema: DeltaSchema): (row: readonly DuckDBValue[]) => string {
  const members = schema.fields.map(({ name, type }) => ({
    key: `${JSON.stringify(name)}:`,
    write: createJsonWriter(type),
  }));
  return (row) => {
    let text = '{';
    for (let i = 0; i < members.length; i++) {
      const member = members[i];
      if (member !== undefined) text += (i === 0 ? '' : ',') + member.key + member.write(row[i] ?? null);
    }
    return `${text}}`;
  };
}

function createJsonWriter(type: DeltaType): JsonWriter {
  const write = createValueWriter(type);
  return (value) => (value === null ? 'null' : write(value));
}

function createValueWriter(type: DeltaType): JsonWriter {
  if (typeof type === 'string') return PRIMITIVE_WRITERS[type] ?? writeText;
  switch (type.type) {
    case 'decimal':
      return writeDecimal;
    case 'array': {
      const write = createJsonWriter(type.elementType);
      return (value) =>
        value instanceof DuckDBListValue ? `[${value.items.map(write).join(',')}]` : unexpected(type, value);
    }
    case 'map':
      return createMapWriter(type.keyType, type.valueType);
    case 'struct': {
      const members = type.fields.map((each) => ({ name: each.name, write: createJsonWriter(each.type) }));
      return (value) =>
        value instanceof DuckDBStructValue
          ? `{${members.map(({ name, write }) => `${JSON.stringify(name)}:${write(value.entries[name] ?? null)}`).join(',')}}`
          : unexpected(type, value);
    }
  }
}

function createMapWriter(keyType: DeltaType, valueType: DeltaType): JsonWriter {
  const writeKey = createJsonWriter(keyType);
  const writeValue = createJsonWriter(valueType);
  const asKey = (text: string) => (text.startsWith('"') ? text : JSON.stringify(text));
  return (value) =>
    value instanceof DuckDBMapValue
      ? `{${value.entries.map((entry) => `${asKey(writeKey(entry.key))}:${writeValue(entry.value)}`).join(',')}}`
      : unexpected('map', value);
}

const writeText: JsonWriter = (value) => JSON.stringify(value);

const writeInteger: JsonWriter = (value) => {
  const isExact = typeof value !== 'bigint' || (value <= EXACT_MAX && value >= -EXACT_MAX);
  return isExact ? String(value) : `"${String(value)}"`;
};
const EXACT_MAX = 2n ** 53n;

const writeDouble: JsonWriter = (value) => {
  const number = Number(value);
  if (Number.isFinite(number)) return Object.is(number, -0) ? '-0.0' : JSON.stringify(number);
  return Number.isNaN(number) ? '"NaN"' : number > 0 ? '"Infinity"' : '"-Infinity"';
};

const writeDecimal: JsonWriter = (value) =>
  value instanceof DuckDBDecimalValue
    ? `"${formatDecimal(value.value, value.scale)}"`
    : unexpected('decimal', value);

const PRIMITIVE_WRITERS: Readonly<Partial<Record<string, JsonWriter>>> = {
  long: writeInteger,
  integer: writeInteger,
  short: writeInteger,
  byte: writeInteger,
  float: writeDouble,
  double: writeDouble,
  boolean: (value) => (value === true ? 'true' : 'false'),
  binary: (value) =>
    value instanceof DuckDBBlobValue
      ? `"${Buffer.from(value.bytes.buffer, value.bytes.byteOffset, value.bytes.byteLength).toString('base64')}"`
      : unexpected('binary', value),
  date: (value) =>
    value instanceof DuckDBDateValue ? `"${formatDate(value.days)}"` : unexpected('date', value),
  timestamp: (value) =>
    value instanceof DuckDBTimestampTZValue
      ? `"${formatDateTime(value.micros, 6)}Z"`
      : unexpected('timestamp', value),
  timestamp_ntz: (value) =>
    value instanceof DuckDBTimestampValue
      ? `"${formatDateTime(value.micros, 6)}"`
      : unexpected('timestamp_ntz', value),
};

function unexpected(type: DeltaType | 'map' | 'decimal', value: DuckDBValue): never {
  throw new Error(
    `invariant broken: a ${typeof value} came where ${typeof type === 'string' ? type : type.type} was read`,
  );
}
