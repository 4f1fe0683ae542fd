import { err, ok, type Result } from '@headwater/kernel';
import { schemaBounds, SchemaRefusal, type SchemaPath, type SchemaProblem } from '../schema-problem.ts';
import type { SchemaSource } from '../schema-source.ts';
import {
  isJsonArray,
  isJsonObject,
  jsonProblem,
  member,
  type JsonObject,
  type JsonValue,
} from '../text/json-text.ts';
import { readJsonSource } from '../text/json-source.ts';
import { isDefaultOf } from './avro-default.ts';
import { parseLogicalType } from './avro-logical-type.ts';
import {
  aliasesOf,
  checkedName,
  fullNameOf,
  isAvroName,
  isPrimitiveName,
  qualified,
  stringsOf,
  textOf,
} from './avro-names.ts';
import {
  describeAvro,
  isAvroNamed,
  namespaceOf,
  type AvroEnum,
  type AvroField,
  type AvroFixed,
  type AvroNamed,
  type AvroRecord,
  type AvroSchema,
} from './avro-schema.ts';

/**
 * An Avro schema with all its types resolved. `references` are other schemas whose named types it may use, by the name the
 * registry knows them by; they are read when a name is not defined in the schema itself.
 */
export function parseAvro(
  source: SchemaSource,
  references: ReadonlyMap<string, SchemaSource> = new Map(),
): Result<AvroSchema, SchemaProblem> {
  const read = readJsonSource(source);
  if (!read.ok) return read;
  try {
    const parsing = new AvroParsing(references);
    const root = read.value === null ? 'null' : read.value;
    const schema = parsing.schema(root, '', []);
    parsing.checkDefaults();
    return ok(schema);
  } catch (error) {
    if (error instanceof SchemaRefusal) return err(jsonProblem(source.text, error));
    throw error;
  }
}

type Building<T> = { -readonly [K in keyof T]: T[K] };

const namedKeys = ['type', 'name', 'namespace', 'doc', 'aliases', 'logicalType', 'precision', 'scale'];
const keysOf: Readonly<Record<string, readonly string[]>> = {
  record: [...namedKeys, 'fields'],
  enum: [...namedKeys, 'symbols', 'default'],
  fixed: [...namedKeys, 'size'],
  field: ['name', 'type', 'doc', 'aliases', 'default', 'order'],
  array: ['type', 'items', 'logicalType'],
  map: ['type', 'values', 'logicalType'],
  primitive: ['type', 'logicalType', 'precision', 'scale'],
};

class AvroParsing {
  private readonly named = new Map<string, AvroNamed>();
  private readonly unread: Map<string, SchemaSource>;
  private readonly defaults: { readonly field: AvroField; readonly path: SchemaPath }[] = [];
  private nodes = 0;

  constructor(references: ReadonlyMap<string, SchemaSource>) {
    this.unread = new Map(references);
  }

  schema(json: JsonValue, namespace: string, path: SchemaPath): AvroSchema {
    this.nodes += 1;
    if (this.nodes > schemaBounds.nodesMax) {
      throw new SchemaRefusal(
        path,
        'too-many-nodes',
        `the schema has more than ${schemaBounds.nodesMax} types`,
        'Split it.',
      );
    }
    if (typeof json === 'string') return this.byName(json, namespace, path);
    if (isJsonArray(json)) return this.union(json, namespace, path);
    if (isJsonObject(json)) return this.complex(json, namespace, path);
    throw new SchemaRefusal(
      path,
      'not-a-schema',
      'a type is expected',
      'Give a type name, an object or a list of types.',
    );
  }

  private byName(name: string, namespace: string, path: SchemaPath): AvroSchema {
    if (isPrimitiveName(name)) return { kind: name, attributes: {} };
    const full = qualified(name, namespace);
    const found = this.named.get(full) ?? this.named.get(name) ?? this.fromReferences(full, name);
    if (found !== undefined) return found;
    throw new SchemaRefusal(
      path,
      'unknown-type',
      `the type ${JSON.stringify(full)} is not defined before it is used`,
      'Define it where it is used first, correct its name, or give the schema that holds it as a reference.',
    );
  }

