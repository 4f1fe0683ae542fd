import type { ChangeAdvice as CoreAdvice, ImpactReason as CoreReason } from '@headwater/core-advisor';
import type { ContractChange as CoreChange } from '@headwater/core-contract';
import type { ChangeAdvice, ContractChange, ImpactReason, ReaderImpact } from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import type { ProductAdvice } from './contract-adviser.ts';

export interface ChangeAdviceModel extends Omit<ChangeAdvice, 'readers'> {
  readonly productId: string;
  readonly readers: readonly ReaderImpactModel[];
}

export interface ReaderImpactModel extends ReaderImpact {
  readonly applicationId: string;
}

export const toContractChange = ({ path, kind, classification, message }: CoreChange): ContractChange => ({
  path,
  kind,
  classification: toEnumName(classification),
  message,
});

export const toImpactReason = ({ field, rule, message }: CoreReason): ImpactReason => ({
  field,
  rule,
  message,
});

export function toChangeAdvice(given: ProductAdvice): ChangeAdviceModel {
  const { advice, product, previousVersion, areGroupsObserved } = given;
  const { changelog, version, bridge } = advice;
  return {
    productId: product.id,
    previousVersion,
    contractVersion: version.given,
    neededVersion: version.needed,
    isVersionEnough: version.isEnough,
    classification: toEnumName(changelog.classification),
    changes: changelog.changes.map(toContractChange),
    compatibility: advice.compatibility,
    readers: toImpacts(advice, given),
    writers: advice.writers.map(toImpactReason),
    rolloutOrder: toEnumName(advice.rolloutOrder),
    unknownReaders: areGroupsObserved ? advice.unknownGroups : null,
    bridge: bridge && {
      contract: bridge.text,
      contractVersion: bridge.contractVersion,
      steps: bridge.steps,
    },
  };
}

const toImpacts = (
  { impacts }: CoreAdvice,
  { reads }: Pick<ProductAdvice, 'reads'>,
): readonly ReaderImpactModel[] =>
  impacts.flatMap(({ reader, verdict, reasons }) => {
    const read = reads.get(reader);
    return read === undefined
      ? []
      : [
          {
            applicationId: read.applicationId,
            port: toEnumName(read.port),
            verdict: toEnumName(verdict),
            reasons: reasons.map(toImpactReason),
          },
        ];
  });
