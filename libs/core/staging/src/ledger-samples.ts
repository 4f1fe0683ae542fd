import type { LedgerEntry } from './ledger.ts';

type Sample = LedgerEntry['samples'][number];

/** Most samples one entry keeps: the first, the last, and an even spread between. */
export const SAMPLES_MAX = 16;

/**
 * Thins ascending samples to at most `max`, always keeping the first and the last [S10], so that the time of any offset
 * of the range can be interpolated later.
 */
export function thinSamples(samples: readonly Sample[], max = SAMPLES_MAX): readonly Sample[] {
  if (samples.length <= max) return samples;
  const step = (samples.length - 1) / (max - 1);
  return Array.from({ length: max }, (_, index) => samples[Math.round(index * step)]!);
}
