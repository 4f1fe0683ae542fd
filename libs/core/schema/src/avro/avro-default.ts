import { isJsonArray, isJsonObject, member, type JsonValue } from '../text/json-text.ts';
import type { AvroSchema } from './avro-schema.ts';

const int = { min: -(2n ** 31n), max: 2n ** 31n - 1n };
const long = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** Whether a default value is one of its type, encoded as the specification's table "field default values" says. */
export const isDefaultOf = (schema: AvroSchema, value: JsonValue): boolean =>
  isValueOf(schema, value, { levels: 200, values: 100_000 });

interface Left {
  readonly levels: number;
  values: number;
}

/** A record that is its own default has no end, and defaults inside defaults may multiply: both are refused. */
function isValueOf(schema: AvroSchema, value: JsonValue, left: Left): boolean {
  left.values -= 1;
  if (left.levels === 0 || left.values < 0) return false;
  const inside: Left = { levels: left.levels - 1, values: left.values };
  const isInner = (type: AvroSchema, inner: JsonValue) => {
    inside.values = left.values;
    const is = isValueOf(type, inner, inside);
    left.values = inside.values;
    return is;
  };
  switch (schema.kind) {
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return isIntegerWithin(value, int);
    case 'long':
      return isIntegerWithin(value, long);
    case 'float':
    case 'double':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'string':
      return typeof value === 'string';
    case 'bytes':
      return isByteText(value);
    case 'fixed':
      return isByteText(value) && value.length === schema.size;
    case 'enum':
      return typeof value === 'string' && schema.symbols.includes(value);
    case 'array':
      return isJsonArray(value) && value.every((item) => isInner(schema.items, item));
    case 'map':
      return isJsonObject(value) && Object.values(value).every((item) => isInner(schema.values, item));
    case 'union':
      return schema.branches.some((branch) => isInner(branch, value));
    case 'record':
      return (
        isJsonObject(value) &&
        schema.fields.every((field) => {
          const given = member(value, field.name) ?? field.default;
          return given !== undefined && isInner(field.type, given);
        })
      );
  }
}

function isIntegerWithin(value: JsonValue, range: { readonly min: bigint; readonly max: bigint }): boolean {
  if (typeof value === 'number' && !Number.isInteger(value)) return false;
  if (typeof value !== 'number' && typeof value !== 'bigint') return false;
  const exact = BigInt(value);
  return exact >= range.min && exact <= range.max;
}

/** One character for one byte, U+0000 to U+00FF. */
const isByteText = (value: JsonValue): value is string =>
  typeof value === 'string' && /^[\u0000-\u00ff]*$/.test(value);
