const firstDelayMs = 500;
const delayMsMax = 30_000;

/** How long a process must have lived for its end to count as the first one. */
const healthyMs = 60_000;

/** Wait before the next start, doubling with each end in a row; `endsInARow` counts this end. */
export const restartDelayMs = (endsInARow: number): number =>
  Math.min(delayMsMax, firstDelayMs * 2 ** Math.min(endsInARow - 1, 10));

/** Ends in a row after another end: a process that lived long enough starts over. */
export const countEnds = (before: number, livedMs: number): number => (livedMs >= healthyMs ? 1 : before + 1);
