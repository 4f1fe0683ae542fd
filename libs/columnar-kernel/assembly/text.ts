// Strings of JSON: where they end, whether they are sound, and what they say.
import { LENGTH_MAX, LENGTH_MIN, WORDS, WORDS_MASK, WORD_SIZE, AUTOMATON } from './layout';
import { NEXT_AUTOMATON, CLASS_COUNT, ASCII_CLASSES, STEPS, ENDINGS } from './layout';
import { BOUNDS, BOUND_COUNT, BOUND_CLASSES } from './layout';

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;

/** About the string that `closingQuote` found last. */
export let hasEscape: bool = false;

/**
 * Position of the quote that closes the string whose first byte is at p, or 0: control character, bad escape, bad UTF-8,
 * half a surrogate pair, NUL. Memory behind the records is zero, so the walk always ends.
 */
export function closingQuote(p: usize): usize {
  hasEscape = false;
  while (true) {
    const v = v128.load(p);
    const special = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x5c))),
        i8x16.lt_s(v, i8x16.splat(0x20)),
      ),
    );
    if (!special) {
      p += 16;
      continue;
    }
    p += ctz(special);
    let c = <u32>load<u8>(p);
    if (c == QUOTE) return p;
    if (c == BACKSLASH) {
      hasEscape = true;
      p = escapeEnd(p);
      if (!p) return 0;
      continue;
    }
    if (c < 0x80) return 0;
    do {
      p = sequenceEnd(p, c);
      if (!p) return 0;
      c = load<u8>(p);
    } while (c >= 0x80);
  }
}

/** Position after the UTF-8 sequence of two or more bytes at p (Unicode 15, table 3-7), or 0. */
function sequenceEnd(p: usize, lead: u32): usize {
  const second = <u32>load<u8>(p, 1);
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return (second & 0xc0) == 0x80 ? p + 2 : 0;
  const third = <u32>load<u8>(p, 2);
  if (lead < 0xf0) {
    if ((second & 0xc0) != 0x80 || (third & 0xc0) != 0x80) return 0;
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;
    return p + 3;
  }
  if (lead > 0xf4 || (second & 0xc0) != 0x80 || (third & 0xc0) != 0x80) return 0;
  if ((<u32>load<u8>(p, 3) & 0xc0) != 0x80) return 0;
  if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
  return p + 4;
}

/** Position after the escape at p, or 0. */
function escapeEnd(p: usize): usize {
  const letter = <u32>load<u8>(p, 1);
  if (simpleEscape(letter)) return p + 2;
  if (letter != 0x75) return 0;
  const unit = hexUnit(p + 2);
  if (unit <= 0) return 0;
  if (unit < 0xd800 || unit > 0xdfff) return p + 6;
  if (unit > 0xdbff || load<u16>(p, 6) != 0x755c) return 0;
  const low = hexUnit(p + 8);
  return low >= 0xdc00 && low <= 0xdfff ? p + 12 : 0;
}

function simpleEscape(letter: u32): u32 {
  switch (letter) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return letter;
    case 0x62:
      return 8;
    case 0x66:
      return 12;
    case 0x6e:
      return 10;
    case 0x72:
      return 13;
    case 0x74:
      return 9;
    default:
      return 0;
  }
}

/** Value of four hexadecimal digits, or -1. */
function hexUnit(p: usize): i32 {
  let unit: i32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const b = <u32>load<u8>(p + i);
    let digit = b - 0x30;
    if (digit > 9) {
      digit = (b | 0x20) - 0x57;
      if (digit < 10 || digit > 15) return -1;
    }
    unit = (unit << 4) | digit;
  }
  return unit;
}

/** Writes the sound string [p, end) without its escapes to `out`; returns its length, which is never greater. */
export function unescape(p: usize, end: usize, out: usize): u32 {
  let w = out;
  while (p < end) {
    const b = <u32>load<u8>(p);
    if (b != BACKSLASH) {
      store<u8>(w++, b);
      p++;
      continue;
    }
    const letter = <u32>load<u8>(p, 1);
    if (letter != 0x75) {
      store<u8>(w++, simpleEscape(letter));
      p += 2;
      continue;
    }
    let point: u32 = hexUnit(p + 2);
    p += 6;
    if (point >= 0xd800 && point <= 0xdbff) {
      point = 0x10000 + ((point - 0xd800) << 10) + (hexUnit(p + 2) - 0xdc00);
      p += 6;
    }
    w = writePoint(w, point);
  }
  return <u32>(w - out);
}