  /** The reference with that name first, then all others, because a registry's reference may be called differently. */
  private fromReferences(...names: readonly string[]): AvroNamed | undefined {
    for (const label of [...names, ...this.unread.keys()]) {
      const source = this.unread.get(label);
      if (source === undefined) continue;
      this.unread.delete(label);
      this.readReference(label, source);
      const found = names.map((name) => this.named.get(name)).find((candidate) => candidate !== undefined);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private readReference(label: string, source: SchemaSource): void {
    const read = readJsonSource(source);
    const problem = (message: string, fix: string): never => {
      throw new SchemaRefusal([], 'reference-unusable', `reference ${label}: ${message}`, fix);
    };
    if (!read.ok) return problem(read.error.message, read.error.fix);
    try {
      this.schema(read.value, '', []);
    } catch (error) {
      if (error instanceof SchemaRefusal) return problem(error.message, error.fix);
      throw error;
    }
  }

  private union(json: readonly JsonValue[], namespace: string, path: SchemaPath): AvroSchema {
    const branches = json.map((item, index) => this.schema(item, namespace, [...path, index]));
    const seen = new Set<string>();
    for (const [index, branch] of branches.entries()) {
      const key = isAvroNamed(branch) ? branch.fullName : branch.kind;
      if (branch.kind === 'union') {
        throw new SchemaRefusal(
          [...path, index],
          'union-in-union',
          'a union stands directly in a union',
          'Merge them.',
        );
      }
      if (seen.has(key)) {
        throw new SchemaRefusal(
          [...path, index],
          'union-branch-twice',
          `the union holds ${key} twice`,
          'Remove one.',
        );
      }
      seen.add(key);
    }
    return { kind: 'union', branches };
  }

  private complex(json: JsonObject, namespace: string, path: SchemaPath): AvroSchema {
    const type = member(json, 'type');
    if (type === undefined) {
      throw new SchemaRefusal(path, 'type-missing', 'a schema has no "type"', 'Add "type".');
    }
    if (type === 'record' || type === 'error') return this.record(json, namespace, path);
    if (type === 'enum') return this.enumeration(json, namespace, path);
    if (type === 'fixed') return this.fixed(json, namespace, path);
    if (type === 'array') {
      const items = this.schema(required(json, 'items', path), namespace, [...path, 'items']);
      return { kind: 'array', items, ...annotations(json, 'array') };
    }
    if (type === 'map') {
      const values = this.schema(required(json, 'values', path), namespace, [...path, 'values']);
      return { kind: 'map', values, ...annotations(json, 'map') };
    }
    if (typeof type === 'string' && isPrimitiveName(type)) {
      return { kind: type, ...annotations(json, 'primitive', type) };
    }
    return this.schema(type, namespace, [...path, 'type']);
  }

  private define<T extends AvroNamed>(type: T, path: SchemaPath): T {
    if (this.named.has(type.fullName)) {
      throw new SchemaRefusal(
        [...path, 'name'],
        'type-defined-twice',
        `the type ${type.fullName} is defined twice`,
        'Refer to the first definition by its name.',
      );
    }
    this.named.set(type.fullName, type);
    return type;
  }

  private record(json: JsonObject, enclosing: string, path: SchemaPath): AvroRecord {
    const fields: AvroField[] = [];
    const self = this.define<AvroRecord>(
      {
        kind: 'record',
        isError: member(json, 'type') === 'error',
        fields,
        ...nameParts(json, 'record', enclosing, path),
      },
      path,
    );
    const given = required(json, 'fields', path);
    if (!isJsonArray(given)) {
      throw new SchemaRefusal(
        [...path, 'fields'],
        'wrong-kind',
        'fields must be a list',
        'Give "fields": [...].',
      );
    }
    const names = new Set<string>();
    for (const [index, item] of given.entries()) {
      const at = [...path, 'fields', index];
      const read = this.field(item, namespaceOf(self.fullName), at);
      if (names.has(read.name)) {
        throw new SchemaRefusal(
          at,
          'field-twice',
          `${self.fullName} has two fields called ${read.name}`,
          'Rename one.',
        );
      }
      names.add(read.name);
      fields.push(read);
    }
    return self;
  }

  private field(json: JsonValue, namespace: string, path: SchemaPath): AvroField {
    if (!isJsonObject(json)) {
      throw new SchemaRefusal(
        path,
        'wrong-kind',
        'a field must be an object',
        'Give {"name": ..., "type": ...}.',
      );
    }
    const name = textOf(json, 'name');
    if (name === undefined || !isAvroName(name)) {
      throw new SchemaRefusal(
        path,
        'name-invalid',
        'a field has no valid name',
        'Use letters, digits and _.',
      );
    }
    const built: Building<AvroField> = {
      name,
      type: this.schema(required(json, 'type', path), namespace, [...path, 'type']),
      aliases: stringsOf(json, 'aliases', path),
      attributes: attributesOf(json, 'field'),
    };
    const given = {
      doc: textOf(json, 'doc'),
      default: member(json, 'default'),
      order: textOf(json, 'order'),
    };
    if (given.doc !== undefined) built.doc = given.doc;
    if (given.order !== undefined) built.order = given.order;
    if (given.default !== undefined) {
      built.default = given.default;
      this.defaults.push({ field: built, path: [...path, 'default'] });
    }
    return built;
  }

  private enumeration(json: JsonObject, enclosing: string, path: SchemaPath): AvroEnum {
    required(json, 'symbols', path);
    const symbols = stringsOf(json, 'symbols', path);
    for (const [index, symbol] of symbols.entries()) {
      if (isAvroName(symbol) && symbols.indexOf(symbol) === index) continue;
      throw new SchemaRefusal(
        [...path, 'symbols', index],
        'symbol-invalid',
        `${JSON.stringify(symbol)} is not a symbol or is given twice`,
        'Use letters, digits and _, each symbol once.',
      );
    }
    const fallback = member(json, 'default');
    if (fallback !== undefined && (typeof fallback !== 'string' || !symbols.includes(fallback))) {
      throw new SchemaRefusal(
        [...path, 'default'],
        'default-invalid',
        'the default is not one of the symbols',
        'Correct it.',
      );
    }
    return this.define<AvroEnum>(
      {
        kind: 'enum',
        symbols,
        ...(fallback === undefined ? {} : { default: fallback }),
        ...nameParts(json, 'enum', enclosing, path),
      },
      path,
    );
  }

  private fixed(json: JsonObject, enclosing: string, path: SchemaPath): AvroFixed {
    const size = required(json, 'size', path);
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0) {
      throw new SchemaRefusal(
        [...path, 'size'],
        'wrong-kind',
        'size must be a whole number of bytes',
        'Correct size.',
      );
    }
    return this.define<AvroFixed>(
      { kind: 'fixed', size, ...nameParts(json, 'fixed', enclosing, path, size) },
      path,
    );
  }

  checkDefaults(): void {
    for (const {
      field: { name, type, default: given },
      path,
    } of this.defaults) {
      if (given === undefined || isDefaultOf(type, given)) continue;
      throw new SchemaRefusal(
        path,
        'default-invalid',
        `the default of ${name} is not a value of ${describeAvro(type)}`,
        'Give a default of the field’s type; for bytes one character for each byte.',
      );
    }
  }
}

function nameParts(
  json: JsonObject,
  kind: 'record' | 'enum' | 'fixed',
  enclosing: string,
  path: SchemaPath,
  size?: number,
) {
  const fullName = fullNameOf(json, enclosing, path);
  const aliases = aliasesOf(json, fullName, path);
  for (const alias of aliases) checkedName(alias, [...path, 'aliases']);
  const doc = textOf(json, 'doc');
  return { fullName, aliases, ...(doc === undefined ? {} : { doc }), ...annotations(json, kind, kind, size) };
}

function annotations(json: JsonObject, kind: string, base = kind, size?: number) {
  const logicalType = parseLogicalType(json, base, size);
  return { ...(logicalType === undefined ? {} : { logicalType }), attributes: attributesOf(json, kind) };
}

function attributesOf(json: JsonObject, kind: string): JsonObject {
  const known = keysOf[kind] ?? [];
  return Object.fromEntries(Object.entries(json).filter(([key]) => !known.includes(key)));
}

function required(json: JsonObject, key: string, path: SchemaPath): JsonValue {
  const value = member(json, key);
  if (value !== undefined) return value;
  throw new SchemaRefusal(path, `${key}-missing`, `"${key}" is missing`, `Add "${key}".`);
}
