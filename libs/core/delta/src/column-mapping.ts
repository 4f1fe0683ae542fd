import type { TableMetaData } from './actions.ts';
import { toNumber } from './log-json.ts';
import type { DeltaField } from './schema.ts';
import type { Snapshot } from './snapshot.ts';

/** How columns of the schema are found in data files. PROTOCOL.md, Column Mapping. */
export type ColumnMappingMode = 'none' | 'id' | 'name';

/** The property counts only where the protocol supports column mapping. */
export function columnMappingMode({
  protocol,
  metaData,
}: Pick<Snapshot, 'protocol' | 'metaData'>): ColumnMappingMode {
  const isSupported =
    protocol.minReaderVersion === 2 ||
    (protocol.minReaderVersion === 3 && (protocol.readerFeatures ?? []).includes('columnMapping'));
  const mode = isSupported ? propertyOf(metaData) : 'none';
  return mode === 'id' || mode === 'name' ? mode : 'none';
}

/** The name of the field in data files, partition values and statistics. */
export function physicalName(field: DeltaField, mode: ColumnMappingMode): string {
  const name = field.metadata['delta.columnMapping.physicalName'];
  return mode !== 'none' && typeof name === 'string' ? name : field.name;
}

/** The `field_id` of the field in Parquet files, when the schema gives it one. */
export const columnMappingId = (field: DeltaField): number | undefined =>
  toNumber(field.metadata['delta.columnMapping.id']);

const propertyOf = (metaData: TableMetaData) => metaData.configuration['delta.columnMapping.mode'];
