import type { Column, ColumnType } from '@headwater/core-contract';
import { stringify } from 'yaml';
import type { Shape } from '../engine-shapes.ts';

/** The contract of a shape as its owner would write it, for the product `bench/<name>`. */
export function toContractText(name: string, { contract }: Shape): string {
  return stringify({
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id: `bench-${name}`,
    name,
    version: '1.0.0',
    status: 'active',
    domain: 'bench',
    dataProduct: name,
    team: { name: 'bench' },
    schema: [{ name, logicalType: 'object', properties: contract.columns.map(toProperty) }],
  });
}

const toProperty = ({ name, type, required }: Column): object => ({
  name,
  ...toLogicalType(type),
  ...(required ? { required } : {}),
  description: `Column ${name} of the benchmark`,
});

function toLogicalType(type: ColumnType): object {
  switch (type.kind) {
    case 'string':
    case 'timestamp':
    case 'boolean':
      return { logicalType: type.kind };
    case 'double':
      return { logicalType: 'number', physicalType: 'double' };
    case 'integer':
      return { logicalType: 'integer', physicalType: type.bits === 64 ? 'long' : 'int' };
    case 'decimal':
      return { logicalType: 'number', physicalType: `decimal(${type.precision}, ${type.scale})` };
    case 'struct':
      return { logicalType: 'object', properties: type.fields.map(toProperty) };
    case 'array':
      return { logicalType: 'array', items: toProperty(type.element) };
    case 'json':
      return { logicalType: 'object', physicalType: 'json' };
    default:
      throw new Error(`no shape of the bench has a column of type ${type.kind}`);
  }
}

/** The same columns for `from_json` of Spark; times are texts there, which the job casts. */
export const toSparkSchema = ({ contract }: Shape): string =>
  contract.columns.map(({ name, type }) => `${name} ${toSparkType(type)}`).join(', ');

function toSparkType(type: ColumnType): string {
  switch (type.kind) {
    case 'double':
    case 'boolean':
      return type.kind;
    case 'integer':
      return type.bits === 64 ? 'bigint' : 'int';
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`;
    case 'struct':
      return `struct<${type.fields.map((field) => `${field.name}: ${toSparkType(field.type)}`).join(', ')}>`;
    case 'array':
      return `array<${toSparkType(type.element.type)}>`;
    default:
      return 'string';
  }
}
