import type { OdcsProperty } from '@headwater/core-contract';
import type { ContractField } from './contract-fields.ts';

/** Properties that went, each with the one that came in its place when there is one that is like it. */
export function findRenames(
  removed: readonly ContractField[],
  added: readonly ContractField[],
): ReadonlyMap<string, ContractField> {
  const free = new Set(added);
  const renames = new Map<string, ContractField>();
  for (const field of removed) {
    const rivals = removed.filter((other) => isCandidate(other, field)).length;
    const best = [...free]
      .filter((other) => isCandidate(other, field))
      .map((other) => ({ other, likeness: likenessOf(nameOf(other), nameOf(field)) }))
      .sort((a, b) => b.likeness - a.likeness)[0];
    if (best === undefined) continue;
    const isOnlyPair = rivals === 1 && added.filter((other) => isCandidate(other, field)).length === 1;
    if (!isOnlyPair && best.likeness < 0.5) continue;
    renames.set(field.path, best.other);
    free.delete(best.other);
  }
  return renames;
}

const nameOf = ({ property }: ContractField): string => (property.name ?? '').toLowerCase();

const isCandidate = (a: ContractField, b: ContractField): boolean =>
  a.parent === b.parent && typeOf(a.property) === typeOf(b.property);

const typeOf = ({ logicalType, physicalType, logicalTypeOptions }: OdcsProperty): string =>
  [logicalType, physicalType, logicalTypeOptions?.['format']].join(' ');

/** 0 to 1: the share of letter pairs both names have (Dice's coefficient). */
function likenessOf(a: string, b: string): number {
  const [pairsA, pairsB] = [pairsOf(a), pairsOf(b)];
  const common = [...pairsA].filter((pair) => pairsB.has(pair)).length;
  return pairsA.size + pairsB.size === 0 ? Number(a === b) : (2 * common) / (pairsA.size + pairsB.size);
}

const pairsOf = (name: string): ReadonlySet<string> =>
  new Set(Array.from({ length: Math.max(0, name.length - 1) }, (_, at) => name.slice(at, at + 2)));
