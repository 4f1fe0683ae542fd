import { chooseObject, compileContract } from '@headwater/core-contract';
import type {
  Column,
  CompiledContract,
  ContractProblem,
  DataContract,
  OdcsObject,
  OdcsProperty,
} from '@headwater/core-contract';
import { ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';

/** A property of the record, with the column it compiles to. */
export interface RecordField {
  readonly column: Column;
  readonly property: OdcsProperty;
  /** In the notation of the changelog: `schema[orders].properties[amount]`. */
  readonly path: string;
  /** Members of a struct. */
  readonly fields: readonly RecordField[];
  /** The entry of an array or the value of a map. */
  readonly element?: RecordField;
}

/** What a contract says about the records of its topic. */
export interface RecordTree {
  readonly contract: DataContract;
  readonly compiled: CompiledContract;
  readonly object: OdcsObject;
  /** `schema[orders]`. */
  readonly path: string;
  readonly fields: readonly RecordField[];
}

/** The record of a contract as a tree; the problems are those of compiling it. */
export function recordTree(contract: DataContract): Result<RecordTree, readonly ContractProblem[]> {
  const chosen = chooseObject(contract);
  if (!chosen.ok) return chosen;
  const compiled = compileContract(contract);
  if (!compiled.ok) return compiled;
  const { object } = chosen.value;
  const path = `schema[${object.name}]`;
  const fields = fieldsOf(compiled.value.columns, object.properties ?? [], path);
  return ok({ contract, compiled: compiled.value, object, path, fields });
}

/** A contract that compiles has one column for each property, in the same order. */
const fieldsOf = (
  columns: readonly Column[],
  properties: readonly OdcsProperty[],
  path: string,
): readonly RecordField[] =>
  columns.map((column, i) => fieldOf(column, properties[i] ?? {}, `${path}.properties[${column.source}]`));

function fieldOf(column: Column, property: OdcsProperty, path: string): RecordField {
  const { type } = column;
  if (type.kind === 'struct') {
    return { column, property, path, fields: fieldsOf(type.fields, property.properties ?? [], path) };
  }
  if (type.kind === 'array') {
    const element = fieldOf(type.element, property.items ?? {}, `${path}.items`);
    return { column, property, path, fields: [], element };
  }
  return type.kind === 'map'
    ? { column, property, path, fields: [], element: fieldOf(type.value, {}, path) }
    : { column, property, path, fields: [] };
}

/** Every field of the record, outer before inner. */
export const allFields = (fields: readonly RecordField[]): readonly RecordField[] =>
  fields.flatMap((field) => [
    field,
    ...allFields(field.fields),
    ...(field.element === undefined ? [] : allFields([field.element])),
  ]);
