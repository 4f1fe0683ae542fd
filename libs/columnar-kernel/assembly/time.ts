// Dates and times of RFC 3339.
import { PLANTED, WRONG_LEAP_DAY } from './planted';

const SECONDS_MIN: i64 = -62_135_596_800;
const SECONDS_END: i64 = 253_402_300_800;
const INVALID: u32 = 1000;

/** Days since 1970-01-01, read by `readDate`. */
export let days: i32 = 0;
/** Microseconds since 1970, read by `readTimestamp`. */
export let micros: i64 = 0;

// The first 16 bytes of the timestamp read last and the minutes they stand for: most follow within the same minute.
let lastLow: u64 = 0;
let lastHigh: u64 = 0;
let lastMinutes: i64 = 0;

function twoDigits(p: usize): u32 {
  const a = <u32>load<u8>(p) - 0x30;
  const b = <u32>load<u8>(p, 1) - 0x30;
  return a > 9 || b > 9 ? INVALID : a * 10 + b;
}

/** Reads `yyyy-MM-dd` at p into `days`. */
export function readDate(p: usize): bool {
  const century = twoDigits(p);
  const yearOfCentury = twoDigits(p + 2);
  const month = twoDigits(p + 5);
  const day = twoDigits(p + 8);
  if (century >= INVALID || yearOfCentury >= INVALID) return false;
  if (load<u8>(p, 4) != 0x2d || load<u8>(p, 7) != 0x2d) return false;
  const year = century * 100 + yearOfCentury;
  if (year < 1 || month - 1 > 11 || day - 1 >= daysIn(year, month)) return false;
  days = daysFromCivil(year, month, day);
  return true;
}

function daysIn(year: u32, month: u32): u32 {
  if (month == 2) return isLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

function isLeap(year: u32): bool {
  if (PLANTED == WRONG_LEAP_DAY) return year % 4 == 0;
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/** Hinnant, days_from_civil, for years from 1 on. */
function daysFromCivil(year: u32, month: u32, day: u32): i32 {
  const y = year + 400 - u32(month <= 2);
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return <i32>(era * 146_097 + dayOfEra) - 719_468 - 146_097;
}

/**
 * Reads the date-time [p, end) into `micros`: with `Z` or a numeric offset when `hasZone`, without one otherwise. Leap
 * seconds, digits beyond microseconds and other years than 0001 to 9999 are left to the guarded path.
 */
export function readTimestamp(p: usize, end: usize, hasZone: bool): bool {
  if (end < p + 19) return false;
  const low = load<u64>(p);
  const high = load<u64>(p, 8);
  if (low != lastLow || high != lastHigh) {
    if (!readMinutes(p)) return false;
    lastLow = low;
    lastHigh = high;
  }
  const second = twoDigits(p + 17);
  if (second > 59 || load<u8>(p, 16) != 0x3a) return false;
  let fraction: u32 = 0;
  let q = p + 19;
  if (q < end && load<u8>(q) == 0x2e) {
    const first = ++q;
    for (; q < end; q++) {
      const x = <u32>load<u8>(q) - 0x30;
      if (x > 9) break;
      if (q - first < 6) fraction = fraction * 10 + x;
      else if (x) return false;
    }
    if (q == first) return false;
    for (let n = q - first; n < 6; n++) fraction *= 10;
  }
  let seconds = lastMinutes * 60 + second;
  if (hasZone) {
    if (q + 1 == end && (load<u8>(q) | 0x20) == 0x7a) {
      // UTC
    } else {
      const offset = readOffset(q, end);
      if (offset == INVALID) return false;
      seconds -= <i64>offset * 60;
    }
  } else if (q != end) return false;
  if (seconds < SECONDS_MIN || seconds >= SECONDS_END) return false;
  micros = seconds * 1_000_000 + fraction;
  return true;
}

/** Reads `yyyy-MM-ddTHH:mm` at p into `lastMinutes`. */
function readMinutes(p: usize): bool {
  const separator = <u32>load<u8>(p, 10) | 0x20;
  const hour = twoDigits(p + 11);
  const minute = twoDigits(p + 14);
  if ((separator != 0x74 && separator != 0x20) || load<u8>(p, 13) != 0x3a) return false;
  if (hour > 23 || minute > 59 || !readDate(p)) return false;
  lastMinutes = <i64>days * 1440 + hour * 60 + minute;
  return true;
}

/** Minutes east of UTC written in [p, end), or INVALID. */
function readOffset(p: usize, end: usize): i32 {
  if (p + 6 != end || load<u8>(p, 3) != 0x3a) return INVALID;
  const sign = <u32>load<u8>(p);
  const hours = twoDigits(p + 1);
  const minutes = twoDigits(p + 4);
  if ((sign != 0x2b && sign != 0x2d) || hours > 23 || minutes > 59) return INVALID;
  const size = <i32>(hours * 60 + minutes);
  return sign == 0x2b ? size : -size;
}
