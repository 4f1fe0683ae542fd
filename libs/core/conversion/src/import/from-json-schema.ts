import { parseJsonSchema, parseJsonText } from '@headwater/core-schema';
import type { JsonObject, JsonValue, SchemaProblem } from '@headwater/core-schema';
import { err, ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';
import type { ConversionLoss } from '../conversion.ts';
import { enumOf, float, integer, JSON_TYPE, LEVELS_MAX, physicalName, withText } from './imported.ts';
import type { ImportedRecord, PropertyData } from './imported.ts';

interface JsonImport {
  readonly root: JsonObject;
  readonly losses: ConversionLoss[];
  readonly level: number;
}

/** The object of a JSON Schema (drafts 4 to 2020-12) as properties. References inside the document are followed. */
export function fromJsonSchema(text: string): Result<ImportedRecord, readonly SchemaProblem[]> {
  const checked = parseJsonSchema({ text });
  if (!checked.ok) return err([checked.error]);
  const parsed = parseJsonText(text);
  if (!parsed.ok) return err([parsed.error]);
  if (!isObject(parsed.value)) return err([notAnObject()]);
  const at: JsonImport = { root: parsed.value, losses: [], level: 0 };
  const schema = resolve(parsed.value, at);
  if (!isObject(schema['properties'])) return err([notAnObject()]);
  const properties = objectProperties(schema, '', at);
  noteUnknown(schema, '', at, [...OBJECT_KEYS, ...DOCUMENT_KEYS]);
  return ok({
    name: typeof schema['title'] === 'string' ? schema['title'] : 'record',
    ...withText(textOf(schema['description'])),
    properties,
    losses: at.losses,
  });
}

const notAnObject = (): SchemaProblem => ({
  rule: 'not-an-object',
  message: 'the schema names no properties, and a contract describes records',
  fix: 'Give the schema of an object with its properties.',
  path: '',
  line: 1,
  column: 1,
});

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

const ANNOTATIONS = ['title', 'description', 'examples', '$comment'];
const OBJECT_KEYS = [...ANNOTATIONS, 'type', 'properties', 'required'];
const DOCUMENT_KEYS = ['$schema', '$id', 'id', 'definitions', '$defs'];

function noteUnknown(schema: JsonObject, path: string, at: JsonImport, known: readonly string[]): void {
  for (const key of Object.keys(schema)) {
    if (known.includes(key)) continue;
    at.losses.push({ path: path === '' ? key : `${path}.${key}`, message: `a contract cannot say ${key}` });
  }
}

/** Follows `$ref` inside the document; keywords beside it win. */
function resolve(schema: JsonObject, at: JsonImport): JsonObject {
  let current = schema;
  for (let step = 0; step < LEVELS_MAX && typeof current['$ref'] === 'string'; step += 1) {
    const target = pointed(at.root, current['$ref']);
    if (target === undefined) return current;
    const { $ref: _ref, ...beside } = current;
    current = { ...target, ...beside };
  }
  return current;
}

function pointed(root: JsonObject, reference: string): JsonObject | undefined {
  if (!reference.startsWith('#')) return undefined;
  const keys = reference.slice(1).split('/').slice(1);
  let at: JsonValue | undefined = root;
  for (const key of keys) {
    const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
    at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return isObject(at) ? at : undefined;
}

function objectProperties(schema: JsonObject, path: string, at: JsonImport): readonly PropertyData[] {
  const required = new Set(isList(schema['required']) ? schema['required'].map(String) : []);
  return Object.entries(schema['properties'] as JsonObject).map(([name, value]) => {
    const inner = path === '' ? name : `${path}.${name}`;
    return { name, ...valueProperty(value, inner, { ...at, level: at.level + 1 }, required.has(name)) };
  });
}

function valueProperty(value: JsonValue, path: string, at: JsonImport, isRequired: boolean): PropertyData {
  if (!isObject(value)) return { ...JSON_TYPE, ...(isRequired ? { required: true } : {}) };
  const schema = resolve(value, at);
  const { types, isNullable } = typesOf(schema);
  const description = withText(textOf(schema['description']) ?? textOf(schema['title']));
  const examples = isList(schema['examples']) ? { examples: schema['examples'] } : {};
  return {
    ...description,
    ...(types.length === 1 && at.level <= LEVELS_MAX
      ? typedProperty(types[0]!, schema, path, at)
      : severalTypes(schema, path, at)),
    ...(isRequired && !isNullable ? { required: true } : {}),
    ...examples,
  };
}

function severalTypes(schema: JsonObject, path: string, at: JsonImport): PropertyData {
  const values = schema['enum'];
  if (isList(values) && values.every((each) => each === null || typeof each === 'string')) {
    return enumOf(values.filter((each) => each !== null));
  }
  const stated = Object.keys(schema).filter((key) => !ANNOTATIONS.includes(key));
  if (stated.length > 0) at.losses.push({ path, message: `${stated.join(', ')}: kept as JSON` });
  return JSON_TYPE;
}

function typesOf(schema: JsonObject): { readonly types: readonly string[]; readonly isNullable: boolean } {
  const stated = schema['type'];
  const all = isList(stated) ? stated.map(String) : typeof stated === 'string' ? [stated] : [];
  const types = all.filter((type) => type !== 'null');
  return { types, isNullable: all.length !== types.length };
}

function typedProperty(type: string, schema: JsonObject, path: string, at: JsonImport): PropertyData {
  const note = (known: readonly string[]): void =>
    noteUnknown(schema, path, at, [...ANNOTATIONS, 'type', 'default', '$ref', ...known]);
  switch (type) {
    case 'string':
      return stringProperty(schema, note);
    case 'integer':
    case 'number':
      return numberProperty(type, schema, note);
    case 'boolean':
      note([]);
      return { logicalType: 'boolean' };
    case 'array':
      return arrayProperty(schema, path, at, note);
    case 'object':
      return objectProperty(schema, path, at, note);
    default:
      return JSON_TYPE;
  }
}

type Note = (known: readonly string[]) => void;

const pick = (schema: JsonObject, keys: readonly string[]): Readonly<Record<string, JsonValue>> =>
  Object.fromEntries(keys.flatMap((key) => (schema[key] === undefined ? [] : [[key, schema[key]]])));

const withOptions = (options: Readonly<Record<string, unknown>>): PropertyData =>
  Object.keys(options).length === 0 ? {} : { logicalTypeOptions: options };

function stringProperty(schema: JsonObject, note: Note): PropertyData {
  const { format, enum: values, contentEncoding } = schema;
  if (isList(values)) {
    note(['enum']);
    return enumOf(values.filter((each) => each !== null));
  }
  if (format === 'date-time' || format === 'date') {
    note(['format']);
    return { logicalType: format === 'date' ? 'date' : 'timestamp' };
  }
  if (contentEncoding === 'base64') {
    note(['contentEncoding']);
    return { logicalType: 'string', physicalType: 'binary' };
  }
  const keys = ['minLength', 'maxLength', 'pattern', 'format'];
  note(keys);
  return { logicalType: 'string', ...withOptions(pick(schema, keys)) };
}

const BOUNDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];

/** Bounds that are those of a type are the type, and not rules. */
const INTEGER_FORMATS = [8n, 16n, 32n, 64n].flatMap((bits) => [
  { format: `i${bits}`, least: -(2n ** (bits - 1n)), most: 2n ** (bits - 1n) - 1n },
  { format: `u${bits}`, least: 0n, most: 2n ** bits - 1n },
]);

function numberProperty(type: 'integer' | 'number', schema: JsonObject, note: Note): PropertyData {
  note([...BOUNDS, 'format']);
  const { minimum, maximum } = schema;
  const isWhole = (value: JsonValue | undefined): value is number | bigint =>
    typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
  if (type === 'integer' && isWhole(minimum) && isWhole(maximum)) {
    const found = INTEGER_FORMATS.find(
      ({ least, most }) => BigInt(minimum) === least && BigInt(maximum) === most,
    );
    if (found !== undefined) return { logicalType: 'integer', logicalTypeOptions: { format: found.format } };
  }
  const base = type === 'integer' ? integer(64) : float('f64');
  const bounds = Object.fromEntries(
    Object.entries(pick(schema, BOUNDS)).flatMap(([key, value]) =>
      typeof value === 'number' ? [[key, value]] : [],
    ),
  );
  return { ...base, logicalTypeOptions: { ...(base['logicalTypeOptions'] as object), ...bounds } };
}

function arrayProperty(schema: JsonObject, path: string, at: JsonImport, note: Note): PropertyData {
  const keys = ['minItems', 'maxItems', 'uniqueItems'];
  note([...keys, 'items']);
  const { items } = schema;
  const options = withOptions(pick(schema, keys));
  if (!isObject(items)) return { logicalType: 'array', ...options };
  const inner = { ...at, level: at.level + 1 };
  return { logicalType: 'array', ...options, items: valueProperty(items, `${path}[]`, inner, true) };
}

function objectProperty(schema: JsonObject, path: string, at: JsonImport, note: Note): PropertyData {
  const { properties, additionalProperties } = schema;
  if (isObject(properties) && Object.keys(properties).length > 0) {
    note(['properties', 'required']);
    return { logicalType: 'object', properties: objectProperties(schema, path, at) };
  }
  if (isObject(additionalProperties)) {
    const value = valueProperty(additionalProperties, `${path}{}`, { ...at, level: at.level + 1 }, false);
    const physical = physicalName(value);
    if (physical !== undefined) {
      note(['additionalProperties']);
      return { logicalType: 'object', physicalType: `map<string, ${physical}>` };
    }
  }
  note(['additionalProperties']);
  return JSON_TYPE;
}
