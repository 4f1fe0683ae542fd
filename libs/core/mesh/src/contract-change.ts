import type { Column, CompiledContract } from '@headwater/core-contract';
import { canonicalJson } from '@headwater/kernel';
import type { Problem } from './problem.ts';

/** Why a contract cannot take the place of the one in force: the table and its readers keep their columns. */
export function judgeContractChange(
  after: CompiledContract,
  before: CompiledContract | undefined,
): readonly Problem[] {
  if (before === undefined || canonicalJson(before.columns) === canonicalJson(after.columns)) return [];
  const shapeOf = ({ name, source, type, time }: Column): string =>
    canonicalJson({ name, source, type, time });
  const next = new Map(after.columns.map((column) => [column.name, column]));
  const changed = before.columns.filter((column) => {
    const kept = next.get(column.name);
    return kept === undefined || shapeOf(kept) !== shapeOf(column);
  });
  const known = new Set(before.columns.map(({ name }) => name));
  const added = after.columns.filter(({ name }) => !known.has(name));
  return [
    ...changed.map(({ name }) => ({
      code: 'HW_CONTRACT_BREAKING',
      message: `The property ${name} is changed or gone; rows that were landed already have it as it was.`,
      fix: 'Keep the property as it is, or onboard a new product beside this one.',
      path: ['contract'],
    })),
    ...added.map(({ name }) => ({
      code: 'HW_CONTRACT_COLUMN_ADDED',
      message: `The property ${name} is new; adding columns to a table is not supported.`,
      fix: 'Onboard a new product beside this one.',
      path: ['contract'],
    })),
  ];
}
