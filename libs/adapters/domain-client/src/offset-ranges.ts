/** Offsets [from, to) of one partition. */
export interface OffsetRange {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** Collects ranges; those that meet become one, so a partition that only grows needs one entry. */
export interface OffsetRanges {
  add(range: OffsetRange): void;
  /** Ascending by partition and offset. */
  all(): readonly OffsetRange[];
}

export function createOffsetRanges(): OffsetRanges {
  const byPartition = new Map<number, OffsetRange[]>();
  return {
    add(range) {
      const ranges = byPartition.get(range.partition) ?? [];
      byPartition.set(range.partition, ranges);
      const last = ranges.at(-1);
      if (last?.to === range.from) ranges[ranges.length - 1] = { ...last, to: range.to };
      else ranges.push(range);
    },
    all: () =>
      [...byPartition.values()]
        .flat()
        .sort((a, b) => a.partition - b.partition || (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)),
  };
}
