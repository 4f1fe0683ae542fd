import { parseSchemaString } from '@headwater/core-delta';
import type { DeltaField, DeltaType } from '@headwater/core-delta';
import { err, HeadwaterError, ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';
import type { SchemaProblem } from '@headwater/core-schema';
import type { ConversionLoss } from '../conversion.ts';
import { decimal, float, integer, JSON_TYPE, physicalName, withText } from './imported.ts';
import type { ImportedRecord, PropertyData } from './imported.ts';

/** The columns of a Delta schema string as properties. */
export function fromDelta(text: string): Result<ImportedRecord, readonly SchemaProblem[]> {
  try {
    const losses: ConversionLoss[] = [];
    const properties = parseSchemaString(text).fields.map((field) =>
      fieldProperty(field, field.name, losses),
    );
    return ok({ name: 'record', properties, losses });
  } catch (error) {
    if (error instanceof HeadwaterError || error instanceof SyntaxError) return err([notASchema(error)]);
    throw error;
  }
}

const notASchema = (error: Error): SchemaProblem => ({
  rule: 'not-a-delta-schema',
  message: error.message,
  fix: 'Give the schemaString of a metaData action, as JSON.',
  path: '',
  line: 1,
  column: 1,
});

function fieldProperty(field: DeltaField, path: string, losses: ConversionLoss[]): PropertyData {
  const comment = field.metadata['comment'];
  for (const key of Object.keys(field.metadata)) {
    if (key !== 'comment') losses.push({ path: `${path}.${key}`, message: `a contract cannot say ${key}` });
  }
  return {
    name: field.name,
    ...withText(typeof comment === 'string' ? comment : undefined),
    ...typeProperty(field.type, path, losses),
    ...(field.nullable ? {} : { required: true }),
  };
}

function typeProperty(type: DeltaType, path: string, losses: ConversionLoss[]): PropertyData {
  if (typeof type === 'string') return PRIMITIVES[type];
  switch (type.type) {
    case 'decimal':
      return decimal(type.precision, type.scale);
    case 'struct':
      return {
        logicalType: 'object',
        properties: type.fields.map((field) => fieldProperty(field, `${path}.${field.name}`, losses)),
      };
    case 'array':
      return {
        logicalType: 'array',
        items: {
          ...typeProperty(type.elementType, `${path}[]`, losses),
          ...(type.containsNull ? {} : { required: true }),
        },
      };
    case 'map': {
      const physical =
        type.keyType === 'string'
          ? physicalName(typeProperty(type.valueType, `${path}{}`, losses))
          : undefined;
      if (physical !== undefined) return { logicalType: 'object', physicalType: `map<string, ${physical}>` };
      losses.push({ path, message: 'a map that is not one of plain values by text is kept as JSON' });
      return JSON_TYPE;
    }
  }
}

const PRIMITIVES: Readonly<Record<Extract<DeltaType, string>, PropertyData>> = {
  string: { logicalType: 'string' },
  long: integer(64),
  integer: integer(32),
  short: { logicalType: 'integer', logicalTypeOptions: { format: 'i16' } },
  byte: { logicalType: 'integer', logicalTypeOptions: { format: 'i8' } },
  float: float('f32'),
  double: float('f64'),
  boolean: { logicalType: 'boolean' },
  binary: { logicalType: 'string', physicalType: 'binary' },
  date: { logicalType: 'date' },
  timestamp: { logicalType: 'timestamp' },
  timestamp_ntz: { logicalType: 'timestamp', logicalTypeOptions: { timezone: false } },
  void: JSON_TYPE,
};
