import { err, ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';
import type { Column, CompiledContract, PartitionColumn } from '../compiled-contract.ts';
import { formatPath, inOrderOfPosition } from '../contract-problem.ts';
import type { ContractProblem, DocumentPath } from '../contract-problem.ts';
import { customValue } from '../odcs/custom-properties.ts';
import type { DataContract } from '../odcs/data-contract.ts';
import type { OdcsObject, OdcsProperty } from '../odcs/odcs.ts';
import { compileColumns } from './compile-column.ts';
import type { ColumnBuild } from './compile-column.ts';

const RECORD_BYTES_MAX_DEFAULT = 1_048_576;
const COLUMNS_MAX = 5_000;

/**
 * Compiles the object of the contract that describes the records of the topic: the one named by `headwater:object`, or
 * the only one. Every part the product would have to enforce and cannot is a problem, with its place and fix.
 */
export function compileContract(
  contract: DataContract,
): Result<CompiledContract, readonly ContractProblem[]> {
  const { odcs, source } = contract;
  const chosen = chooseObject(contract);
  if (!chosen.ok) return chosen;
  const { object, path } = chosen.value;
  const build: ColumnBuild = { source, problems: [], columnsLeft: COLUMNS_MAX };
  const properties = object.properties ?? [];
  const columns = compileColumns(properties, [...path, 'properties'], build, 1);
  const compiled: CompiledContract = {
    contractId: odcs.id,
    contractVersion: odcs.version,
    columns,
    unknownMembers: customValue(object, 'headwater:unknownMembers') === 'refuse' ? 'refuse' : 'ignore',
    ...roleColumns(contract, properties, columns, [...path, 'properties'], build),
    recordBytesMax: Number(customValue(object, 'headwater:recordBytesMax') ?? RECORD_BYTES_MAX_DEFAULT),
  };
  return build.problems.length > 0 ? err(inOrderOfPosition(build.problems)) : ok(compiled);
}

/** The object of `schema` that describes the records of the topic. */
export function chooseObject(
  contract: DataContract,
): Result<{ readonly object: OdcsObject; readonly path: DocumentPath }, readonly ContractProblem[]> {
  const { odcs, source } = contract;
  const objects = odcs.schema ?? [];
  const named = customValue(odcs, 'headwater:object');
  const index =
    named === undefined && objects.length === 1 ? 0 : objects.findIndex((object) => object.name === named);
  const object = objects[index];
  const problem = (
    message: string,
    fix: string,
    path: DocumentPath,
  ): Result<never, readonly ContractProblem[]> =>
    err([
      { rule: 'object', severity: 'error', message, fix, path: formatPath(path), ...source.positionOf(path) },
    ]);
  if (object === undefined) {
    const names = objects.map((each) => each.name).join(', ');
    return objects.length === 0
      ? problem('the contract describes no object', 'Add one entry to schema, with its properties.', [
          'schema',
        ])
      : problem(
          `the contract describes ${objects.length} objects and does not say which one the topic carries`,
          `Add a custom property headwater:object with one of ${names}.`,
          ['schema'],
        );
  }
  if ((object.properties ?? []).length === 0) {
    return problem(`${object.name} has no properties`, 'Add its properties.', ['schema', index]);
  }
  return ok({ object, path: ['schema', index] });
}

type RoleColumns = Pick<
  CompiledContract,
  'eventTimeColumn' | 'erasureKeyColumn' | 'keyColumns' | 'partitionColumns'
>;

/** Columns that have a role beyond their value; only top-level properties can have one. */
function roleColumns(
  contract: DataContract,
  properties: readonly OdcsProperty[],
  columns: readonly Column[],
  path: DocumentPath,
  build: ColumnBuild,
): RoleColumns {
  const pairs = properties.flatMap((property, i) => {
    const column = columns.find((each) => each.source === property.name);
    return column === undefined ? [] : [{ property, column, path: [...path, i] as DocumentPath }];
  });
  const note = (at: DocumentPath, rule: string, message: string, fix: string): void => {
    build.problems.push({
      rule,
      severity: 'error',
      message,
      fix,
      path: formatPath(at),
      ...contract.source.positionOf(at),
    });
  };
  const marked = (name: 'headwater:eventTime' | 'headwater:erasureKey') => {
    const found = pairs.filter(({ property }) => customValue(property, name) === true);
    for (const extra of found.slice(1)) {
      note(extra.path, 'custom-property', `${name} is on more than one property`, 'Keep it on one of them.');
    }
    return found[0];
  };
  const eventTime = marked('headwater:eventTime');
  const isTime =
    eventTime === undefined || ['timestamp', 'timestampNtz', 'date'].includes(eventTime.column.type.kind);
  if (!isTime) {
    note(
      eventTime.path,
      'event-time',
      'the event time is not a time',
      'Make it a timestamp or date, or state headwater:timeEncoding.',
    );
  }
  const erasureKey = marked('headwater:erasureKey');
  const keys = pairs.filter(({ property }) => property.primaryKey === true);
  const partitions = pairs.filter(({ property }) => property.partitioned === true);
  return {
    ...(eventTime === undefined ? {} : { eventTimeColumn: eventTime.column.name }),
    ...(erasureKey === undefined ? {} : { erasureKeyColumn: erasureKey.column.name }),
    keyColumns: byPosition(keys, 'primaryKeyPosition').map(({ column }) => column.name),
    partitionColumns: byPosition(partitions, 'partitionKeyPosition').flatMap(({ column, path: at }) => {
      const partition = partitionColumn(column);
      if (partition === undefined) {
        note(
          at,
          'partition',
          `a ${column.type.kind} column cannot partition a table`,
          'Partition by a string, integer, boolean, date or timestamp.',
        );
      }
      return partition === undefined ? [] : [partition];
    }),
  };
}

function byPosition<T extends { readonly property: OdcsProperty }>(
  pairs: readonly T[],
  key: 'primaryKeyPosition' | 'partitionKeyPosition',
): readonly T[] {
  const position = (pair: T): number => {
    const stated = pair.property[key];
    return stated === undefined || stated < 0 ? Infinity : stated;
  };
  return [...pairs].sort((a, b) => (position(a) === position(b) ? 0 : position(a) - position(b)));
}

function partitionColumn(column: Column): PartitionColumn | undefined {
  switch (column.type.kind) {
    case 'timestamp':
    case 'timestampNtz':
      return { name: `${column.name}_date`, from: 'date', column: column.name };
    case 'string':
    case 'boolean':
    case 'integer':
    case 'date':
      return { name: column.name, from: 'column', column: column.name };
    default:
      return undefined;
  }
}
