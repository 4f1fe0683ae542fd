import type { Column, ColumnType } from '@headwater/core-contract';
import type { ContractVersion, Problem } from '@headwater/core-mesh';

/** Declared fields that the contract in force does not have, named with what it has. */
export function findUnknownFields(
  { compiled, contractVersion }: Pick<ContractVersion, 'compiled' | 'contractVersion'>,
  fields: readonly string[],
): readonly Problem[] {
  const known = new Set(pathsOf(compiled.columns, ''));
  return fields
    .filter((field) => !known.has(field))
    .map((field) => ({
      code: 'HW_READ_FIELD_UNKNOWN',
      message: `Version ${contractVersion} of the contract has no property ${field.slice(0, 200)}.`,
      fix: `It has ${[...known].slice(0, 30).join(', ')}.`,
      path: ['fields'],
    }));
}

const pathsOf = (columns: readonly Column[], parent: string): readonly string[] =>
  columns.flatMap(({ source, type }) => {
    const path = parent === '' ? source : `${parent}.${source}`;
    return [path, ...insideOf(type, path)];
  });

function insideOf(type: ColumnType, path: string): readonly string[] {
  if (type.kind === 'struct') return pathsOf(type.fields, path);
  if (type.kind !== 'array') return [];
  return [`${path}[]`, ...insideOf(type.element.type, `${path}[]`)];
}
