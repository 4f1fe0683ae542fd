import type { TableMetaData } from './actions.ts';

const DAY_MS = 86_400_000;
const UNIT_MS: Readonly<Record<string, number>> = {
  week: 7 * DAY_MS,
  day: DAY_MS,
  hour: 3_600_000,
  minute: 60_000,
  second: 1_000,
  millisecond: 1,
};

/** How long removed files stay for readers of older snapshots; `delta.deletedFileRetentionDuration`, one week. */
export const deletedFileRetentionMs = (metaData: TableMetaData): number =>
  parseInterval(metaData.configuration['delta.deletedFileRetentionDuration']) ?? 7 * DAY_MS;

/** How long log entries stay; `delta.logRetentionDuration`, 30 days. */
export const logRetentionMs = (metaData: TableMetaData): number =>
  parseInterval(metaData.configuration['delta.logRetentionDuration']) ?? 30 * DAY_MS;

/** Milliseconds of `interval 1 week 2 days` or the same without `interval`; undefined when it is none. */
export function parseInterval(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const words = text
    .trim()
    .toLowerCase()
    .replace(/^interval\s+/, '')
    .split(/\s+/);
  let sum = 0;
  for (let i = 0; i < words.length; i += 2) {
    const unit = UNIT_MS[(words[i + 1] ?? '').replace(/s$/, '')];
    const count = Number(words[i]);
    if (unit === undefined || !Number.isFinite(count)) return undefined;
    sum += count * unit;
  }
  return sum;
}
