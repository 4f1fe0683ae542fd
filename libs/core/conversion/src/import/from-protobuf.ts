import { createProtobufTypes, parseProtobuf, protobufTypeText } from '@headwater/core-schema';
import type {
  ProtobufField,
  ProtobufMessage,
  ProtobufScalar,
  ProtobufType,
  ProtobufTypes,
  SchemaProblem,
} from '@headwater/core-schema';
import { err, ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';
import type { ConversionLoss } from '../conversion.ts';
import { enumOf, float, integer, JSON_TYPE, LEVELS_MAX, physicalName, withText } from './imported.ts';
import type { ImportedRecord, PropertyData } from './imported.ts';

interface ProtoImport {
  readonly losses: ConversionLoss[];
  readonly types: ProtobufTypes;
  /** Full names of the messages around the place; the last one is its scope. */
  readonly around: readonly string[];
}

/** The first message of a .proto file, or the one named, as properties. */
export function fromProtobuf(
  text: string,
  messageName?: string,
): Result<ImportedRecord, readonly SchemaProblem[]> {
  const parsed = parseProtobuf({ text });
  if (!parsed.ok) return err([parsed.error]);
  const types = createProtobufTypes(parsed.value);
  const message =
    messageName === undefined
      ? parsed.value.messages[0]
      : [...types.messages.values()].find(({ name, fullName }) => [name, fullName].includes(messageName));
  if (message === undefined) return err([noMessage(messageName)]);
  const losses: ConversionLoss[] = [];
  const properties = messageProperties(message, '', { losses, types, around: [message.fullName] });
  return ok({ name: message.name, ...withText(message.comment), properties, losses });
}

const noMessage = (name: string | undefined): SchemaProblem => ({
  rule: 'no-message',
  message: name === undefined ? 'the file defines no message' : `the file defines no message ${name}`,
  fix: 'Name a message of the file.',
  path: '',
  line: 1,
  column: 1,
});

function messageProperties(message: ProtobufMessage, path: string, at: ProtoImport): readonly PropertyData[] {
  const inOneofs = message.oneofs.filter(
    ({ name }) => message.fields.filter(({ oneof }) => oneof === name).length > 1,
  );
  for (const { name } of inOneofs) {
    at.losses.push({ path: join(path, name), message: 'a contract does not say that one of several is set' });
  }
  return message.fields.map((field, i) => ({
    ...fieldProperty(field, join(path, field.name), at),
    ...(field.number === i + 1 ? {} : numbered(field.number)),
  }));
}

/** A number that does not follow from the order of the fields. */
const numbered = (number: number): PropertyData => ({
  customProperties: [{ property: 'headwater:fieldNumber', value: number }],
});

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

function fieldProperty(field: ProtobufField, path: string, at: ProtoImport): PropertyData {
  const fallback = field.options.find(({ name }) => name === 'default');
  if (fallback !== undefined) at.losses.push({ path, message: 'a contract has no default values' });
  const type = typeProperty(field.type, path, at);
  return {
    name: field.name,
    ...withText(field.comment),
    ...(field.label === 'repeated'
      ? { logicalType: 'array', items: type }
      : { ...type, ...(field.label === 'required' ? { required: true } : {}) }),
  };
}

function typeProperty(type: ProtobufType, path: string, at: ProtoImport): PropertyData {
  switch (type.kind) {
    case 'scalar':
      return SCALARS[type.name];
    case 'map': {
      const physical = type.key === 'string' ? physicalName(typeProperty(type.value, path, at)) : undefined;
      if (physical !== undefined) return { logicalType: 'object', physicalType: `map<string, ${physical}>` };
      return keptAsJson(`${protobufTypeText(type)} is kept as JSON`, path, at);
    }
    case 'group':
    case 'named':
      return namedProperty(at.types.fullNameOf(type.name, at.around.at(-1)!), path, at);
  }
}

function keptAsJson(message: string, path: string, at: ProtoImport): PropertyData {
  at.losses.push({ path, message });
  return JSON_TYPE;
}

function namedProperty(fullName: string, path: string, at: ProtoImport): PropertyData {
  const known = WELL_KNOWN[fullName];
  if (known !== undefined) return known;
  const symbols = at.types.enums.get(fullName);
  if (symbols !== undefined) return enumOf(symbols.values.map(({ name }) => name));
  const message = at.types.messages.get(fullName);
  if (message === undefined) return keptAsJson(`${fullName} is not in the file: kept as JSON`, path, at);
  if (at.around.includes(fullName) || at.around.length >= LEVELS_MAX) {
    return keptAsJson(`${fullName} contains itself, or is too deep: kept as JSON`, path, at);
  }
  const properties = messageProperties(message, path, { ...at, around: [...at.around, fullName] });
  return properties.length === 0
    ? keptAsJson(`${fullName} has no fields: kept as JSON`, path, at)
    : { logicalType: 'object', properties };
}

const text: PropertyData = { logicalType: 'string' };
const binary: PropertyData = { logicalType: 'string', physicalType: 'binary' };
const unsigned = (format: 'u32' | 'u64'): PropertyData => ({
  logicalType: 'integer',
  logicalTypeOptions: { format },
});

const SCALARS: Readonly<Record<ProtobufScalar, PropertyData>> = {
  double: float('f64'),
  float: float('f32'),
  int32: integer(32),
  sint32: integer(32),
  sfixed32: integer(32),
  int64: integer(64),
  sint64: integer(64),
  sfixed64: integer(64),
  uint32: unsigned('u32'),
  fixed32: unsigned('u32'),
  uint64: unsigned('u64'),
  fixed64: unsigned('u64'),
  bool: { logicalType: 'boolean' },
  string: text,
  bytes: binary,
};

const WELL_KNOWN: Readonly<Record<string, PropertyData>> = {
  'google.protobuf.Timestamp': { logicalType: 'timestamp' },
  'google.protobuf.StringValue': text,
  'google.protobuf.BytesValue': binary,
  'google.protobuf.BoolValue': { logicalType: 'boolean' },
  'google.protobuf.Int32Value': integer(32),
  'google.protobuf.Int64Value': integer(64),
  'google.protobuf.UInt32Value': unsigned('u32'),
  'google.protobuf.UInt64Value': unsigned('u64'),
  'google.protobuf.FloatValue': float('f32'),
  'google.protobuf.DoubleValue': float('f64'),
  'google.protobuf.Struct': JSON_TYPE,
  'google.protobuf.Value': JSON_TYPE,
  'google.type.Date': { logicalType: 'date' },
};
