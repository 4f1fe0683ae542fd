import { describeAvro, parseAvro, unqualifiedName } from '@headwater/core-schema';
import type { AvroField, AvroSchema, SchemaProblem } from '@headwater/core-schema';
import { err, ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';
import type { ConversionLoss } from '../conversion.ts';
import {
  decimal,
  enumOf,
  float,
  integer,
  JSON_TYPE,
  LEVELS_MAX,
  physicalName,
  withText,
} from './imported.ts';
import type { ImportedRecord, PropertyData } from './imported.ts';

interface AvroImport {
  readonly losses: ConversionLoss[];
  /** Full names of the records around the place. */
  readonly around: readonly string[];
}

/** The record of an Avro schema as properties. */
export function fromAvro(text: string): Result<ImportedRecord, readonly SchemaProblem[]> {
  const parsed = parseAvro({ text });
  if (!parsed.ok) return err([parsed.error]);
  const schema = parsed.value;
  if (schema.kind !== 'record') return err([notARecord(schema)]);
  const losses: ConversionLoss[] = [];
  const inside = { losses, around: [schema.fullName] };
  const properties = schema.fields.map((field) => fieldProperty(field, field.name, inside));
  const name = unqualifiedName(schema.fullName);
  return ok({
    name,
    ...(schema.doc === undefined ? {} : { description: schema.doc }),
    properties,
    losses: [...aliasLoss('', schema.aliases), ...losses],
  });
}

const notARecord = (schema: AvroSchema): SchemaProblem => ({
  rule: 'not-a-record',
  message: `the schema is ${describeAvro(schema)}, and a contract describes records`,
  fix: 'Give the schema of a record.',
  path: '',
  line: 1,
  column: 1,
});

const aliasLoss = (path: string, aliases: readonly string[]): readonly ConversionLoss[] =>
  aliases.length === 0
    ? []
    : [{ path: path === '' ? 'aliases' : `${path}.aliases`, message: 'a contract has no aliases' }];

function fieldProperty(field: AvroField, path: string, at: AvroImport): PropertyData {
  const { type, isNullable } = withoutNull(field.type);
  at.losses.push(...aliasLoss(path, field.aliases));
  if (field.default !== undefined && field.default !== null) {
    at.losses.push({ path: `${path}.default`, message: 'a contract has no default values' });
  }
  for (const key of Object.keys(field.attributes)) {
    at.losses.push({ path: `${path}.${key}`, message: `a contract does not know the attribute ${key}` });
  }
  return {
    name: field.name,
    ...withText(field.doc),
    ...typeProperty(type, path, at),
    ...(isNullable ? {} : { required: true }),
  };
}

/** A union of null and one other type is that type, not required. */
function withoutNull(schema: AvroSchema): { readonly type: AvroSchema; readonly isNullable: boolean } {
  if (schema.kind !== 'union') return { type: schema, isNullable: schema.kind === 'null' };
  const branches = schema.branches.filter(({ kind }) => kind !== 'null');
  const isNullable = branches.length < schema.branches.length;
  return { type: branches.length === 1 ? branches[0]! : { ...schema, branches }, isNullable };
}

function typeProperty(schema: AvroSchema, path: string, at: AvroImport): PropertyData {
  const lose = (message: string): PropertyData => {
    at.losses.push({ path, message });
    return JSON_TYPE;
  };
  switch (schema.kind) {
    case 'record':
      if (at.around.includes(schema.fullName) || at.around.length >= LEVELS_MAX)
        return lose(`${schema.fullName} contains itself, or is too deep: kept as JSON`);
      return {
        logicalType: 'object',
        properties: schema.fields.map((field) =>
          fieldProperty(field, `${path}.${field.name}`, { ...at, around: [...at.around, schema.fullName] }),
        ),
      };
    case 'array':
      return { logicalType: 'array', items: innerProperty(schema.items, `${path}[]`, at) };
    case 'map': {
      const values = innerProperty(schema.values, `${path}{}`, at);
      const physical = values['required'] === true ? undefined : physicalName(values);
      return physical === undefined
        ? lose(`a map of ${describeAvro(schema.values)} is kept as JSON`)
        : { logicalType: 'object', physicalType: `map<string, ${physical}>` };
    }
    case 'union':
      return lose(`${describeAvro(schema)} is kept as JSON`);
    case 'null':
      return lose('a field that is always null is kept as JSON');
    case 'enum':
      if (schema.default !== undefined)
        at.losses.push({ path: `${path}.default`, message: 'a contract has no default symbol' });
      return enumOf(schema.symbols);
    case 'fixed':
      at.losses.push({ path, message: `a contract does not say that there are ${schema.size} bytes` });
      return { logicalType: 'string', physicalType: 'binary' };
    default:
      return logicalProperty(schema, path, at);
  }
}

function innerProperty(schema: AvroSchema, path: string, at: AvroImport): PropertyData {
  const { type, isNullable } = withoutNull(schema);
  return { ...typeProperty(type, path, at), ...(isNullable ? {} : { required: true }) };
}

type AvroLeaf = Extract<
  AvroSchema,
  { kind: 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string' | 'null' }
>;

const PRIMITIVES: Readonly<Record<AvroLeaf['kind'], PropertyData>> = {
  null: JSON_TYPE,
  boolean: { logicalType: 'boolean' },
  int: integer(32),
  long: integer(64),
  float: float('f32'),
  double: float('f64'),
  bytes: { logicalType: 'string', physicalType: 'binary' },
  string: { logicalType: 'string' },
};

function logicalProperty(schema: AvroLeaf, path: string, at: AvroImport): PropertyData {
  const logical = schema.logicalType;
  switch (logical?.name) {
    case undefined:
      return PRIMITIVES[schema.kind];
    case 'decimal':
      return logical.precision !== undefined && logical.precision <= 38
        ? decimal(logical.precision, logical.scale ?? 0)
        : loseLogical(schema, path, at);
    case 'date':
      return { logicalType: 'date' };
    case 'timestamp-micros':
      return { logicalType: 'timestamp' };
    case 'local-timestamp-micros':
      return { logicalType: 'timestamp', logicalTypeOptions: { timezone: false } };
    case 'uuid':
      return { logicalType: 'string', logicalTypeOptions: { format: 'uuid' } };
    case 'timestamp-millis':
    case 'timestamp-nanos':
      at.losses.push({ path, message: `${logical.name} is a timestamp, in microseconds` });
      return { logicalType: 'timestamp' };
    case 'local-timestamp-millis':
    case 'local-timestamp-nanos':
      at.losses.push({ path, message: `${logical.name} is a local timestamp, in microseconds` });
      return { logicalType: 'timestamp', logicalTypeOptions: { timezone: false } };
    default:
      return loseLogical(schema, path, at);
  }
}

function loseLogical(schema: AvroLeaf, path: string, at: AvroImport): PropertyData {
  at.losses.push({ path, message: `${schema.logicalType?.name ?? ''} is kept as ${schema.kind}` });
  return PRIMITIVES[schema.kind];
}
