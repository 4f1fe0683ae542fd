import { refuse } from './cursor.ts';
import type { Cursor } from './cursor.ts';

/** Exponents are cut here: far outside of every column type, far inside of exact integers. */
const EXPONENT_MAX = 1_000_000_000;

const isDigit = (b: number): boolean => b >= 0x30 && b <= 0x39;

/** Scans the number at the cursor by RFC 8259 and leaves its parts in the cursor. */
export function scanNumber(cursor: Cursor): boolean {
  const { bytes, end } = cursor;
  let p = cursor.pos;
  cursor.numberStart = p;
  cursor.isNegative = bytes[p] === 0x2d;
  if (cursor.isNegative) p++;
  if (p >= end || !isDigit(bytes[p]!)) return refuse(cursor, 'invalid-json', 'a value is expected');

  let mantissa = 0;
  let digits = 0;
  let b = bytes[p]!;
  const isZeroFirst = b === 0x30;
  do {
    if (digits > 0 || b !== 0x30) {
      if (digits < 15) mantissa = mantissa * 10 + (b - 0x30);
      digits++;
    }
    p++;
    b = p < end ? bytes[p]! : 0;
  } while (!isZeroFirst && isDigit(b));

  let fraction = 0;
  if (b === 0x2e) {
    const first = ++p;
    b = p < end ? bytes[p]! : 0;
    while (isDigit(b)) {
      if (digits > 0 || b !== 0x30) {
        if (digits < 15) mantissa = mantissa * 10 + (b - 0x30);
        digits++;
      }
      p++;
      b = p < end ? bytes[p]! : 0;
    }
    fraction = p - first;
    if (fraction === 0)
      return refuse(cursor, 'invalid-json', 'a number has no digit after its decimal point');
  }
  cursor.pos = p;
  cursor.mantissa = mantissa;
  cursor.digits = digits;
  cursor.exponent = -fraction;
  if ((b | 0x20) === 0x65 && !scanExponent(cursor)) return false;
  cursor.numberEnd = cursor.pos;
  return true;
}

function scanExponent(cursor: Cursor): boolean {
  const { bytes, end } = cursor;
  let p = cursor.pos + 1;
  const sign = p < end ? bytes[p]! : 0;
  if (sign === 0x2b || sign === 0x2d) p++;
  const first = p;
  let exponent = 0;
  while (p < end && isDigit(bytes[p]!)) {
    exponent = Math.min(EXPONENT_MAX, exponent * 10 + (bytes[p]! - 0x30));
    p++;
  }
  if (p === first) return refuse(cursor, 'invalid-json', 'a number has no digit in its exponent');
  cursor.exponent += sign === 0x2d ? -exponent : exponent;
  cursor.pos = p;
  return true;
}
