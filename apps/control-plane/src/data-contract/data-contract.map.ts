import { describeColumnType, type ContractVersion } from '@headwater/core-mesh';
import { diffContracts, parseContract, type DataContract as Contract } from '@headwater/core-contract';
import type { Column } from '@headwater/core-contract';
import { toContractChange } from '../contract-change/contract-change.map.ts';
import type {
  ContractChangelog,
  ContractPromise,
  ContractProperty,
  DataContract,
} from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import { toGlobalId } from '../schema/global-id.ts';

export interface DataContractModel extends Omit<
  DataContract,
  'jsonSchema' | 'promises' | 'changelog' | 'purpose' | 'usage' | 'limitations'
> {
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

/** The document behind a stored version; undefined when this version of the program cannot read it any more. */
export function documentOf({ text }: Pick<ContractVersion, 'text'>): Contract | undefined {
  const parsed = parseContract(text);
  return parsed.ok ? parsed.value : undefined;
}

export const toPromises = (document: Contract | undefined): readonly ContractPromise[] =>
  (document?.odcs.slaProperties ?? []).map(({ property, value, unit, element }) => ({
    property,
    value: String(value),
    unit,
    element,
  }));

/** What changed from the version that was published before it. */
export function toChangelog(
  before: Contract | undefined,
  after: Contract | undefined,
): ContractChangelog | undefined {
  if (before === undefined || after === undefined) return undefined;
  const { classification, semver, changes } = diffContracts(before.odcs, after.odcs);
  return {
    previousVersion: before.odcs.version,
    classification: toEnumName(classification),
    neededVersion: semver,
    changes: changes.map(toContractChange),
  };
}
