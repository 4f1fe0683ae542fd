import type { ColumnValue } from '../compiled-contract.ts';

/**
 * The values of the record judged last, column by column, without an object per value. Index i is column i of the
 * contract. Everything is overwritten by the next record: copy what must stay.
 *
 * | column type | where the value is |
 * |---|---|
 * | any, NULL | `forms[i]` is 0 |
 * | boolean | `doubles[i]` 0 or 1 |
 * | integer of 8, 16, 32 bits; date (days); float; double | `doubles[i]` |
 * | integer of 64 bits; timestamp, timestampNtz (microseconds); decimal up to 18 digits (unscaled) | `longs[i]`, the same as `words[2i]` (low) and `words[2i + 1]` (high) |
 * | decimal above 18 digits (bigint), binary (bytes), struct, array, map | `boxes[i]`, as in ColumnValue |
 * | string, json | UTF-8 bytes [`starts[i]`, `ends[i]`) of the judged buffer when `forms[i]` is 2 (all ASCII) or 3, of `scratch` when it is 4 |
 */
export interface RecordSlots {
  readonly forms: Uint8Array;
  readonly doubles: Float64Array;
  readonly longs: BigInt64Array;
  readonly words: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly boxes: ColumnValue[];
  /** Unescaped text. The buffer may be replaced from one record to the next. */
  scratch: Uint8Array;
}

export const FORM_NULL = 0;
export const FORM_VALUE = 1;
export const FORM_ASCII = 2;
export const FORM_UTF8 = 3;
export const FORM_SCRATCH = 4;

export function createSlots(count: number): RecordSlots {
  const longs = new BigInt64Array(count);
  return {
    forms: new Uint8Array(count),
    doubles: new Float64Array(count),
    longs,
    words: new Int32Array(longs.buffer),
    starts: new Int32Array(count),
    ends: new Int32Array(count),
    boxes: Array.from({ length: count }, () => null),
    scratch: new Uint8Array(0),
  };
}

/** Stores an integer of at most 64 bits: `wide` when given, else the safe integer `whole`. */
export function setLong(slots: RecordSlots, slot: number, whole: number, wide: bigint | undefined): void {
  if (wide !== undefined) {
    slots.longs[slot] = wide;
    return;
  }
  const high = Math.floor(whole / 4_294_967_296);
  slots.words[2 * slot] = (whole - high * 4_294_967_296) | 0;
  slots.words[2 * slot + 1] = high;
}
