import { userError } from '@headwater/kernel';
import type { AddFile, DeletionVectorDescriptor } from './actions.ts';
import { columnMappingMode, physicalName, type ColumnMappingMode } from './column-mapping.ts';
import { locateFile, type FileLocation } from './file-path.ts';
import { parsePartitionValue, type PartitionValue } from './partition-value.ts';
import type { DeltaField, DeltaSchema } from './schema.ts';
import type { Snapshot } from './snapshot.ts';
import { assertWideningsReadable } from './type-widening.ts';

/** Everything needed to read the rows of a snapshot, file by file. */
export interface TableScan {
  readonly schema: DeltaSchema;
  readonly mode: ColumnMappingMode;
  /** Names of the columns whose value comes from `partitionValues`. */
  readonly partitionColumns: ReadonlySet<string>;
  readonly files: Iterable<FileScan>;
}

export interface FileScan {
  readonly location: FileLocation;
  /** By logical column name. */
  readonly partitionValues: ReadonlyMap<string, PartitionValue>;
  readonly deletionVector?: DeletionVectorDescriptor;
}

/** Plans the reading of a whole snapshot; files come in the order of their paths. */
export function planScan(snapshot: Snapshot): TableScan {
  assertWideningsReadable(snapshot.schema, snapshot.tableUrl);
  const mode = columnMappingMode(snapshot);
  const columns = snapshot.metaData.partitionColumns.map((name) => findColumn(snapshot, name));
  return {
    schema: snapshot.schema,
    mode,
    partitionColumns: new Set(columns.map(({ name }) => name)),
    files: planFiles(snapshot, columns, mode),
  };
}

function* planFiles(
  snapshot: Snapshot,
  columns: readonly DeltaField[],
  mode: ColumnMappingMode,
): Iterable<FileScan> {
  const adds = [...snapshot.files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const add of adds) {
    yield {
      location: locateFile(add.path),
      partitionValues: new Map(columns.map((column) => [column.name, valueOf(snapshot, add, column, mode)])),
      ...(add.deletionVector === undefined ? {} : { deletionVector: add.deletionVector }),
    };
  }
}

function valueOf(
  snapshot: Snapshot,
  add: AddFile,
  column: DeltaField,
  mode: ColumnMappingMode,
): PartitionValue {
  const parsed = parsePartitionValue(column.type, add.partitionValues[physicalName(column, mode)]);
  if (parsed.ok) return parsed.value;
  throw userError({
    code: 'HW_DELTA_PARTITION_VALUE_INVALID',
    message: `File ${add.path} of ${snapshot.tableUrl} has an unreadable value in partition column ${column.name}: ${parsed.error}.`,
  });
}

/** Older writers spelled partition columns in another case than the schema. */
function findColumn({ schema, tableUrl }: Snapshot, name: string): DeltaField {
  const found =
    schema.fields.find((each) => each.name === name) ??
    schema.fields.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  throw userError({
    code: 'HW_DELTA_PARTITION_COLUMN_UNKNOWN',
    message: `Partition column ${name} of ${tableUrl} is not in the table's schema.`,
  });
}
