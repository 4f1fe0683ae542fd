import type { CompiledContract } from '@headwater/core-contract';
import { decideSchemaChange, primaryPartitionColumns, primarySchema } from '@headwater/core-staging';
import type { Problem } from './problem.ts';

/**
 * Why the table of the contract in force cannot take rows of another one. New columns are added, and columns the new one
 * does not name are NULL from then on.
 */
export function judgeContractChange(
  after: CompiledContract,
  before: CompiledContract | undefined,
): readonly Problem[] {
  if (before === undefined) return [];
  const change = decideSchemaChange(
    primarySchema(before),
    primaryPartitionColumns(before),
    primarySchema(after),
    primaryPartitionColumns(after),
  );
  if (change.kind !== 'refused') return [];
  return [
    {
      code: 'HW_CONTRACT_TABLE_CANNOT_FOLLOW',
      message: `The table cannot take rows of the new contract: ${change.cause}.`,
      fix: 'Keep the property as it is and add another one beside it, or onboard a new product.',
      path: ['contract'],
    },
  ];
}
