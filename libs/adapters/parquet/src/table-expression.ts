import { DuckDBTypeId } from '@duckdb/node-api';
import {
  columnMappingId,
  formatDecimal,
  physicalName,
  type ColumnMappingMode,
  type DeltaField,
  type DeltaType,
  type PartitionValue,
} from '@headwater/core-delta';
import { quoteName, quoteText } from './database.ts';
import type { ParquetNode } from './table-parquet-node.ts';

/** The DuckDB type that holds every value of a Delta type exactly. */
export function toDuckType(type: DeltaType): string {
  if (typeof type !== 'string') {
    switch (type.type) {
      case 'decimal':
        return `decimal(${type.precision}, ${type.scale})`;
      case 'array':
        return `${toDuckType(type.elementType)}[]`;
      case 'map':
        return `map(${toDuckType(type.keyType)}, ${toDuckType(type.valueType)})`;
      case 'struct':
        return `struct(${type.fields.map((each) => `${quoteName(each.name)} ${toDuckType(each.type)}`).join(', ')})`;
    }
  }
  return PRIMITIVES[type];
}

const PRIMITIVES = {
  string: 'varchar',
  long: 'bigint',
  integer: 'integer',
  short: 'smallint',
  byte: 'tinyint',
  float: 'float',
  double: 'double',
  boolean: 'boolean',
  binary: 'blob',
  date: 'date',
  timestamp: 'timestamptz',
  timestamp_ntz: 'timestamp',
  void: 'varchar',
} as const;

/** An expression for the column of the schema over one file: mapped by name or id, widened, NULL where absent. */
export function columnExpression(
  field: DeltaField,
  siblings: readonly ParquetNode[],
  mode: ColumnMappingMode,
  owner = '',
): string {
  const node = field.type === 'void' ? undefined : findNode(field, siblings, mode);
  if (node === undefined) return `null::${toDuckType(field.type)}`;
  return valueExpression(field.type, node, `${owner}${quoteName(node.name)}`, { mode, depth: 0 });
}

/** A typed literal of a partition column. */
export function partitionExpression(type: DeltaType, value: PartitionValue): string {
  return `${partitionLiteral(type, value)}::${toDuckType(type)}`;
}

interface Walk {
  readonly mode: ColumnMappingMode;
  /** Of lambdas, so that their parameters have names of their own. */
  readonly depth: number;
}

function valueExpression(type: DeltaType, node: ParquetNode, value: string, walk: Walk): string {
  if (typeof type === 'string') return primitiveExpression(type, node, value);
  const inner = { ...walk, depth: walk.depth + 1 };
  const parameter = `x${walk.depth}`;
  switch (type.type) {
    case 'decimal':
      return `${value}::${toDuckType(type)}`;
    case 'struct': {
      if (type.fields.length === 0) return value;
      const members = type.fields.map((each) => {
        const child = each.type === 'void' ? undefined : findNode(each, node.children, walk.mode);
        const member =
          child === undefined
            ? `null::${toDuckType(each.type)}`
            : valueExpression(each.type, child, `struct_extract(${value}, ${quoteText(child.name)})`, walk);
        return `${quoteName(each.name)} := ${member}`;
      });
      return `case when ${value} is null then null else struct_pack(${members.join(', ')}) end`;
    }
    case 'array': {
      const [element] = node.children;
      if (element === undefined) return value;
      return `list_transform(${value}, lambda ${parameter}: ${valueExpression(type.elementType, element, parameter, inner)})`;
    }
    case 'map': {
      const [key, mapped] = node.children;
      if (key === undefined || mapped === undefined) return value;
      const entry = `struct_pack(key := ${valueExpression(type.keyType, key, `${parameter}.key`, inner)}, value := ${valueExpression(type.valueType, mapped, `${parameter}.value`, inner)})`;
      return `map_from_entries(list_transform(map_entries(${value}), lambda ${parameter}: ${entry}))`;
    }
  }
}

/** Timestamps without a zone in a file (int96, older writers) are UTC; the connection works in UTC. */
function primitiveExpression(type: DeltaType & string, node: ParquetNode, value: string): string {
  if (type === 'string' && node.type.typeId === DuckDBTypeId.BLOB) return `decode(${value})`;
  if (type === 'timestamp' && node.type.typeId !== DuckDBTypeId.TIMESTAMP_TZ) {
    return `${value}::timestamp::timestamptz`;
  }
  return `${value}::${toDuckType(type)}`;
}

/** Ids decide in id mode, physical names in name mode; else the display name, in any case when none fits exactly. */
function findNode(
  field: DeltaField,
  siblings: readonly ParquetNode[],
  mode: ColumnMappingMode,
): ParquetNode | undefined {
  if (mode === 'id') {
    const id = columnMappingId(field);
    return id === undefined ? undefined : siblings.find((each) => each.fieldId === id);
  }
  const name = physicalName(field, mode);
  const exact = siblings.find((each) => each.name === name);
  if (exact !== undefined || mode === 'name') return exact;
  return siblings.find((each) => each.name.toLowerCase() === name.toLowerCase());
}

function partitionLiteral(type: DeltaType, value: PartitionValue): string {
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return `from_hex('${Buffer.from(value).toString('hex')}')`;
  if (typeof value === 'string') return `decode(from_hex('${Buffer.from(value).toString('hex')}'))`;
  if (typeof type !== 'string' && type.type === 'decimal' && typeof value === 'bigint') {
    return quoteText(formatDecimal(value, type.scale));
  }
  if (type === 'timestamp' || type === 'timestamp_ntz') return `make_timestamp(${String(value)}::bigint)`;
  if (type === 'date') return `(date '1970-01-01' + ${String(value)}::integer)`;
  return quoteText(String(value));
}
