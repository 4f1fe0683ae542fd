import { DEPTH_MAX, peek, refuse, skipSpace } from './cursor.ts';
import type { Cursor } from './cursor.ts';
import { scanNumber } from './number-scan.ts';
import { scanString, unescapeText } from './string-scan.ts';
import { decodeUtf8 } from './text.ts';

/** Checks the value at the cursor completely and moves behind it. `depth` is the level of the enclosing object. */
export function skipValue(cursor: Cursor, depth: number): boolean {
  switch (peek(cursor)) {
    case 0x22:
      return scanString(cursor);
    case 0x7b:
      return skipObject(cursor, depth + 1);
    case 0x5b:
      return skipArray(cursor, depth + 1);
    case 0x74:
    case 0x66:
    case 0x6e:
      return scanWord(cursor);
    default:
      return cursor.pos < cursor.end
        ? scanNumber(cursor)
        : refuse(cursor, 'invalid-json', 'the record ends early');
  }
}

const WORDS: Readonly<Record<number, readonly number[]>> = {
  0x74: [0x74, 0x72, 0x75, 0x65],
  0x66: [0x66, 0x61, 0x6c, 0x73, 0x65],
  0x6e: [0x6e, 0x75, 0x6c, 0x6c],
};

/** Scans `true`, `false` or `null`, whose first letter is at the cursor. */
export function scanWord(cursor: Cursor): boolean {
  const word = WORDS[cursor.bytes[cursor.pos]!]!;
  const after = cursor.pos + word.length;
  if (after > cursor.end) return refuse(cursor, 'invalid-json', 'the record ends early');
  for (let i = 0; i < word.length; i++) {
    if (cursor.bytes[cursor.pos + i] !== word[i])
      return refuse(cursor, 'invalid-json', 'a value is expected');
  }
  cursor.pos = after;
  return true;
}

/** Notes the name scanned last in the object opened with `mark`; a second time is refused. */
export function addKey(cursor: Cursor, mark: number): boolean {
  if (!cursor.isTextEscaped) return addRange(cursor, mark, cursor.bytes, cursor.textStart, cursor.textEnd);
  const start = unescapeText(cursor);
  return addRange(cursor, mark, cursor.scratch, start, cursor.scratchEnd);
}

function addRange(cursor: Cursor, mark: number, buffer: Uint8Array, start: number, end: number): boolean {
  return cursor.keys.add(mark, buffer, start, end) || refuseDuplicate(cursor, decodeUtf8(buffer, start, end));
}

export function refuseDuplicate(cursor: Cursor, key: string): false {
  cursor.faultKey = key;
  return refuse(cursor, 'duplicate-key', 'an object has two members of the same name');
}

/** Moves from behind a member name over the colon to its value. */
export function enterValue(cursor: Cursor): boolean {
  skipSpace(cursor);
  if (peek(cursor) !== 0x3a) return refuse(cursor, 'invalid-json', 'a colon is expected after a member name');
  cursor.pos++;
  skipSpace(cursor);
  return true;
}

function skipObject(cursor: Cursor, depth: number): boolean {
  if (depth > DEPTH_MAX) return refuseDeep(cursor);
  const mark = cursor.keys.open();
  cursor.pos++;
  skipSpace(cursor);
  if (peek(cursor) === 0x7d) {
    cursor.pos++;
    return true;
  }
  for (;;) {
    if (peek(cursor) !== 0x22) return refuse(cursor, 'invalid-json', 'a member name is expected');
    if (!scanString(cursor) || !addKey(cursor, mark) || !enterValue(cursor) || !skipValue(cursor, depth))
      return false;
    const next = nextAfter(cursor, 0x7d);
    if (next === 'refused') return false;
    if (next === 'closed') break;
  }
  cursor.keys.close(mark);
  return true;
}

function skipArray(cursor: Cursor, depth: number): boolean {
  if (depth > DEPTH_MAX) return refuseDeep(cursor);
  cursor.pos++;
  skipSpace(cursor);
  if (peek(cursor) === 0x5d) {
    cursor.pos++;
    return true;
  }
  for (;;) {
    if (!skipValue(cursor, depth)) return false;
    const next = nextAfter(cursor, 0x5d);
    if (next === 'refused') return false;
    if (next === 'closed') return true;
  }
}

/** After one member or element: a comma (then the next one begins at the cursor), the closing bracket, or neither. */
export function nextAfter(cursor: Cursor, close: number): 'more' | 'closed' | 'refused' {
  skipSpace(cursor);
  const b = peek(cursor);
  if (b === 0x2c) {
    cursor.pos++;
    skipSpace(cursor);
    return 'more';
  }
  if (b === close) {
    cursor.pos++;
    return 'closed';
  }
  refuse(
    cursor,
    'invalid-json',
    b < 0
      ? 'the record ends early'
      : `a comma or ${close === 0x7d ? 'closing brace' : 'closing bracket'} is expected`,
  );
  return 'refused';
}

export const refuseDeep = (cursor: Cursor): false =>
  refuse(cursor, 'too-deep', `objects and arrays are nested deeper than ${DEPTH_MAX} levels`);
