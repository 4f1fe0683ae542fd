import { printJson } from '../text/json-print.ts';
import type { JsonObject, JsonValue } from '../text/json-text.ts';
import { isAvroNamed, namespaceOf, type AvroField, type AvroNamed, type AvroSchema } from './avro-schema.ts';

/** Avro schema text: keys in the order of the specification, every named type defined where it is used first. */
export const printAvro = (schema: AvroSchema): string => `${printJson(toAvroJson(schema))}\n`;

/** The schema as JSON data, in the same order as `printAvro`. */
export const toAvroJson = (schema: AvroSchema): JsonValue => toJson(schema, '', new Set());

function toJson(schema: AvroSchema, namespace: string, defined: Set<string>): JsonValue {
  if (schema.kind === 'union') return schema.branches.map((branch) => toJson(branch, namespace, defined));
  if (isAvroNamed(schema)) return namedToJson(schema, namespace, defined);
  const rest = restOf(schema);
  if (schema.kind === 'array')
    return { type: 'array', items: toJson(schema.items, namespace, defined), ...rest };
  if (schema.kind === 'map')
    return { type: 'map', values: toJson(schema.values, namespace, defined), ...rest };
  return Object.keys(rest).length === 0 ? schema.kind : { type: schema.kind, ...rest };
}

function namedToJson(schema: AvroNamed, enclosing: string, defined: Set<string>): JsonValue {
  const namespace = namespaceOf(schema.fullName);
  const shortName = schema.fullName.slice(namespace === '' ? 0 : namespace.length + 1);
  if (defined.has(schema.fullName)) return namespace === enclosing ? shortName : schema.fullName;
  defined.add(schema.fullName);
  const head = {
    type: schema.kind === 'record' && schema.isError ? 'error' : schema.kind,
    name: shortName,
    ...(namespace === enclosing ? {} : { namespace }),
    ...(schema.doc === undefined ? {} : { doc: schema.doc }),
    ...(schema.aliases.length === 0 ? {} : { aliases: schema.aliases }),
  };
  const rest = restOf(schema);
  if (schema.kind === 'enum') {
    const fallback = schema.default === undefined ? {} : { default: schema.default };
    return { ...head, symbols: schema.symbols, ...fallback, ...rest };
  }
  if (schema.kind === 'fixed') return { ...head, size: schema.size, ...rest };
  return { ...head, fields: schema.fields.map((field) => fieldToJson(field, namespace, defined)), ...rest };
}

function fieldToJson(field: AvroField, namespace: string, defined: Set<string>): JsonObject {
  return {
    name: field.name,
    ...(field.doc === undefined ? {} : { doc: field.doc }),
    type: toJson(field.type, namespace, defined),
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(field.order === undefined ? {} : { order: field.order }),
    ...(field.aliases.length === 0 ? {} : { aliases: field.aliases }),
    ...field.attributes,
  };
}

function restOf(schema: Exclude<AvroSchema, { kind: 'union' }>): JsonObject {
  const { logicalType, attributes } = schema;
  if (logicalType === undefined) return attributes;
  const { name, precision, scale } = logicalType;
  const decimal = precision === undefined ? {} : { precision, scale: scale ?? 0 };
  return { logicalType: name, ...decimal, ...attributes };
}
