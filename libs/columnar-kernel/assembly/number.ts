// Numbers of JSON, exactly.
import { PLANTED, ACCEPTS_LEADING_ZERO } from './planted';

/** The number scanned last is (isNegative ? -1 : 1) * mantissa * 10^exponent; exact while digits <= 19. */
export let isNegative: bool = false;
export let mantissa: u64 = 0;
/** Significant digits: without leading zeros. */
export let digits: u32 = 0;
export let exponent: i32 = 0;

/** Powers of ten up to 10^19 as u64, then up to 10^22 as f64; written by `prepareNumbers`. */
let POWERS: usize = 0;
let REAL_POWERS: usize = 0;

/** Takes 20 * 8 + 23 * 8 bytes at `at`. */
export function prepareNumbers(at: usize): void {
  POWERS = at;
  REAL_POWERS = at + 20 * 8;
  let whole: u64 = 1;
  for (let i: usize = 0; i < 20; i++) {
    store<u64>(POWERS + (i << 3), whole);
    whole *= 10;
  }
  let real: f64 = 1;
  for (let i: usize = 0; i < 23; i++) {
    store<f64>(REAL_POWERS + (i << 3), real);
    real *= 10;
  }
}

export function powerOfTen(n: u32): u64 {
  return load<u64>(POWERS + (n << 3));
}

/** Scans the number at p by RFC 8259. Returns its end, or 0. */
export function scanNumber(p: usize): usize {
  let b = <u32>load<u8>(p);
  isNegative = b == 0x2d;
  if (isNegative) b = load<u8>(++p);
  let x = b - 0x30;
  if (x > 9) return 0;
  let m: u64 = 0;
  let n: u32 = 0;
  exponent = 0;
  if (x == 0) {
    b = load<u8>(++p);
    if (PLANTED == ACCEPTS_LEADING_ZERO) {
      while (b - 0x30 <= 9) {
        m = m * 10 + (b - 0x30);
        n++;
        b = load<u8>(++p);
      }
    }
    if (b - 0x30 <= 9) return 0;
  } else {
    const first = p;
    do {
      m = m * 10 + x;
      b = load<u8>(++p);
      x = b - 0x30;
    } while (x <= 9);
    n = <u32>(p - first);
  }
  if (b == 0x2e) {
    let first = ++p;
    b = load<u8>(p);
    if (b - 0x30 > 9) return 0;
    if (n == 0) while (b == 0x30) b = load<u8>(++p);
    const significant = p;
    while (b - 0x30 <= 9) {
      m = m * 10 + (b - 0x30);
      b = load<u8>(++p);
    }
    n += <u32>(p - significant);
    exponent = -(<i32>(p - first));
  }
  mantissa = m;
  digits = n;
  return (b | 0x20) == 0x65 ? scanExponent(p + 1) : p;
}

function scanExponent(p: usize): usize {
  let b = <u32>load<u8>(p);
  const isMinus = b == 0x2d;
  if (isMinus || b == 0x2b) b = load<u8>(++p);
  let x = b - 0x30;
  if (x > 9) return 0;
  let power: i32 = 0;
  do {
    if (power < 100_000_000) power = power * 10 + <i32>x;
    b = load<u8>(++p);
    x = b - 0x30;
  } while (x <= 9);
  exponent += isMinus ? -power : power;
  return p;
}

/** The integer read by `readWhole`. */
export let whole: i64 = 0;

/** The scanned number times 10^scale as an integer of 64 bits. False when that is not exact, or cannot be told here. */
export function readWhole(scale: i32): bool {
  let m = mantissa;
  if (digits > 19) return false;
  const shift = exponent + scale;
  if (m != 0) {
    if (shift > 0) {
      if (<i32>digits + shift > 18) return false;
      m *= powerOfTen(shift);
    } else if (shift < 0) {
      if (shift < -19) return false;
      const divisor = powerOfTen(-shift);
      if (m % divisor) return false;
      m /= divisor;
    }
  }
  if (m > <u64>i64.MAX_VALUE) {
    if (!isNegative || m != 0x8000000000000000) return false;
    whole = i64.MIN_VALUE;
    return true;
  }
  whole = isNegative ? -(<i64>m) : <i64>m;
  return true;
}

/** The integer read by `readWide`. */
export let wideLow: u64 = 0;
export let wideHigh: i64 = 0;

