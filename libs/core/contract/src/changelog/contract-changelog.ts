import type { Odcs } from '../odcs/odcs.ts';
import { documentChanges } from './document-change.ts';
import type { DocumentChange } from './document-change.ts';
import { judgeChange } from './judge-change.ts';
import type { ChangeJudgement } from './judgement.ts';
import { nextVersion, strongest } from './next-version.ts';
import type { Classification } from './next-version.ts';

export interface ContractChange extends ChangeJudgement {
  /** Where, with list entries by name: `schema[events].properties[amount].required`. */
  readonly path: string;
}

export interface ContractChangelog {
  /** That of the strongest change. */
  readonly classification: Classification;
  /** The semantic version that has to follow the older contract's. */
  readonly semver: string;
  readonly changes: readonly ContractChange[];
}

/** Says nothing about the data: the number follows from the changes, and the standard's version from the writer. */
const NOT_A_CHANGE = new Set(['version']);

/**
 * Every difference between two versions of a contract, each classified from both sides of the promise: it is *breaking*
 * when records producers send today would be refused, or rows come that readers were told would not. Order, spelling of
 * the same type and absent defaults are no differences.
 */
export function diffContracts(before: Odcs, after: Odcs): ContractChangelog {
  const differences = documentChanges({ ...before }, { ...after });
  const changes = differences.filter(({ path }) => !NOT_A_CHANGE.has(path)).map(toChange);
  const classification = strongest(changes.map((change) => change.classification));
  return { classification, semver: nextVersion(before.version, classification), changes };
}

const toChange = (change: DocumentChange): ContractChange => ({ path: change.path, ...judgeChange(change) });
