import type { Column, ColumnType } from '@headwater/core-contract';
import { field, struct, type DeltaField, type DeltaSchema, type DeltaType } from './schema.ts';

/** The columns of a contract as a Delta schema, in contract order; every column is nullable. */
export function schemaOfColumns(
  columns: readonly Column[],
  further: readonly DeltaField[] = [],
): DeltaSchema {
  return struct([...columns.map(({ name, type }) => field(name, toDeltaType(type))), ...further]);
}

export function toDeltaType(type: ColumnType): DeltaType {
  switch (type.kind) {
    case 'json':
    case 'string':
      return 'string';
    case 'integer':
      return ({ 8: 'byte', 16: 'short', 32: 'integer', 64: 'long' } as const)[type.bits];
    case 'decimal':
      return { type: 'decimal', precision: type.precision, scale: type.scale };
    case 'timestampNtz':
      return 'timestamp_ntz';
    case 'boolean':
    case 'float':
    case 'double':
    case 'date':
    case 'timestamp':
    case 'binary':
      return type.kind;
    case 'struct':
      return struct(type.fields.map((inner) => field(inner.name, toDeltaType(inner.type))));
    case 'array':
      return { type: 'array', elementType: toDeltaType(type.element.type), containsNull: true };
    case 'map':
      return {
        type: 'map',
        keyType: 'string',
        valueType: toDeltaType(type.value.type),
        valueContainsNull: true,
      };
  }
}
