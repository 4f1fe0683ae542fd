import { toDeltaType } from '@headwater/core-staging';
import { lossesOf } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import { allFields } from './record-tree.ts';
import type { RecordField, RecordTree } from './record-tree.ts';

/** The columns of the record as a Delta schema string (protocol, Schema Serialization Format), descriptions as comments. */
export function toDelta(tree: RecordTree): Conversion {
  const schema = { type: 'struct', fields: tree.fields.map(deltaField) };
  const losses = lossesOf({
    contract: tree.contract,
    target: 'Delta',
    objectPath: tree.path,
    keys: {
      property: ['physicalName', 'logicalType', 'physicalType', 'required', 'description', ...PARTITIONS],
      options: [],
    },
    alsoSaid: new Set(tree.fields.flatMap(saidOf)),
    changed: new Map(allFields(tree.fields).flatMap(changedOf)),
  });
  return { text: `${JSON.stringify(schema, null, 2)}\n`, losses };
}

const PARTITIONS = ['partitioned', 'partitionKeyPosition'];

interface DeltaJson {
  readonly name: string;
  readonly type: unknown;
  readonly nullable: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

const deltaField = (field: RecordField): DeltaJson => ({
  name: field.column.name,
  type: deltaType(field),
  nullable: !field.column.required,
  metadata: field.property.description === undefined ? {} : { comment: field.property.description },
});

function deltaType(field: RecordField): unknown {
  const { type } = field.column;
  const element = field.element;
  switch (type.kind) {
    case 'struct':
      return { type: 'struct', fields: field.fields.map(deltaField) };
    case 'array':
      return { type: 'array', elementType: deltaType(element!), containsNull: !element!.column.required };
    case 'map':
      return {
        type: 'map',
        keyType: 'string',
        valueType: deltaType(element!),
        valueContainsNull: !element!.column.required,
      };
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    default:
      return toDeltaType(type);
  }
}

const changedOf = ({ column, property, path }: RecordField): readonly (readonly [string, string])[] =>
  column.type.kind === 'json'
    ? [
        [
          `${path}.${property.physicalType === undefined ? 'logicalType' : 'physicalType'}`,
          'Delta holds it as the text of its JSON',
        ],
      ]
    : [];

/** The name of a property is the name of its column unless it has a physical one. */
const saidOf = (field: RecordField): readonly string[] => [
  ...(field.column.name === field.column.source ? [`${field.path}.name`] : []),
  ...(field.column.type.kind === 'integer' ? [`${field.path}.logicalTypeOptions.format`] : []),
  ...field.fields.flatMap(saidOf),
  ...(field.element === undefined ? [] : saidOf(field.element)),
];
