import { documentFacts } from '@headwater/core-contract';
import type { ChangeScope, DataContract } from '@headwater/core-contract';

/** Something the contract says and the target cannot. */
export interface ConversionLoss {
  /** In the notation of the changelog: `schema[orders].properties[amount].logicalTypeOptions.maximum`. */
  readonly path: string;
  readonly message: string;
}

/** A contract in the words of another format. */
export interface Conversion {
  readonly text: string;
  /** Empty only when the text says everything the contract says. */
  readonly losses: readonly ConversionLoss[];
}

/** Keys a target can say, by the part of the contract they stand in; `*` is every key. */
export type ExpressedKeys = Readonly<Partial<Record<ChangeScope, readonly string[]>>>;

export interface LossQuestion {
  readonly contract: DataContract;
  readonly target: string;
  readonly keys: ExpressedKeys;
  /** The object the target describes; others are lost. Absent for targets that describe the whole contract. */
  readonly objectPath?: string;
  /** Paths, or beginnings of paths, that the target says although its keys do not, and the other way round. */
  readonly alsoSaid?: ReadonlySet<string>;
  readonly changed?: ReadonlyMap<string, string>;
}

/** Never lost: they say what kind of document this is, and are not about the data. */
const ABOUT_THE_DOCUMENT = new Set(['apiVersion', 'kind']);

/** Everything the contract says that the target does not, in the order of the contract. */
export function lossesOf(question: LossQuestion): readonly ConversionLoss[] {
  const { contract, target, keys, objectPath, alsoSaid, changed } = question;
  const isSaid = ({ scope, key, path }: { scope: ChangeScope; key: string; path: string }): boolean => {
    if (ABOUT_THE_DOCUMENT.has(path) || (alsoSaid?.has(path) ?? false)) return true;
    if (objectPath !== undefined && path.startsWith('schema[') && !isBelow(path, objectPath)) return false;
    const said = keys[scope] ?? [];
    return said.includes('*') || said.includes(key);
  };
  return documentFacts({ ...contract.odcs }).flatMap((fact) => {
    const message = changed?.get(fact.path);
    if (message !== undefined) return [{ path: fact.path, message }];
    return isSaid(fact)
      ? []
      : [{ path: fact.path, message: `${target} cannot say ${fact.key || fact.scope}` }];
  });
}

const isBelow = (path: string, parent: string): boolean =>
  path.startsWith(parent) && ['', '.', '['].includes(path.charAt(parent.length));
