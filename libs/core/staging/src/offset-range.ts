/** [from, to) of one partition. */
export interface OffsetRange<Offset = bigint> {
  readonly partition: number;
  readonly from: Offset;
  readonly to: Offset;
}

/** What a topic holds of one partition: its first offset, and the one behind its last. */
export interface HeldOffsets {
  readonly earliest: bigint;
  readonly end: bigint;
}

export const sizeOf = ({ from, to }: OffsetRange): bigint => to - from;

export const toTextRange = ({ partition, from, to }: OffsetRange): OffsetRange<string> => ({
  partition,
  from: from.toString(),
  to: to.toString(),
});

export const parseRange = ({ partition, from, to }: OffsetRange<string>): OffsetRange => ({
  partition,
  from: BigInt(from),
  to: BigInt(to),
});

export const formatRange = ({ partition, from, to }: OffsetRange): string => `${partition} [${from}, ${to})`;

/** Ascending by partition when each is one range inside what the topic holds; a sentence says what is wrong otherwise. */
export function judgeRanges(
  ranges: readonly OffsetRange[],
  held: ReadonlyMap<number, HeldOffsets>,
):
  | { readonly kind: 'sound'; readonly ranges: readonly OffsetRange[] }
  | { readonly kind: 'refused'; readonly cause: string } {
  const refused = (cause: string) => ({ kind: 'refused' as const, cause });
  if (ranges.length === 0) return refused('no offset lies in the range');
  const seen = new Set<number>();
  for (const range of ranges) {
    const there = held.get(range.partition);
    if (there === undefined) return refused(`the topic has no partition ${range.partition}`);
    if (seen.has(range.partition)) return refused(`partition ${range.partition} is named twice`);
    if (range.to <= range.from) return refused(`the range ${formatRange(range)} is empty or reversed`);
    if (range.from < there.earliest || range.to > there.end)
      return refused(
        `partition ${formatRange(range)} is not wholly on the topic, which holds [${there.earliest}, ${there.end})`,
      );
    seen.add(range.partition);
  }
  return { kind: 'sound', ranges: ranges.toSorted((a, b) => a.partition - b.partition) };
}