function writePoint(w: usize, point: u32): usize {
  if (point < 0x80) {
    store<u8>(w, point);
    return w + 1;
  }
  if (point < 0x800) {
    store<u8>(w, 0xc0 | (point >> 6));
    store<u8>(w, 0x80 | (point & 0x3f), 1);
    return w + 2;
  }
  if (point < 0x10000) {
    store<u8>(w, 0xe0 | (point >> 12));
    store<u8>(w, 0x80 | ((point >> 6) & 0x3f), 1);
    store<u8>(w, 0x80 | (point & 0x3f), 2);
    return w + 3;
  }
  store<u8>(w, 0xf0 | (point >> 18));
  store<u8>(w, 0x80 | ((point >> 12) & 0x3f), 1);
  store<u8>(w, 0x80 | ((point >> 6) & 0x3f), 2);
  store<u8>(w, 0x80 | (point & 0x3f), 3);
  return w + 4;
}

export function hashBytes(p: usize, length: u32): u32 {
  let hash = length;
  for (const end = p + length; p < end; p++) hash = hash * 31 + load<u8>(p);
  return hash ^ (hash >>> 15);
}

/** True when the text keeps every rule of the node. A pattern that is not known for it is not kept. */
export function keepsTextRules(node: usize, p: usize, length: u32): bool {
  const most = load<u32>(node, LENGTH_MAX);
  const least = load<u32>(node, LENGTH_MIN);
  if (length > most || least > 0) {
    const points = countPoints(p, length);
    if (points > most || points < least) return false;
  }
  if (load<u32>(node, WORDS) && !isWord(node, p, length)) return false;
  for (let automaton: usize = load<u32>(node, AUTOMATON); automaton; ) {
    if (!matches(automaton, p, p + length)) return false;
    automaton = load<u32>(automaton, NEXT_AUTOMATON);
  }
  return true;
}

function countPoints(p: usize, length: u32): u32 {
  let points: u32 = 0;
  for (const end = p + length; p < end; p++) points += u32((<u32>load<u8>(p) & 0xc0) != 0x80);
  return points;
}

function isWord(node: usize, p: usize, length: u32): bool {
  const words: usize = load<u32>(node, WORDS);
  const mask = load<u32>(node, WORDS_MASK);
  let i = hashBytes(p, length) & mask;
  while (true) {
    const word = words + <usize>i * WORD_SIZE;
    const at: usize = load<u32>(word);
    if (!at) return false;
    if (load<u32>(word, 4) == length && memory.compare(at, p, length) == 0) return true;
    i = (i + 1) & mask;
  }
}

function matches(automaton: usize, p: usize, end: usize): bool {
  const classes = load<u32>(automaton, CLASS_COUNT);
  const ascii: usize = load<u32>(automaton, ASCII_CLASSES);
  const steps: usize = load<u32>(automaton, STEPS);
  const endings: usize = load<u32>(automaton, ENDINGS);
  let state: u32 = 0;
  while (p < end) {
    if (load<u8>(endings + state) & 1) return true;
    const b = <u32>load<u8>(p);
    let kind: u32;
    if (b < 0x80) {
      kind = load<u16>(ascii + (b << 1));
      p++;
    } else {
      kind = classOf(automaton, pointAt(p, b));
      p += b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
    }
    state = load<u16>(steps + ((state * classes + kind) << 1));
    if (state == 0xffff) return false;
  }
  return load<u8>(endings + state) != 0;
}

function pointAt(p: usize, lead: u32): u32 {
  const second = <u32>load<u8>(p, 1) & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = <u32>load<u8>(p, 2) & 0x3f;
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 7) << 18) | (second << 12) | (third << 6) | (<u32>load<u8>(p, 3) & 0x3f);
}

/** Class of the last range that does not begin above the code point; ranges begin at 0. */
function classOf(automaton: usize, point: u32): u32 {
  const bounds: usize = load<u32>(automaton, BOUNDS);
  let low: u32 = 0;
  let high = load<u32>(automaton, BOUND_COUNT);
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (load<u32>(bounds + (middle << 2)) <= point) low = middle;
    else high = middle;
  }
  return load<u16>(<usize>load<u32>(automaton, BOUND_CLASSES) + (low << 1));
}
