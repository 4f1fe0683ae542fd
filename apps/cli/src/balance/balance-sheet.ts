import type { BalanceCounts, BalanceExample } from '@headwater/adapter-parquet';

/** What became of every record of a topic. */
export interface BalanceSheet {
  readonly produced: number;
  readonly landed: number;
  readonly quarantined: number;
  readonly deduplicated: number;
  readonly late: number;
  readonly tombstones: number;
  /** Records that no output holds as they are, and acknowledged ones that the topic does not hold. */
  readonly lost: number;
  /** Rows beyond the first with the same coordinates. */
  readonly duplicated: number;
  /** Rows that no record explains: content changed, or coordinates nobody produced. */
  readonly unexplained: number;
  readonly seconds: number;
  readonly isBalanced: boolean;
  /** Up to ten coordinates of what is wrong. */
  readonly examples: readonly BalanceExample[];
}

export function toBalanceSheet(counts: BalanceCounts, seconds: number): BalanceSheet {
  // Staging has no deduplication and no lateness policy: both classes are empty by construction.
  const [deduplicated, late] = [0, 0];
  const { produced, landed, quarantined, tombstones, lost, duplicated, unexplained, examples } = counts;
  const accounted = landed + quarantined + deduplicated + late + tombstones;
  return {
    produced,
    landed,
    quarantined,
    deduplicated,
    late,
    tombstones,
    lost,
    duplicated,
    unexplained,
    seconds: Math.round(seconds * 10) / 10,
    isBalanced: lost === 0 && duplicated === 0 && unexplained === 0 && accounted === produced,
    examples,
  };
}

/** The sheet as one JSON object on one line, for programs. */
export function formatBalanceLine(sheet: BalanceSheet): string {
  const { produced, landed, quarantined, deduplicated, late, tombstones, lost, duplicated, seconds } = sheet;
  const line = { produced, landed, quarantined, deduplicated, late, tombstones, lost, duplicated, seconds };
  return JSON.stringify(line);
}
