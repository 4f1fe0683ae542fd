import type { ColumnType } from '@headwater/core-contract';

/** `decimal(18,4)`, `array of integer (64 bits)`: a type as people read it. */
export function columnTypeText(type: ColumnType): string {
  switch (type.kind) {
    case 'integer':
      return type.bits === 64 ? 'integer' : `integer (${type.bits} bits)`;
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'timestampNtz':
      return 'local timestamp';
    case 'struct':
      return 'object';
    case 'array':
      return `array of ${columnTypeText(type.element.type)}`;
    case 'map':
      return `map of ${columnTypeText(type.value.type)}`;
    default:
      return type.kind;
  }
}
