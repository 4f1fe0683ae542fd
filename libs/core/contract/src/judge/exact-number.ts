import type { Cursor } from './cursor.ts';
import { decodeBytewise } from './text.ts';

/** How a number fits its column. `held` means exactly; the others are reason codes. */
export type Fit = 'held' | 'not-exact' | 'out-of-range';

const POWERS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** The most significant digits a 64-bit integer or decimal(38) can need. */
const DIGITS_MAX = 60;
/** Floating columns refuse numbers with more significant digits. */
const SENT_DIGITS_MAX = 100;

/** A decimal number as its digits without leading and trailing zeros: digits * 10^exponent. Zero has no digits. */
export interface DecimalText {
  readonly isNegative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

/** Takes any JSON number, or what `Number.toPrecision` and `String(number)` print. */
export function toDecimalText(text: string): DecimalText {
  const isNegative = text.startsWith('-');
  const [significand = '', exponent = '0'] = text
    .slice(isNegative ? 1 : 0)
    .toLowerCase()
    .split('e');
  const [whole = '', fraction = ''] = significand.split('.');
  const all = whole + fraction;
  const first = all.search(/[1-9]/);
  if (first < 0) return { isNegative, digits: '', exponent: 0 };
  let last = all.length;
  while (all.charCodeAt(last - 1) === 0x30) last--;
  return {
    isNegative,
    digits: all.slice(first, last),
    exponent: Number(exponent) - fraction.length + (all.length - last),
  };
}

/**
 * Reads the scanned number times 10^scale as an integer into `whole` (or `wide` beyond 2^53). `not-exact` when digits
 * would be lost, `out-of-range` beyond `digitsMax` digits.
 */
export function readScaled(cursor: Cursor, scale: number, digitsMax: number): Fit {
  cursor.wide = undefined;
  const shift = cursor.exponent + scale;
  if (cursor.digits <= 15 && shift >= -15 && shift + cursor.digits <= 15) {
    const magnitude = shift >= 0 ? cursor.mantissa * POWERS[shift]! : cursor.mantissa / POWERS[-shift]!;
    if (shift < 0 && !Number.isInteger(magnitude)) return 'not-exact';
    cursor.whole = cursor.isNegative ? 0 - magnitude : magnitude;
    return 'held';
  }
  return readWide(cursor, scale, digitsMax);
}

function readWide(cursor: Cursor, scale: number, digitsMax: number): Fit {
  const decimal = toDecimalText(numberText(cursor));
  if (decimal.digits === '') {
    cursor.whole = 0;
    return 'held';
  }
  const shift = decimal.exponent + scale;
  if (shift < 0) return 'not-exact';
  if (decimal.digits.length + shift > Math.min(digitsMax, DIGITS_MAX)) return 'out-of-range';
  const magnitude = BigInt(decimal.digits + '0'.repeat(shift));
  setWhole(cursor, decimal.isNegative ? -magnitude : magnitude);
  return 'held';
}

export function setWhole(cursor: Cursor, value: bigint): void {
  const isSafe = value >= -9007199254740991n && value <= 9007199254740991n;
  cursor.whole = isSafe ? Number(value) : 0;
  cursor.wide = isSafe ? undefined : value;
}

export const numberText = (cursor: Cursor): string =>
  decodeBytewise(cursor.bytes, cursor.numberStart, cursor.numberEnd);

/** The value read last by `readDouble` or `readFloat`. */
export interface Real {
  value: number;
}

/**
 * The nearest double, when it carries every digit that was sent: it lies within half a unit of the last digit written,
 * or the number is what a shortest-form printer writes for it. Up to 15 digits that always holds.
 */
export function readDouble(cursor: Cursor, into: Real): Fit {
  const power = cursor.exponent;
  if (cursor.digits <= 15 && power >= -22 && power <= 22) {
    const magnitude = power < 0 ? cursor.mantissa / POWERS[-power]! : cursor.mantissa * POWERS[power]!;
    into.value = cursor.isNegative ? -magnitude : magnitude;
    return 'held';
  }
  const text = numberText(cursor);
  into.value = Number(text);
  if (!Number.isFinite(into.value)) return 'out-of-range';
  const sent = toDecimalText(text);
  if (into.value === 0) return sent.digits === '' ? 'held' : 'out-of-range';
  return comesBack(sent, Math.abs(into.value)) ? 'held' : 'not-exact';
}

/** The nearest 32-bit float, under the same condition as `readDouble`. */
export function readFloat(cursor: Cursor, into: Real): Fit {
  const sent = toDecimalText(numberText(cursor));
  if (sent.digits.length > SENT_DIGITS_MAX) return 'not-exact';
  const nearest = nearestFloat(sent);
  if (!Number.isFinite(nearest)) return 'out-of-range';
  into.value = cursor.isNegative ? -nearest : nearest;
  if (nearest === 0) return sent.digits === '' ? 'held' : 'out-of-range';
  return comesBack(sent, nearest) ? 'held' : 'not-exact';
}

/** True when `value` rounded to as many significant digits as were sent is the number sent, or its shortest form is. */
function comesBack(sent: DecimalText, value: number): boolean {
  const count = sent.digits.length;
  if (count > SENT_DIGITS_MAX) return false;
  return (
    sameMagnitude(sent, toDecimalText(value.toPrecision(count))) ||
    sameMagnitude(sent, toDecimalText(String(value))) ||
    isHalfBelow(sent, toDecimalText(value.toPrecision(SENT_DIGITS_MAX)))
  );
}

/** `toPrecision` rounds a tie away from zero; the number half a unit below is as near. */
const isHalfBelow = (sent: DecimalText, exact: DecimalText): boolean =>
  exact.exponent === sent.exponent - 1 && exact.digits === `${sent.digits}5`;

const sameMagnitude = (a: DecimalText, b: DecimalText): boolean =>
  a.digits === b.digits && a.exponent === b.exponent;

/** Correctly rounded magnitude: rounding through a double is repaired where the double lies between two floats. */
function nearestFloat(sent: DecimalText): number {
  const double = Number(`${sent.digits === '' ? '0' : sent.digits}e${sent.exponent}`);
  const float = Math.fround(double);
  if (float === double || !Number.isFinite(float)) return float;
  const other = neighbour(float, double > float);
  if (Math.abs(double - float) !== Math.abs(other - double)) return float;
  const order = compareToDouble(sent, double);
  if (order === 0) return float;
  return order > 0 ? Math.max(float, other) : Math.min(float, other);
}

const floatView = new Float32Array(1);
const floatBits = new Uint32Array(floatView.buffer);

function neighbour(float: number, isAbove: boolean): number {
  floatView[0] = float;
  floatBits[0] = floatBits[0]! + (isAbove ? 1 : -1);
  return floatView[0];
}

/** Sign of (decimal - double) for a positive double between two floats. */
function compareToDouble(sent: DecimalText, double: number): number {
  let scaled = double;
  let halvings = 0;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    halvings++;
  }
  let left = BigInt(sent.digits) << BigInt(halvings);
  let right = BigInt(scaled);
  if (sent.exponent >= 0) left *= 10n ** BigInt(sent.exponent);
  else right *= 10n ** BigInt(-sent.exponent);
  return left < right ? -1 : left > right ? 1 : 0;
}
