import type { Column, ColumnType, CompiledContract } from '@headwater/core-contract';

/** An optional column without rules; times are ISO 8601 texts. */
export const column = (name: string, type: ColumnType, over: Partial<Column> = {}): Column => ({
  name,
  source: name,
  type,
  required: false,
  rules: [],
  personal: false,
  ...(type.kind === 'timestamp' || type.kind === 'timestampNtz' ? { time: 'iso8601' as const } : {}),
  ...over,
});

/** A contract without keys and partition columns that ignores unknown members. */
export const contractOf = (
  columns: readonly Column[],
  over: Partial<CompiledContract> = {},
): CompiledContract => ({
  contractId: 'test',
  contractVersion: '1.0.0',
  columns,
  unknownMembers: 'ignore',
  keyColumns: [],
  partitionColumns: [],
  recordBytesMax: 1_000_000,
  ...over,
});
