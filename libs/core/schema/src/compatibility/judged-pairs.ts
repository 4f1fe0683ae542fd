import type { Violation } from './violation.ts';

const none: readonly Violation[] = [];

/**
 * Pairs of types and what was found of them. A pair that is met again while it is being judged counts as compatible, so that
 * cycles end; a pair that was judged is not judged again, so that shared types do not multiply the work.
 */
export class JudgedPairs<T> {
  private readonly found = new Map<T, Map<T, readonly Violation[] | 'underway'>>();
  /** Pairs found compatible, in the order they were found. */
  private readonly compatible: (readonly [reader: T, writer: T])[] = [];
  /** Pairs that were taken for compatible while they were underway. */
  private readonly assumed = new Map<T, Set<T>>();

  judge(reader: T, writer: T, compare: () => readonly Violation[]): readonly Violation[] {
    const ofReader = this.found.get(reader) ?? new Map<T, readonly Violation[] | 'underway'>();
    const known = ofReader.get(writer);
    if (known === 'underway') {
      this.assumed.set(reader, (this.assumed.get(reader) ?? new Set()).add(writer));
      return none;
    }
    if (known !== undefined) return known;
    this.found.set(reader, ofReader);
    ofReader.set(writer, 'underway');
    const before = this.compatible.length;
    const violations = compare();
    ofReader.set(writer, violations);
    if (violations.length === 0) this.compatible.push([reader, writer]);
    else if (this.assumed.get(reader)?.delete(writer) === true) this.forgetSince(before);
    return violations;
  }

  /** What was found compatible may have rested on a pair that is not. Violations stand: they were found under the kinder guess. */
  private forgetSince(count: number): void {
    for (const [reader, writer] of this.compatible.splice(count)) this.found.get(reader)?.delete(writer);
  }
}
