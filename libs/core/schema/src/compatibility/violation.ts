/** One reason why a reader of one schema cannot read what the other schema writes. */
export interface Violation {
  /** Place in the schema of the reader: JSON pointer, or dotted name and field number in Protobuf. */
  readonly path: string;
  /** Stable rule id in kebab case; docs/specs/compatibility.md lists them. */
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
}

/** More than can be compared in bounded time and memory; it never leaves this package. */
export class ComparisonTooLarge extends Error {
  readonly bound: 'comparisons' | 'levels';

  constructor(bound: 'comparisons' | 'levels') {
    super(bound);
    this.bound = bound;
  }
}

/** Counts the work of one verdict and ends it with `ComparisonTooLarge` when it is out of bounds. */
export interface ComparisonBudget {
  /** Runs one comparison of two types, one level deeper than the one it is called in. */
  within<T>(compare: () => T): T;
}

export function createBudget(bounds: {
  readonly comparisonsMax: number;
  readonly levelsMax: number;
}): ComparisonBudget {
  let comparisons = 0;
  let level = 0;
  return {
    within(compare) {
      comparisons += 1;
      level += 1;
      if (comparisons > bounds.comparisonsMax) throw new ComparisonTooLarge('comparisons');
      if (level > bounds.levelsMax) throw new ComparisonTooLarge('levels');
      const result = compare();
      level -= 1;
      return result;
    },
  };
}