/** The number scanned at p times 10^scale as an integer of at most `digitsMax` (<= 38) digits, in 128 bits. */
export function readWide(p: usize, scale: i32, digitsMax: u32): bool {
  let low = mantissa;
  let high: u64 = 0;
  let shift = exponent + scale;
  if (digits > 38) return false;
  if (digits > 19) {
    low = 0;
    for (let left = digits; left; p++) {
      const x = <u32>load<u8>(p) - 0x30;
      if (x > 9 || (x == 0 && low == 0 && high == 0)) continue;
      high = high * 10 + multiplyHigh(low, 10);
      low *= 10;
      low += x;
      if (low < <u64>x) high++;
      left--;
    }
  }
  if (low | high) {
    if (shift < 0) {
      if (high || shift < -19) return false;
      const divisor = powerOfTen(-shift);
      if (low % divisor) return false;
      low /= divisor;
      shift = 0;
      if (<i32>digits + exponent + scale > <i32>digitsMax) return false;
    } else {
      if (<i32>digits + shift > <i32>digitsMax) return false;
      while (shift > 0) {
        const by = shift > 19 ? 19 : shift;
        const power = powerOfTen(by);
        high = high * power + multiplyHigh(low, power);
        low *= power;
        shift -= by;
      }
    }
  }
  if (isNegative) {
    low = ~low + 1;
    high = ~high + (low == 0 ? 1 : 0);
  }
  wideLow = low;
  wideHigh = <i64>high;
  return true;
}

/** Upper 64 bits of a * b. */
function multiplyHigh(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const low = aLow * bLow;
  const cross = aHigh * bLow + (low >> 32);
  const other = aLow * bHigh + (cross & 0xffffffff);
  return aHigh * bHigh + (cross >> 32) + (other >> 32);
}

/** The number read by `readReal`. */
export let real: f64 = 0;

/**
 * The nearest double of the scanned number, when it provably carries every digit that was sent: up to 15 digits with a
 * power of ten up to 22 always (both operands are exact, so one division or multiplication rounds once); up to 19
 * digits behind a point when the distance, counted exactly in 128 bits, is below half a unit of the last digit.
 */
export function readReal(): bool {
  let m = mantissa;
  let n = digits;
  let power = exponent;
  if (n > 19) return false;
  if (n > 15) {
    while (n > 15 && m % 10 == 0) {
      m /= 10;
      n--;
      power++;
    }
  }
  if (n <= 15) {
    if (power < -22 || power > 22) return false;
    const sent = <f64>m;
    const size = power < 0 ? sent / realPower(-power) : sent * realPower(power);
    real = isNegative ? -size : size;
    return true;
  }
  if (power == 0) {
    if (<u64>(<f64>m) != m || m > 0x7ffffffffffffc00) return false;
    real = isNegative ? -(<f64>m) : <f64>m;
    return true;
  }
  return power < 0 && power >= -19 && readNear(m, -power);
}

function realPower(n: i32): f64 {
  return load<f64>(REAL_POWERS + (n << 3));
}

/** m / 10^k for 16 to 19 digits. Works on m * 2^s and b * 10^k, where b * 2^-s is the double. */
function readNear(m: u64, k: i32): bool {
  const bits = reinterpret<u64>(<f64>m / realPower(k));
  let b = (bits & 0xfffffffffffff) | 0x10000000000000;
  const s = 1075 - <i32>(bits >> 52);
  if (s < 1 || s > 66) return false;
  const divisor = powerOfTen(k);
  const half = <i64>(divisor >> 1);
  const sentLow = s < 64 ? m << s : 0;
  const sentHigh = s < 64 ? m >> (64 - s) : m << (s - 64);
  for (let tries = 0; tries < 4; tries++) {
    const low = b * divisor;
    const high = multiplyHigh(b, divisor);
    const restLow = sentLow - low;
    const restHigh = <i64>(sentHigh - high - (sentLow < low ? 1 : 0));
    const rest = <i64>restLow;
    // The rest is a few units of 10^k at most: beyond 63 bits the first guess was not near at all.
    if (restHigh != rest >> 63) return false;
    if (rest > half) b++;
    else if (rest < -half) b--;
    else {
      if (rest == half || rest == -half || b <= 0x10000000000000 || b >= 0x20000000000000) return false;
      const distance = <u64>(rest < 0 ? -rest : rest);
      if (s <= 63 && distance >= (<u64>1) << (s - 1)) return false;
      const size = reinterpret<f64>((b & 0xfffffffffffff) | (<u64>(1075 - s) << 52));
      real = isNegative ? -size : size;
      return true;
    }
  }
  return false;
}

/** The nearest 32-bit float of the scanned number, when it provably carries every digit that was sent. */
export let single: f32 = 0;

export function readFloat(): bool {
  if (!readReal() || digits > 15) return false;
  const near = <f32>real;
  single = near;
  if (real == 0) return true;
  // Exactly between two floats: which one is nearer cannot be told from the double.
  if ((reinterpret<u64>(real) & 0x1fffffff) == 0x10000000) return false;
  if (<f64>near == real && exponent == 0) return true;
  let m = mantissa;
  let power = exponent;
  while (m % 10 == 0) {
    m /= 10;
    power++;
  }
  if (power < -22 || power > 22) return false;
  const unit = power < 0 ? 1 / realPower(-power) : realPower(power);
  const field = (reinterpret<u32>(near) >> 23) & 0xff;
  if (field < 24 || field == 0xff) return false;
  const gap = reinterpret<f32>((field - 23) << 23);
  return <f64>gap < unit * 0.999999;
}
