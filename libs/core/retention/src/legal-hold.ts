/** Beats every retention plan in its scope until it is released. Times are milliseconds since the epoch. */
export interface LegalHold {
  readonly id: string;
  /** What it is about, for people. */
  readonly matter: string;
  /** Held records have a timestamp in [fromMs, untilMs); an absent bound is none. */
  readonly fromMs?: number;
  readonly untilMs?: number;
}

/** Whether a hold covers a moment of [oldestMs, newestMs]. Unknown bounds are covered. */
export function coversRange(
  { fromMs = -Infinity, untilMs = Infinity }: LegalHold,
  oldestMs = -Infinity,
  newestMs = Infinity,
): boolean {
  return newestMs >= fromMs && oldestMs < untilMs;
}

/**
 * The earliest timestamp that some hold covers; undefined when there is no hold. A topic is deleted from its start, so
 * nothing at or after this moment may go, also what lies behind a hold.
 */
export const heldFromMs = (holds: readonly LegalHold[]): number | undefined =>
  holds.length === 0 ? undefined : Math.min(...holds.map(({ fromMs = -Infinity }) => fromMs));
