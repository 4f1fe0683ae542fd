import { setWhole } from './exact-number.ts';
import type { Cursor } from './cursor.ts';

/** `bad` is not the form at all; `not-exact` is a real instant that microseconds since the epoch cannot hold. */
export type TimeFit = 'held' | 'bad' | 'not-exact' | 'out-of-range';

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** 0001-01-01T00:00:00Z and the second after 9999-12-31T23:59:59Z. */
export const SECONDS_MIN = -62_135_596_800;
export const SECONDS_END = 253_402_300_800;

/** Value of `count` digits at `p`, or -1. */
function digitsAt(bytes: Uint8Array, p: number, count: number): number {
  let value = 0;
  for (let i = p; i < p + count; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Days since 1970-01-01 of the proleptic Gregorian date (Hinnant, days_from_civil). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

export const isCivilDate = (year: number, month: number, day: number): boolean =>
  year >= 1 &&
  year <= 9999 &&
  month >= 1 &&
  month <= 12 &&
  day >= 1 &&
  day <= DAYS_IN_MONTH[month - 1]! + (month === 2 && isLeap(year) ? 1 : 0);

/** Reads `yyyy-MM-dd` at bytes[start, start + 10) as days since the epoch, or NaN. */
function dateAt(bytes: Uint8Array, start: number): number {
  const year = digitsAt(bytes, start, 4);
  const month = digitsAt(bytes, start + 5, 2);
  const day = digitsAt(bytes, start + 8, 2);
  if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d || !isCivilDate(year, month, day)) return NaN;
  return daysFromCivil(year, month, day);
}

/** Reads a full-date of RFC 3339 into `whole`, in days since 1970-01-01. */
export function readDate(cursor: Cursor, bytes: Uint8Array, start: number, end: number): TimeFit {
  const days = end - start === 10 ? dateAt(bytes, start) : NaN;
  if (Number.isNaN(days)) return 'bad';
  cursor.whole = days;
  cursor.wide = undefined;
  return 'held';
}

/**
 * Reads a date-time of RFC 3339 into `whole` or `wide`, in microseconds since the epoch. With `zone` 'required' it
 * must end in `Z` or a numeric offset, with 'absent' it must not.
 */
export function readTimestamp(
  cursor: Cursor,
  bytes: Uint8Array,
  start: number,
  end: number,
  zone: 'required' | 'absent',
): TimeFit {
  if (end - start < 19) return 'bad';
  const days = dateAt(bytes, start);
  const separator = bytes[start + 10]! | 0x20;
  const hour = digitsAt(bytes, start + 11, 2);
  const minute = digitsAt(bytes, start + 14, 2);
  const second = digitsAt(bytes, start + 17, 2);
  if (Number.isNaN(days) || (separator !== 0x74 && separator !== 0x20)) return 'bad';
  if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return 'bad';
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return 'bad';

  let p = start + 19;
  let micros = 0;
  let isLost = false;
  if (p < end && bytes[p] === 0x2e) {
    const first = ++p;
    for (; p < end && bytes[p]! >= 0x30 && bytes[p]! <= 0x39; p++) {
      if (p - first < 6) micros = micros * 10 + (bytes[p]! - 0x30);
      else if (bytes[p] !== 0x30) isLost = true;
    }
    if (p === first) return 'bad';
    for (let digit = p - first; digit < 6; digit++) micros *= 10;
  }
  const offset = zone === 'required' ? offsetAt(bytes, p, end) : p === end ? 0 : NaN;
  if (Number.isNaN(offset)) return 'bad';
  const minuteOfDay = hour * 60 + minute - offset;
  if (second === 60) return (minuteOfDay + 1440) % 1440 === 1439 ? 'not-exact' : 'bad';
  if (isLost) return 'not-exact';
  return setMicros(cursor, days * 86_400 + minuteOfDay * 60 + second, micros);
}

/** Minutes east of UTC written in bytes[p, end), or NaN. `-00:00` is UTC. */
function offsetAt(bytes: Uint8Array, p: number, end: number): number {
  if (p === end - 1 && (bytes[p]! | 0x20) === 0x7a) return 0;
  if (p !== end - 6 || bytes[p + 3] !== 0x3a) return NaN;
  const sign = bytes[p] === 0x2b ? 1 : bytes[p] === 0x2d ? -1 : NaN;
  const hours = digitsAt(bytes, p + 1, 2);
  const minutes = digitsAt(bytes, p + 4, 2);
  return hours < 0 || hours > 23 || minutes < 0 || minutes > 59 ? NaN : sign * (hours * 60 + minutes);
}

function setMicros(cursor: Cursor, seconds: number, micros: number): TimeFit {
  if (seconds < SECONDS_MIN || seconds >= SECONDS_END) return 'out-of-range';
  const total = seconds * 1_000_000 + micros;
  if (Number.isSafeInteger(total) && Math.abs(seconds) < 9_000_000_000) {
    cursor.whole = total;
    cursor.wide = undefined;
  } else {
    setWhole(cursor, BigInt(seconds) * 1_000_000n + BigInt(micros));
  }
  return 'held';
}
