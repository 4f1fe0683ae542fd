import type { IntentRange } from './intent.ts';

export interface Coordinate {
  readonly partition: number;
  readonly offset: bigint;
}

/** Whether a side output already holds the batch [S4], by its `txn` versions alone. */
export type HeldBatch =
  | { readonly kind: 'not-held' }
  | { readonly kind: 'held' }
  | { readonly kind: 'disagrees'; readonly partition: number; readonly cause: string };

/**
 * A side output commits a batch for all of its partitions at once, so its positions are either all at the end of the
 * batch, or all at or before its start.
 */
export function judgeHeld(
  output: string,
  ranges: readonly IntentRange[],
  outputOffsets: ReadonlyMap<number, bigint>,
): HeldBatch {
  let held = 0;
  for (const { partition, from, to } of ranges) {
    const at = outputOffsets.get(partition);
    if (at === undefined || at <= from) continue;
    if (at !== to) {
      const cause = `the ${output} table stands at ${at}, the batch is [${from}, ${to})`;
      return { kind: 'disagrees', partition, cause };
    }
    held++;
  }
  if (held === 0) return { kind: 'not-held' };
  if (held === ranges.length) return { kind: 'held' };
  const missing = ranges.find(({ partition, to }) => outputOffsets.get(partition) !== to);
  const partition = missing?.partition ?? -1;
  return {
    kind: 'disagrees',
    partition,
    cause: `the ${output} table holds the batch only for other partitions`,
  };
}

/** The offsets a side output holds are binding: the primary lands exactly the complement, or the lane stops [S4]. */
export type BindingVerdict =
  | { readonly kind: 'agrees' }
  | {
      readonly kind: 'disagrees';
      readonly partition: number;
      readonly from: bigint;
      readonly to: bigint;
      readonly cause: string;
    };

export function judgeBindingSet(
  output: string,
  held: readonly Coordinate[],
  computed: readonly Coordinate[],
): BindingVerdict {
  const heldKeys = new Set(held.map(keyOf));
  const computedKeys = new Set(computed.map(keyOf));
  const odd =
    computed.find((each) => !heldKeys.has(keyOf(each))) ??
    held.find((each) => !computedKeys.has(keyOf(each)));
  if (odd === undefined && heldKeys.size === held.length) return { kind: 'agrees' };
  const at = odd ?? held[0]!;
  return {
    kind: 'disagrees',
    partition: at.partition,
    from: at.offset,
    to: at.offset + 1n,
    cause:
      odd === undefined
        ? `the ${output} table holds a record of this batch twice`
        : `the ${output} table ${heldKeys.has(keyOf(at)) ? 'holds' : 'does not hold'} offset ${at.offset}, this attempt ${heldKeys.has(keyOf(at)) ? 'lands it' : `sends it to ${output}`}`,
  };
}

/**
 * Of the records a side output holds, those in ranges that an operator has given up since: they were refused before they
 * were lost, so they count as refused. `rest` is what this attempt must refuse too.
 */
export function splitHeld(
  held: readonly Coordinate[],
  ranges: readonly IntentRange[],
): { readonly rest: readonly Coordinate[]; readonly inLosses: ReadonlyMap<number, bigint> } {
  const losses = new Map(ranges.map((range) => [range.partition, range.losses]));
  const inLosses = new Map<number, bigint>();
  const rest = held.filter(({ partition, offset }) => {
    const isLost = losses.get(partition)?.some(({ from, to }) => offset >= from && offset < to) === true;
    if (isLost) inLosses.set(partition, (inLosses.get(partition) ?? 0n) + 1n);
    return !isLost;
  });
  return { rest, inLosses };
}

const keyOf = ({ partition, offset }: Coordinate): string => `${partition}@${offset}`;
