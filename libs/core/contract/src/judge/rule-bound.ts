import type { ColumnType } from '../compiled-contract.ts';
import { createCursor } from './cursor.ts';
import { toDecimalText } from './exact-number.ts';
import { encodeUtf8 } from './text.ts';
import { readDate, readTimestamp } from './timestamp-text.ts';

/**
 * A bound, step or enumerated value of a rule in the unit its column is stored in: integer, unscaled decimal, days or
 * microseconds. A bound between two values moves `up` or `down` to the next one; `exact` gives undefined instead.
 */
export function readBound(
  type: ColumnType,
  text: string,
  rounding: 'up' | 'down' | 'exact',
  isExclusive = false,
): bigint | undefined {
  switch (type.kind) {
    case 'integer':
      return decimalBound(text, 0, rounding, isExclusive);
    case 'decimal':
      return decimalBound(text, type.scale, rounding, isExclusive);
    case 'date':
    case 'timestamp':
    case 'timestampNtz': {
      const whole = timeBound(type.kind, text);
      return whole === undefined || !isExclusive ? whole : step(whole, rounding);
    }
    default:
      return undefined;
  }
}

function decimalBound(
  text: string,
  scale: number,
  rounding: 'up' | 'down' | 'exact',
  isExclusive: boolean,
): bigint | undefined {
  if (!/^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$/.test(text)) return undefined;
  const decimal = toDecimalText(text);
  if (decimal.digits === '') return isExclusive ? step(0n, rounding) : 0n;
  const sign = decimal.isNegative ? -1n : 1n;
  const shift = decimal.exponent + scale;
  if (shift >= 0) {
    const whole = sign * BigInt(decimal.digits) * 10n ** BigInt(shift);
    return isExclusive ? step(whole, rounding) : whole;
  }
  if (rounding === 'exact') return undefined;
  const towardsZero = (sign * BigInt(decimal.digits)) / 10n ** BigInt(-shift);
  if (rounding === 'up') return decimal.isNegative ? towardsZero : towardsZero + 1n;
  return decimal.isNegative ? towardsZero - 1n : towardsZero;
}

const step = (whole: bigint, rounding: 'up' | 'down' | 'exact'): bigint =>
  rounding === 'up' ? whole + 1n : rounding === 'down' ? whole - 1n : whole;

function timeBound(kind: 'date' | 'timestamp' | 'timestampNtz', text: string): bigint | undefined {
  const cursor = createCursor();
  const bytes = encodeUtf8(text);
  const fit =
    kind === 'date'
      ? readDate(cursor, bytes, 0, bytes.length)
      : readTimestamp(cursor, bytes, 0, bytes.length, kind === 'timestamp' ? 'required' : 'absent');
  return fit === 'held' ? (cursor.wide ?? BigInt(cursor.whole)) : undefined;
}
