import type { Column, ColumnType, CompiledContract } from '@headwater/core-contract';
import { field, struct, type DeltaField, type DeltaSchema, type DeltaType } from '@headwater/core-delta';

/** Columns that staging adds to every row: where the record lay, when it was written and ingested, in which batch. */
export const rowColumns: readonly DeltaField[] = [
  field('_topic', 'string'),
  field('_partition', 'integer'),
  field('_offset', 'long'),
  field('_timestamp', 'timestamp'),
  field('_ingested_at', 'timestamp'),
  field('_batch', 'string'),
];

/** Contract columns, then partition columns that are derived from them, then the row columns. */
export function primarySchema(contract: CompiledContract): DeltaSchema {
  const derived = contract.partitionColumns.flatMap((each) =>
    each.from === 'date' ? [field(each.name, 'date')] : [],
  );
  return struct([...contract.columns.map(toField), ...derived, ...rowColumns]);
}

export const primaryPartitionColumns = (contract: CompiledContract): readonly string[] =>
  contract.partitionColumns.map((each) => (each.from === 'column' ? each.column : each.name));

/** Top-level columns that hold something personal, at any depth: no statistics show their values. */
export const personalColumns = (contract: CompiledContract): ReadonlySet<string> =>
  new Set(contract.columns.filter(isPersonal).map(({ name }) => name));

/** One row per record that could not be taken: its coordinates, its bytes as they came, and why. */
export const quarantineSchema: DeltaSchema = struct([
  field('topic', 'string'),
  field('partition', 'integer'),
  field('offset', 'long'),
  field('timestamp', 'timestamp'),
  field('key', 'binary'),
  field('headers', {
    type: 'array',
    elementType: struct([field('key', 'string'), field('value', 'binary')]),
    containsNull: true,
  }),
  field('value', 'binary'),
  field('schema_id', 'integer'),
  field('stage', 'string'),
  field('rule', 'string'),
  field('path', 'string'),
  field('reason', 'string'),
  field('contract_version', 'string'),
  field('batch', 'string'),
]);

const toField = (column: Column): DeltaField => field(column.name, toDeltaType(column.type));

export function toDeltaType(type: ColumnType): DeltaType {
  switch (type.kind) {
    case 'integer':
      return ({ 8: 'byte', 16: 'short', 32: 'integer', 64: 'long' } as const)[type.bits];
    case 'decimal':
      return { type: 'decimal', precision: type.precision, scale: type.scale };
    case 'timestampNtz':
      return 'timestamp_ntz';
    case 'json':
      return 'string';
    case 'struct':
      return struct(type.fields.map(toField));
    case 'array':
      return { type: 'array', elementType: toDeltaType(type.element.type), containsNull: true };
    case 'map':
      return {
        type: 'map',
        keyType: 'string',
        valueType: toDeltaType(type.value.type),
        valueContainsNull: true,
      };
    case 'string':
    case 'boolean':
    case 'float':
    case 'double':
    case 'date':
    case 'timestamp':
    case 'binary':
      return type.kind;
  }
}

function isPersonal(column: Column): boolean {
  if (column.personal) return true;
  switch (column.type.kind) {
    case 'struct':
      return column.type.fields.some(isPersonal);
    case 'array':
      return isPersonal(column.type.element);
    case 'map':
      return isPersonal(column.type.value);
    default:
      return false;
  }
}
