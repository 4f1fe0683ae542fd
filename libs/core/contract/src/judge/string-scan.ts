import { refuse } from './cursor.ts';
import type { Cursor } from './cursor.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** 1 for bytes that stand for themselves inside a string: ASCII but control characters, quote and backslash. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, b) =>
  b >= 0x20 && b < 0x80 && b !== QUOTE && b !== BACKSLASH ? 1 : 0,
);

/** Value of a simple escape (`n` -> line feed), 0 when the letter is none. */
const SIMPLE_ESCAPE = new Uint8Array(256);
for (const [letter, value] of Object.entries({
  '"': 0x22,
  '\\': 0x5c,
  '/': 0x2f,
  b: 0x08,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
})) {
  SIMPLE_ESCAPE[letter.charCodeAt(0)] = value;
}

/** Scans the string whose opening quote is at the cursor: UTF-8, escapes, NUL and surrogates are checked. */
export function scanString(cursor: Cursor): boolean {
  const { bytes, end } = cursor;
  let p = cursor.pos + 1;
  cursor.textStart = p;
  let isEscaped = false;
  let isAscii = true;
  for (;;) {
    while (p < end && PLAIN[bytes[p]!] === 1) p++;
    if (p >= end) return refuse(cursor, 'invalid-json', 'a string is not closed');
    const b = bytes[p]!;
    if (b === QUOTE) break;
    if (b === BACKSLASH) {
      isEscaped = true;
      p = escapeEnd(cursor, p);
    } else if (b >= 0x80) {
      isAscii = false;
      p = sequenceEnd(cursor, p);
    } else {
      return b === 0
        ? refuse(cursor, 'nul-character', 'a string contains the byte 0x00')
        : refuse(cursor, 'invalid-json', 'a string contains a control character that is not escaped');
    }
    if (p < 0) return false;
  }
  cursor.textEnd = p;
  cursor.isTextEscaped = isEscaped;
  cursor.isTextAscii = isAscii;
  cursor.pos = p + 1;
  return true;
}

/** Position after the escape at `p`, or -1. */
function escapeEnd(cursor: Cursor, p: number): number {
  const { bytes, end } = cursor;
  if (p + 1 >= end) return failed(refuse(cursor, 'invalid-json', 'a string is not closed'));
  const letter = bytes[p + 1]!;
  if (SIMPLE_ESCAPE[letter] !== 0) return p + 2;
  if (letter !== 0x75) return failed(refuse(cursor, 'invalid-json', 'a string contains an unknown escape'));
  const unit = hexUnit(bytes, p + 2, end);
  if (unit < 0) return failed(refuse(cursor, 'invalid-json', 'a \\u escape needs four hexadecimal digits'));
  if (unit === 0) return failed(refuse(cursor, 'nul-character', 'a string contains the escape \\u0000'));
  if (unit < 0xd800 || unit > 0xdfff) return p + 6;
  const low =
    unit < 0xdc00 && bytes[p + 6] === BACKSLASH && bytes[p + 7] === 0x75 ? hexUnit(bytes, p + 8, end) : -1;
  if (low >= 0xdc00 && low <= 0xdfff) return p + 12;
  return failed(
    refuse(cursor, 'invalid-utf8', 'a \\u escape is one half of a surrogate pair without the other'),
  );
}

const failed = (_refused: false): number => -1;

/** Value of the four hexadecimal digits at `p`, or -1. */
function hexUnit(bytes: Uint8Array, p: number, end: number): number {
  if (p + 4 > end) return -1;
  let unit = 0;
  for (let i = p; i < p + 4; i++) {
    const digit = hexDigit(bytes[i]!);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

function hexDigit(b: number): number {
  if (b >= 0x30 && b <= 0x39) return b - 0x30;
  const lower = b | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Position after the UTF-8 sequence that begins at `p` (Unicode 15, table 3-7), or -1. */
function sequenceEnd(cursor: Cursor, p: number): number {
  const { bytes, end } = cursor;
  const lead = bytes[p]!;
  const length =
    lead >= 0xc2 && lead <= 0xdf
      ? 2
      : lead >= 0xe0 && lead <= 0xef
        ? 3
        : lead >= 0xf0 && lead <= 0xf4
          ? 4
          : 0;
  if (length === 0 || p + length > end) return badSequence(cursor);
  const second = bytes[p + 1]!;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return badSequence(cursor);
  for (let i = p + 2; i < p + length; i++) if ((bytes[i]! & 0xc0) !== 0x80) return badSequence(cursor);
  return p + length;
}

const badSequence = (cursor: Cursor): number =>
  failed(refuse(cursor, 'invalid-utf8', 'a string is not valid UTF-8'));

/**
 * Writes the string scanned last into the scratch buffer without its escapes. The text is scratch[returned start,
 * cursor.scratchEnd). The string must have passed `scanString`.
 */
export function unescapeText(cursor: Cursor): number {
  reserveScratch(cursor);
  const { bytes, scratch, textEnd } = cursor;
  const start = cursor.scratchEnd;
  let w = start;
  for (let p = cursor.textStart; p < textEnd;) {
    const b = bytes[p]!;
    if (b !== BACKSLASH) {
      scratch[w++] = b;
      p++;
    } else if (bytes[p + 1] !== 0x75) {
      scratch[w++] = SIMPLE_ESCAPE[bytes[p + 1]!]!;
      p += 2;
    } else {
      const unit = hexUnit(bytes, p + 2, textEnd);
      const isPair = unit >= 0xd800 && unit <= 0xdbff;
      const point = isPair
        ? 0x10000 + ((unit - 0xd800) << 10) + (hexUnit(bytes, p + 8, textEnd) - 0xdc00)
        : unit;
      w = writePoint(scratch, w, point);
      p += isPair ? 12 : 6;
    }
  }
  cursor.scratchEnd = w;
  return start;
}

/** Unescaping never lengthens a string. Positions handed out earlier stay valid when the buffer grows. */
function reserveScratch(cursor: Cursor): void {
  const needed = cursor.scratchEnd + (cursor.textEnd - cursor.textStart);
  if (needed <= cursor.scratch.length) return;
  const grown = new Uint8Array(Math.max(needed, cursor.scratch.length * 2));
  grown.set(cursor.scratch.subarray(0, cursor.scratchEnd));
  cursor.scratch = grown;
}

function writePoint(out: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    out[at] = point;
    return at + 1;
  }
  if (point < 0x800) {
    out[at] = 0xc0 | (point >> 6);
    out[at + 1] = 0x80 | (point & 0x3f);
    return at + 2;
  }
  if (point < 0x10000) {
    out[at] = 0xe0 | (point >> 12);
    out[at + 1] = 0x80 | ((point >> 6) & 0x3f);
    out[at + 2] = 0x80 | (point & 0x3f);
    return at + 3;
  }
  out[at] = 0xf0 | (point >> 18);
  out[at + 1] = 0x80 | ((point >> 12) & 0x3f);
  out[at + 2] = 0x80 | ((point >> 6) & 0x3f);
  out[at + 3] = 0x80 | (point & 0x3f);
  return at + 4;
}
