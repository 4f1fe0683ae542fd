import type { AddFile } from './actions.ts';
import { parseDate, parseDateTime } from './calendar.ts';
import { isLogObject, parseLogJson, toBigInt, type LogObject, type LogValue } from './log-json.ts';
import { parsePartitionValue } from './partition-value.ts';
import type { DeltaType } from './schema.ts';

const US_PER_DAY = 86_400_000_000n;

/** What the log knows about the times of one column in one file, in microseconds; never tighter than the rows. */
export interface TimeBounds {
  readonly min: bigint;
  readonly max: bigint;
}

/** Records in the data file by its statistics, deleted ones included; undefined when they do not say. */
export function recordCount(add: AddFile): bigint | undefined {
  return toBigInt(parseStats(add)?.['numRecords']);
}

/** Bounds of a top-level time column; undefined when a row may lie outside of what is known, or holds NULL. */
export function timeBounds(
  add: AddFile,
  column: { readonly name: string; readonly type: DeltaType },
): TimeBounds | undefined {
  if (column.name in add.partitionValues) {
    const value = parsePartitionValue(column.type, add.partitionValues[column.name]);
    const micros = value.ok ? toMicros(column.type, value.value) : undefined;
    return micros === undefined ? undefined : { min: micros, max: endOf(column.type, micros) };
  }
  const stats = parseStats(add);
  const nulls = toBigInt(memberOf(stats, 'nullCount', column.name));
  if (stats === undefined || nulls !== 0n) return undefined;
  const min = boundToMicros(memberOf(stats, 'minValues', column.name), column.type);
  const max = boundToMicros(memberOf(stats, 'maxValues', column.name), column.type);
  if (min === undefined || max === undefined) return undefined;
  return { min, max: column.type === 'date' ? endOf('date', max) : max + 999n };
}

/** Other writers cut timestamps down to milliseconds, so a maximum stands for its whole millisecond, a date for its day. */
const endOf = (type: DeltaType, micros: bigint) => (type === 'date' ? micros + US_PER_DAY - 1n : micros);

function boundToMicros(value: LogValue | undefined, type: DeltaType): bigint | undefined {
  if (typeof value !== 'string') return undefined;
  if (type !== 'date') return parseDateTime(value);
  const days = parseDate(value);
  return days === undefined ? undefined : BigInt(days) * US_PER_DAY;
}

function toMicros(type: DeltaType, value: unknown): bigint | undefined {
  if (type === 'date' && typeof value === 'number') return BigInt(value) * US_PER_DAY;
  return typeof value === 'bigint' ? value : undefined;
}

function memberOf(stats: LogObject | undefined, group: string, name: string): LogValue | undefined {
  const members = stats?.[group];
  return isLogObject(members) ? members[name] : undefined;
}

function parseStats(add: AddFile): LogObject | undefined {
  if (add.stats === undefined) return undefined;
  try {
    const value = parseLogJson(add.stats);
    return isLogObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
