import { describeColumnType, type ContractVersion } from '@headwater/core-mesh';
import type { Column } from '@headwater/core-contract';
import type { ContractProperty, DataContract } from '../generated/schema-types.ts';
import { toGlobalId } from '../schema/global-id.ts';

export interface DataContractModel extends Omit<DataContract, 'jsonSchema'> {
  readonly contract: ContractVersion;
}

export const toDataContract = (contract: ContractVersion, isInForce: boolean): DataContractModel => ({
  __typename: 'DataContract',
  id: toGlobalId('DataContract', contract.id),
  contractId: contract.compiled.contractId,
  contractVersion: contract.contractVersion,
  createdAt: contract.createdAtMs,
  isInForce,
  yaml: contract.text,
  properties: contract.compiled.columns.map(toProperty),
  contract,
});

export const toProperty = (column: Column): ContractProperty => ({
  name: column.source,
  column: column.name,
  type: describeColumnType(column.type),
  required: column.required,
  classification: column.classification,
  personal: column.personal,
});
