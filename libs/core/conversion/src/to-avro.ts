import type { ColumnType, ValueRule } from '@headwater/core-contract';
import { lossesOf } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import { createNaming, pascalCase } from './name-in-use.ts';
import type { RecordField, RecordTree } from './record-tree.ts';

type Schema = string | readonly Schema[] | Readonly<Record<string, unknown>>;

/** What is collected while the schema is built. */
interface AvroBuild {
  readonly typeName: (name: string) => string;
  /** Paths whose meaning Avro only has in part, with what became of it. */
  readonly changed: Map<string, string>;
  readonly alsoSaid: Set<string>;
}

const AVRO_NAME = /[A-Za-z0-9_]/;

/**
 * The record as an Avro schema (specification 1.12): named by its object, in the namespace of the domain, an optional
 * property as a union with null that defaults to null, one rule of fixed values as an enum.
 */
export function toAvro(tree: RecordTree): Conversion {
  const { contract, object } = tree;
  const build: AvroBuild = { typeName: createNaming(AVRO_NAME), changed: new Map(), alsoSaid: new Set() };
  const namespace = (contract.odcs.domain ?? '').replace(/[^A-Za-z0-9_.]+/g, '_').replace(/^(?=[0-9])/, '_');
  const name = build.typeName(pascalCase(object.name) || 'Record');
  if (name !== object.name) build.changed.set(`${tree.path}.name`, `Avro names it ${name}`);
  const schema = {
    type: 'record',
    name,
    ...(namespace === '' ? {} : { namespace }),
    ...docOf(object.description),
    fields: fieldSchemas(tree.fields, build),
  };
  const losses = lossesOf({
    contract,
    target: 'Avro',
    objectPath: tree.path,
    keys: {
      contract: namespace === contract.odcs.domain ? ['domain'] : [],
      object: ['name', 'description'],
      property: ['name', 'logicalType', 'physicalType', 'required', 'description'],
      options: [],
    },
    alsoSaid: build.alsoSaid,
    changed: build.changed,
  });
  return { text: `${JSON.stringify(schema, null, 2)}\n`, losses };
}

function fieldSchemas(fields: readonly RecordField[], build: AvroBuild): readonly Schema[] {
  const fieldName = createNaming(AVRO_NAME);
  return fields.map((field) => {
    const { column, property, path } = field;
    const name = fieldName(column.source);
    if (name !== column.source) build.changed.set(`${path}.name`, `Avro names it ${name}`);
    const type = typeSchema(field, build);
    return {
      name,
      ...docOf(property.description),
      ...(column.required ? { type } : { type: nullable(type), default: null }),
    };
  });
}

const docOf = (description: string | undefined): { readonly doc?: string } =>
  description === undefined ? {} : { doc: description };

const nullable = (type: Schema): Schema => (type === 'null' ? type : ['null', type]);

function typeSchema(field: RecordField, build: AvroBuild): Schema {
  const { column, property, path } = field;
  const { type } = column;
  switch (type.kind) {
    case 'struct':
      return {
        type: 'record',
        name: build.typeName(pascalCase(column.source) || 'Inner'),
        fields: fieldSchemas(field.fields, build),
      };
    case 'array':
      return { type: 'array', items: innerSchema(field, build) };
    case 'map':
      return { type: 'map', values: innerSchema(field, build) };
    case 'string':
      return enumSchema(field, build) ?? 'string';
    default:
      if (property.logicalTypeOptions?.['format'] !== undefined && isExact(type)) {
        build.alsoSaid.add(`${path}.logicalTypeOptions.format`);
      }
      if (type.kind === 'integer' && type.bits < 32)
        noteType(field, build, `an Avro int has 32 bits, not ${type.bits}`);
      if (type.kind === 'json') noteType(field, build, 'Avro holds it as the text of its JSON');
      return LEAF_SCHEMAS[type.kind](type);
  }
}

/** The entry of an array or map; a record in it has the name of the property. */
function innerSchema({ column, element }: RecordField, build: AvroBuild): Schema {
  const named = { ...element!, column: { ...element!.column, source: column.source } };
  const type = typeSchema(named, build);
  return named.column.required ? type : nullable(type);
}

const isExact = (type: ColumnType): boolean => type.kind !== 'integer' || type.bits >= 32;

/** The type the contract states is only in part the one Avro has. */
function noteType({ path, property }: RecordField, build: AvroBuild, message: string): void {
  const key = property.physicalType === undefined ? 'logicalType' : 'physicalType';
  const stated = property.logicalTypeOptions?.['format'] === undefined ? key : 'logicalTypeOptions.format';
  build.changed.set(`${path}.${stated}`, message);
}

type LeafKind = Exclude<ColumnType['kind'], 'struct' | 'array' | 'map' | 'string'>;
const logical = (type: string, logicalType: string) => (): Schema => ({ type, logicalType });

const LEAF_SCHEMAS: Readonly<Record<LeafKind, (type: ColumnType) => Schema>> = {
  boolean: () => 'boolean',
  integer: (type) => (type.kind === 'integer' && type.bits === 64 ? 'long' : 'int'),
  float: () => 'float',
  double: () => 'double',
  decimal: (type) =>
    type.kind === 'decimal'
      ? { type: 'bytes', logicalType: 'decimal', precision: type.precision, scale: type.scale }
      : 'bytes',
  date: logical('int', 'date'),
  timestamp: logical('long', 'timestamp-micros'),
  timestampNtz: logical('long', 'local-timestamp-micros'),
  binary: () => 'bytes',
  json: () => 'string',
};

const SYMBOL = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A string with fixed values that are all names is an Avro enum. */
function enumSchema({ column, property, path }: RecordField, build: AvroBuild): Schema | undefined {
  const rule = column.rules.find(
    (each): each is Extract<ValueRule, { rule: 'enum' }> => each.rule === 'enum',
  );
  const isNames =
    rule !== undefined &&
    rule.values.every((value) => SYMBOL.test(value)) &&
    new Set(rule.values).size === rule.values.length;
  if (!isNames) return undefined;
  const check = (property.quality ?? []).find(({ metric }) => metric === 'invalidValues');
  for (const key of Object.keys(check ?? {})) {
    if (ENUM_KEYS.has(key)) build.alsoSaid.add(`${path}.quality[${checkName(check!)}].${key}`);
  }
  return { type: 'enum', name: build.typeName(pascalCase(column.source) || 'Values'), symbols: rule.values };
}

const ENUM_KEYS = new Set(['metric', 'mustBe', 'arguments', 'type']);
const checkName = (check: object): string => {
  const { id, name, metric } = check as { id?: string; name?: string; metric?: string };
  return id ?? name ?? metric ?? '';
};
