import { formatSchemaString, type TableMetaData } from '@headwater/core-delta';
import {
  decideSchemaChange,
  primaryPartitionColumns,
  primarySchema,
  type IncidentFacts,
} from '@headwater/core-staging';
import type { CompiledContract } from '@headwater/core-contract';
import type { LaneTable } from './lane-table.ts';

export type EvolvedSchema =
  | { readonly kind: 'fits'; readonly metaData: TableMetaData | undefined }
  | { readonly kind: 'incident'; readonly incident: IncidentFacts };

/** The metaData that must go with the first rows of a changed contract, when one must. */
export function evolveSchema({ snapshot, io }: LaneTable, contract: CompiledContract): EvolvedSchema {
  const change = decideSchemaChange(
    snapshot.schema,
    snapshot.metaData.partitionColumns,
    primarySchema(contract),
    primaryPartitionColumns(contract),
  );
  switch (change.kind) {
    case 'none':
      return { kind: 'fits', metaData: undefined };
    case 'add':
      return {
        kind: 'fits',
        metaData: { ...snapshot.metaData, schemaString: formatSchemaString(change.schema) },
      };
    case 'refused':
      return {
        kind: 'incident',
        incident: {
          kind: 'table-refused',
          cause: `Table ${io.store.url} does not fit contract ${contract.contractVersion}: ${change.cause}.`,
          fix: 'Give the product a new table, or publish a contract version whose changes only add columns.',
        },
      };
  }
}
