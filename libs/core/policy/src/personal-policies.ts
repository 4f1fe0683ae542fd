import type { Column } from '@headwater/core-contract';
import type { Breach } from './breach.ts';
import type { ProposedProduct } from './proposed-product.ts';

/** Personal data can be erased on request only when each record names its person in one column. */
export function brokenErasureKey({ contract }: ProposedProduct): Breach | undefined {
  const personal = contract.columns.flatMap((column) => personalPaths(column, column.source));
  if (personal.length === 0 || contract.erasureKeyColumn !== undefined) return undefined;
  const shown =
    personal.slice(0, 3).join(', ') + (personal.length > 3 ? `, and ${personal.length - 3} more` : '');
  return {
    message: `Personal properties (${shown}) cannot be erased: no property names the person.`,
    path: 'contract.erasureKeyColumn',
    fix: 'Add the custom property headwater:erasureKey: true to the property that names the person, for example user_id.',
  };
}

function personalPaths(column: Column, path: string): readonly string[] {
  const { type } = column;
  const inner =
    type.kind === 'struct'
      ? type.fields.flatMap((field) => personalPaths(field, `${path}.${field.source}`))
      : type.kind === 'array'
        ? personalPaths(type.element, `${path}[]`)
        : type.kind === 'map'
          ? personalPaths(type.value, `${path}.*`)
          : [];
  return column.personal ? [path, ...inner] : inner;
}

/** Values of a partition column are written into file paths and the Delta log, where no erasure reaches them. */
export function brokenPersonalPartition({ contract }: ProposedProduct): Breach | undefined {
  const found = contract.partitionColumns.find(
    ({ column }) => contract.columns.find(({ name }) => name === column)?.personal === true,
  );
  return found === undefined
    ? undefined
    : {
        message: `The table would be partitioned by ${found.column}, which is personal.`,
        path: `contract.partitionColumns.${found.name}`,
        fix: 'Partition by another property, for example the date of the event time.',
      };
}
