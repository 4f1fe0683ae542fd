import type { ColumnType } from '@headwater/core-contract';

/** A column type as people write it: `integer(64)`, `decimal(18,4)`, `array<string>`, `struct<a: string>`. */
export function describeColumnType(type: ColumnType): string {
  switch (type.kind) {
    case 'integer':
      return `integer(${type.bits})`;
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'array':
      return `array<${describeColumnType(type.element.type)}>`;
    case 'map':
      return `map<string, ${describeColumnType(type.value.type)}>`;
    case 'struct':
      return `struct<${type.fields.map((field) => `${field.name}: ${describeColumnType(field.type)}`).join(', ')}>`;
    default:
      return type.kind;
  }
}
