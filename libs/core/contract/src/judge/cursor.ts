import type { ReasonCode } from '../compiled-contract.ts';
import { createKeySet } from './key-set.ts';
import type { KeySet } from './key-set.ts';

/** Objects and arrays nested deeper than this make a record `too-deep`; the record itself is level 1. */
export const DEPTH_MAX = 128;

/**
 * One reader of JSON bytes, reused for every record. Scanners return false when the record is not acceptable JSON;
 * `faultReason` and `faultDetail` then say why. Nothing here is allocated per record.
 */
export interface Cursor {
  bytes: Uint8Array;
  pos: number;
  end: number;

  /** Content of the string scanned last, without its quotes: a range of `bytes`, checked but still escaped. */
  textStart: number;
  textEnd: number;
  isTextEscaped: boolean;
  isTextAscii: boolean;

  /** The number scanned last: (negative ? -1 : 1) * mantissa * 10^exponent; `mantissa` is exact up to 15 `digits`. */
  numberStart: number;
  numberEnd: number;
  isNegative: boolean;
  mantissa: number;
  digits: number;
  exponent: number;

  /** Result of the exact readers: an integer, in `wide` when it is beyond 2^53. */
  whole: number;
  wide: bigint | undefined;

  /** Unescaped text of this record, UTF-8. */
  scratch: Uint8Array;
  scratchEnd: number;
  keys: KeySet;

  faultReason: ReasonCode | undefined;
  faultDetail: string;
  faultKey: string;
}

export function createCursor(): Cursor {
  return {
    bytes: new Uint8Array(0),
    pos: 0,
    end: 0,
    textStart: 0,
    textEnd: 0,
    isTextEscaped: false,
    isTextAscii: true,
    numberStart: 0,
    numberEnd: 0,
    isNegative: false,
    mantissa: 0.5,
    digits: 0,
    exponent: 0,
    whole: 0.5,
    wide: undefined,
    scratch: new Uint8Array(1024),
    scratchEnd: 0,
    keys: createKeySet(),
    faultReason: undefined,
    faultDetail: '',
    faultKey: '',
  };
}

export function resetCursor(cursor: Cursor, bytes: Uint8Array, start: number, end: number): void {
  cursor.bytes = bytes;
  cursor.pos = start;
  cursor.end = end;
  cursor.scratchEnd = 0;
  cursor.keys.clear();
  cursor.faultReason = undefined;
  cursor.faultDetail = '';
  cursor.faultKey = '';
}

/** Notes why the record is refused. The first one noted is the first in byte order. */
export function refuse(cursor: Cursor, reason: ReasonCode, detail: string): false {
  cursor.faultReason = reason;
  cursor.faultDetail = detail;
  return false;
}

export function skipSpace(cursor: Cursor): void {
  const { bytes, end } = cursor;
  let p = cursor.pos;
  while (p < end) {
    const b = bytes[p]!;
    if (b > 0x20 || (b !== 0x20 && b !== 0x0a && b !== 0x0d && b !== 0x09)) break;
    p++;
  }
  cursor.pos = p;
}

/** The byte at the cursor, or -1 at the end of the record. */
export function peek(cursor: Cursor): number {
  return cursor.pos < cursor.end ? cursor.bytes[cursor.pos]! : -1;
}
