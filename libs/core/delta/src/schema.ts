import { userError } from '@headwater/kernel';
import { formatLogJson, isLogObject, parseLogJson, type LogObject, type LogValue } from './log-json.ts';

/** PROTOCOL.md, Schema Serialization Format. */
export interface DeltaSchema {
  readonly type: 'struct';
  readonly fields: readonly DeltaField[];
}

export interface DeltaField {
  readonly name: string;
  readonly type: DeltaType;
  readonly nullable: boolean;
  readonly metadata: LogObject;
}

export type DeltaType = DeltaPrimitive | DeltaDecimal | DeltaSchema | DeltaArray | DeltaMap;

export interface DeltaArray {
  readonly type: 'array';
  readonly elementType: DeltaType;
  readonly containsNull: boolean;
}

export interface DeltaMap {
  readonly type: 'map';
  readonly keyType: DeltaType;
  readonly valueType: DeltaType;
  readonly valueContainsNull: boolean;
}

/** `decimal(10,2)` in the log. */
export interface DeltaDecimal {
  readonly type: 'decimal';
  readonly precision: number;
  readonly scale: number;
}

const PRIMITIVES = [
  'string',
  'long',
  'integer',
  'short',
  'byte',
  'float',
  'double',
  'boolean',
  'binary',
  'date',
  'timestamp',
  'timestamp_ntz',
  'void',
] as const;
export type DeltaPrimitive = (typeof PRIMITIVES)[number];

/** A nullable field without metadata, the shape of every column that Headwater creates. */
export const field = (name: string, type: DeltaType): DeltaField => ({
  name,
  type,
  nullable: true,
  metadata: {},
});

export const struct = (fields: readonly DeltaField[]): DeltaSchema => ({ type: 'struct', fields });

/** Throws a user error that names the column and type it does not know. */
export function parseSchemaString(schemaString: string): DeltaSchema {
  const type = parseType(parseLogJson(schemaString), '');
  if (typeof type === 'string' || type.type !== 'struct') throw schemaRefused('the schema is not a struct');
  return type;
}

export function formatSchemaString(schema: DeltaSchema): string {
  return formatLogJson(typeToJson(schema));
}

/** `decimal(10,2)`, `array<string>`: for people and error messages. */
export function describeType(type: DeltaType): string {
  if (typeof type === 'string') return type;
  switch (type.type) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'array':
      return `array<${describeType(type.elementType)}>`;
    case 'map':
      return `map<${describeType(type.keyType)},${describeType(type.valueType)}>`;
    case 'struct':
      return `struct<${type.fields.map((each) => `${each.name}:${describeType(each.type)}`).join(',')}>`;
  }
}

/** True when the type, or one inside it, satisfies the condition. */
export function someType(type: DeltaType, condition: (type: DeltaType) => boolean): boolean {
  if (condition(type)) return true;
  if (typeof type === 'string') return false;
  switch (type.type) {
    case 'decimal':
      return false;
    case 'array':
      return someType(type.elementType, condition);
    case 'map':
      return someType(type.keyType, condition) || someType(type.valueType, condition);
    case 'struct':
      return type.fields.some((each) => someType(each.type, condition));
  }
}

function parseType(value: LogValue | undefined, path: string): DeltaType {
  if (typeof value === 'string') return parsePrimitive(value, path);
  if (isLogObject(value)) {
    if (value['type'] === 'struct') return parseStruct(value, path);
    if (value['type'] === 'array') return parseArray(value, path);
    if (value['type'] === 'map') return parseMap(value, path);
  }
  throw schemaRefused(`column ${path} has the unknown type ${formatLogJson(value ?? null)}`);
}

function parseArray(value: LogObject, path: string): DeltaArray {
  return {
    type: 'array',
    elementType: parseType(value['elementType'], `${path}.element`),
    containsNull: value['containsNull'] !== false,
  };
}

function parseMap(value: LogObject, path: string): DeltaMap {
  return {
    type: 'map',
    keyType: parseType(value['keyType'], `${path}.key`),
    valueType: parseType(value['valueType'], `${path}.value`),
    valueContainsNull: value['valueContainsNull'] !== false,
  };
}

function parseStruct(value: LogObject, path: string): DeltaSchema {
  const fields = value['fields'];
  if (!Array.isArray(fields)) throw schemaRefused(`struct ${path} has no list of fields`);
  return struct((fields as readonly LogValue[]).map((each) => parseField(each, path)));
}

function parseField(value: LogValue, path: string): DeltaField {
  if (!isLogObject(value) || typeof value['name'] !== 'string') {
    throw schemaRefused(`struct ${path} has a field without a name`);
  }
  const name = value['name'];
  return {
    name,
    type: parseType(value['type'], path === '' ? name : `${path}.${name}`),
    nullable: value['nullable'] !== false,
    metadata: isLogObject(value['metadata']) ? value['metadata'] : {},
  };
}

function parsePrimitive(name: string, path: string): DeltaType {
  const decimal = /^decimal(?:\(\s*(\d+)\s*,\s*(-?\d+)\s*\))?$/.exec(name);
  if (decimal) {
    return { type: 'decimal', precision: Number(decimal[1] ?? 10), scale: Number(decimal[2] ?? 0) };
  }
  const known = PRIMITIVES.find((each) => each === name) ?? (name === 'null' ? 'void' : undefined);
  if (known === undefined) throw schemaRefused(`column ${path} has the unknown type "${name}"`);
  return known;
}

function typeToJson(type: DeltaType): LogValue {
  if (typeof type === 'string') return type;
  switch (type.type) {
    case 'decimal':
      return describeType(type);
    case 'array':
      return { ...type, elementType: typeToJson(type.elementType) };
    case 'map':
      return { ...type, keyType: typeToJson(type.keyType), valueType: typeToJson(type.valueType) };
    case 'struct':
      return {
        type: 'struct',
        fields: type.fields.map((each) => ({
          name: each.name,
          type: typeToJson(each.type),
          nullable: each.nullable,
          metadata: each.metadata,
        })),
      };
  }
}

const schemaRefused = (what: string) =>
  userError({
    code: 'HW_DELTA_SCHEMA_REFUSED',
    message: `The table's schema cannot be read: ${what}.`,
    fix: 'Read the table with an engine that knows this type.',
  });
