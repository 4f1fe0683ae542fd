import {
  formatSchemaString,
  withStatsColumns,
  type DeltaSchema,
  type Snapshot,
  type TableMetaData,
} from '@headwater/core-delta';
import {
  decideSchemaChange,
  personalColumns,
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
    case 'add': {
      const schema = change.kind === 'add' ? change.schema : snapshot.schema;
      return { kind: 'fits', metaData: changedMetaData(snapshot, schema, contract) };
    }
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

/** The table's metaData with the schema, and with the columns named that have statistics; undefined when it has both. */
function changedMetaData(
  { metaData, schema: current }: Snapshot,
  schema: DeltaSchema,
  contract: CompiledContract,
): TableMetaData | undefined {
  const { partitionColumns } = metaData;
  const rules = { partitionColumns, personalColumns: personalColumns(contract) };
  const configuration = withStatsColumns(metaData.configuration, schema, rules);
  const isSame = Object.entries(configuration).every(([key, value]) => metaData.configuration[key] === value);
  if (schema === current && isSame) return undefined;
  return { ...metaData, schemaString: formatSchemaString(schema), configuration };
}
