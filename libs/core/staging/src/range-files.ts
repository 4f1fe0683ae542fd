import type { OffsetRange } from './offset-range.ts';

interface Bounds {
  readonly numRecords?: number;
  readonly minValues?: Readonly<Record<string, unknown>>;
  readonly maxValues?: Readonly<Record<string, unknown>>;
  readonly nullCount?: Readonly<Record<string, unknown>>;
}

/**
 * What the statistics of a file prove about its rows: none is in a range, all are, or neither. Offsets past 2^53 lose
 * digits here and prove nothing.
 */
export function judgeFile(
  stats: string | undefined,
  columns: { readonly partition: string; readonly offset: string },
  ranges: readonly OffsetRange[],
): 'outside' | 'inside' | 'mixed' {
  const bounds = JSON.parse(stats ?? '{}') as Bounds;
  const partition = span(bounds, columns.partition);
  const offset = span(bounds, columns.offset);
  if (partition === undefined || offset === undefined) return 'mixed';
  const touching = ranges.filter(
    (range) =>
      range.partition >= partition.min &&
      range.partition <= partition.max &&
      BigInt(offset.max) >= range.from &&
      BigInt(offset.min) < range.to,
  );
  if (touching.length === 0) return 'outside';
  const isWhole =
    partition.min === partition.max &&
    touching.some(({ from, to }) => BigInt(offset.min) >= from && BigInt(offset.max) < to);
  const hasNulls = [columns.partition, columns.offset].some((name) => bounds.nullCount?.[name] !== 0);
  return isWhole && !hasNulls ? 'inside' : 'mixed';
}

function span(
  { minValues, maxValues }: Bounds,
  name: string,
): { readonly min: number; readonly max: number } | undefined {
  const [min, max] = [minValues?.[name], maxValues?.[name]];
  return Number.isSafeInteger(min) && Number.isSafeInteger(max)
    ? { min: min as number, max: max as number }
    : undefined;
}
