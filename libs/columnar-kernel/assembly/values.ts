// JSON values into columns, driven by the nodes. Every reader returns the position behind the value, or 0: a doubt, or no
// room (`isFull`). A reader may walk past the end of its record into what follows; the record is taken only when it
// closes exactly at its end, so nothing behind it has been taken then.
import { DATA, DEPTH_MAX, DIGITS_MAX, DOMAIN_SIZE, INNER, INNER_DOMAIN, INNER_KEY, IS_GUARDED } from './layout';
import { IS_REQUIRED, KEY_LENGTH, KIND, LEAST, MOST, LOWEST, HIGHEST, IS_ABOVE, IS_BELOW } from './layout';
import { LEAST_WIDE, MOST_WIDE, MEMBERS, NODE_SHIFT, REFUSES_EMPTY, SCALE, SEEN_IN, STEP } from './layout';
import { CHOICES, CHOICE_COUNT, COUNT_MIN, COUNT_MAX, WIDTH, FIRST, COUNT, FOLLOWERS, ROWS, ROOM } from './layout';
import { TEXT, JSON as JSON_TEXT, BOOLEAN, WHOLE, WIDE, FLOAT, DOUBLE, DATE } from './layout';
import { TIMESTAMP, TIMESTAMP_NTZ, BINARY, STRUCT, ARRAY, MAP } from './layout';
import { PLANTED, MISSES_DUPLICATE_KEY } from './planted';
import { closingQuote, hasEscape, unescape } from './text';
import { scanNumber, readWhole, readWide, readReal, readFloat } from './number';
import { whole, wideLow, wideHigh, real, single } from './number';
import { readDate, readTimestamp, days, micros } from './time';
import { setNull, writeText, markFull, isFull } from './columns';
import { addName, closeNames, findMember, isKeyAt, openNames, UNKNOWN } from './keys';
import { decodeBase64 } from './base64';

const NULL_WORD: u32 = 0x6c6c756e;
const TRUE_WORD: u32 = 0x65757274;
const FALS_WORD: u32 = 0x736c6166;

let refusesUnknown: bool = false;
let SCRATCH: usize = 0;
let scratchRoom: u32 = 0;
/** Objects read so far; tells in which one a member was seen last. */
let objects: u64 = 0;

export function prepareValues(scratch: usize, room: u32, unknownIsDoubt: bool): void {
  SCRATCH = scratch;
  scratchRoom = room;
  refusesUnknown = unknownIsDoubt;
}

// @ts-ignore: decorator
@inline
function space(p: usize): usize {
  return load<u8>(p) > 32 ? p : skipSpace(p);
}

export function skipSpace(p: usize): usize {
  while (true) {
    const b = <u32>load<u8>(p);
    if (b != 0x20 && b != 0x0a && b != 0x0d && b != 0x09) return p;
    p++;
  }
}

/** Reads the object whose brace is at p into row `row` of its members. */
export function readObject(p: usize, members: usize, row: u32, depth: u32): usize {
  if (depth > DEPTH_MAX) return 0;
  const first: usize = load<u32>(members, FIRST);
  const count = load<u32>(members, COUNT);
  const followers: usize = load<u32>(members, FOLLOWERS);
  const object = ++objects;
  const mark = openNames;
  let previous: u32 = 0;
  let seen: u32 = 0;
  p = space(p + 1);
  if (load<u8>(p) == 0x7d) p++;
  else {
    while (true) {
      if (load<u8>(p) != 0x22) return 0;
      let member = <u32>load<u16>(followers + (previous << 1));
      let node = first + (member << NODE_SHIFT);
      if (isKeyAt(p, node)) p += load<u32>(node, KEY_LENGTH);
      else {
        const end = closingQuote(p + 1);
        if (!end || hasEscape) return 0;
        const length = <u32>(end - p - 1);
        member = findMember(members, p + 1, length);
        if (member == UNKNOWN) {
          if (refusesUnknown || !addName(mark, p + 1, length)) return 0;
          p = space(end + 1);
          if (load<u8>(p) != 0x3a) return 0;
          p = skipValue(space(p + 1), depth);
          if (!p) return 0;
        } else {
          store<u16>(followers + (previous << 1), member);
          node = first + (member << NODE_SHIFT);
          p = end + 1;
        }
      }
      if (member != UNKNOWN) {
        if (load<u64>(node, SEEN_IN) == object && PLANTED != MISSES_DUPLICATE_KEY) return 0;
        store<u64>(node, object, SEEN_IN);
        seen++;
        previous = member + 1;
        p = space(p);
        if (load<u8>(p) != 0x3a) return 0;
        p = readValue(space(p + 1), node, row, depth);
        if (!p) return 0;
      }
      p = space(p);
      const b = <u32>load<u8>(p++);
      if (b == 0x2c) p = space(p);
      else if (b == 0x7d) break;
      else return 0;
    }
  }
  closeNames(mark);
  if (seen < count && !fillAbsent(first, count, object, row)) return 0;
  return p;
}

function fillAbsent(node: usize, count: u32, object: u64, row: u32): bool {
  for (; count; count--, node += 1 << NODE_SHIFT) {
    if (load<u64>(node, SEEN_IN) == object) continue;
    if (load<u8>(node, IS_REQUIRED)) return false;
    setNull(node, row);
  }
  return true;
}

function readValue(p: usize, node: usize, row: u32, depth: u32): usize {
  const b = <u32>load<u8>(p);
  if (b == 0x6e) {
    if (load<u32>(p) != NULL_WORD || load<u8>(node, IS_REQUIRED)) return 0;
    setNull(node, row);
    return p + 4;
  }
  if (load<u8>(node, IS_GUARDED)) return 0;
  const kind = <u32>load<u8>(node, KIND);
  if (kind == TEXT) return b == 0x22 ? readText(p + 1, node, row) : 0;
  switch (kind) {
    case WHOLE:
      return readWholeValue(p, node, row);
    case DOUBLE: {
      const end = scanNumber(p);
      if (!end || !readReal() || !isInBounds(node, real)) return 0;
      store<f64>(<usize>load<u32>(node, DATA) + (row << 3), real);
      return end;
    }
    case TIMESTAMP:
    case TIMESTAMP_NTZ: {
      if (b != 0x22) return 0;
      const end = closingQuote(p + 1);
      if (!end || hasEscape || !readTimestamp(p + 1, end, kind == TIMESTAMP)) return 0;
      if (!keepsWholeRules(node, micros)) return 0;
      store<i64>(<usize>load<u32>(node, DATA) + (row << 3), micros);
      return end + 1;
    }
    case BOOLEAN: {
      const at = <usize>load<u32>(node, DATA) + row;
      const word = load<u32>(p);
      if (word == TRUE_WORD) {
        store<u8>(at, 1);
        return p + 4;
      }
      if (word != FALS_WORD || load<u8>(p, 4) != 0x65) return 0;
      store<u8>(at, 0);
      return p + 5;
    }
    case DATE: {
      if (b != 0x22) return 0;
      const end = closingQuote(p + 1);
      if (!end || hasEscape || end != p + 11 || !readDate(p + 1)) return 0;
      if (!keepsWholeRules(node, days)) return 0;
      store<i32>(<usize>load<u32>(node, DATA) + (row << 2), days);
      return end + 1;
    }
    case FLOAT: {
      const end = scanNumber(p);
      if (!end || !readFloat() || !isInBounds(node, single)) return 0;
      store<f32>(<usize>load<u32>(node, DATA) + (row << 2), single);
      return end;
    }
    case WIDE:
      return readWideValue(p, node, row);
    case STRUCT:
      return b == 0x7b ? readObject(p, load<u32>(node, MEMBERS), row, depth + 1) : 0;
    case ARRAY:
      return b == 0x5b ? readArray(p, node, row, depth + 1) : 0;
    case MAP:
      return b == 0x7b ? readMap(p, node, row, depth + 1) : 0;
    case JSON_TEXT: {
      const end = skipValue(p, depth);
      return end && writeText(node, row, p, <u32>(end - p), false) ? end : 0;
    }
    case BINARY:
      return b == 0x22 ? readBinary(p + 1, node, row) : 0;
    default:
      return 0;
  }
}

function readText(p: usize, node: usize, row: u32): usize {
  const end = closingQuote(p);
  if (!end) return 0;
  let from = p;
  let length = <u32>(end - p);
  if (hasEscape) {
    if (length > scratchRoom) return 0;
    length = unescape(p, end, SCRATCH);
    from = SCRATCH;
  }
  if (length == 0 && load<u8>(node, REFUSES_EMPTY)) return 0;
  return writeText(node, row, from, length, true) ? end + 1 : 0;
}

function readBinary(p: usize, node: usize, row: u32): usize {
  const end = closingQuote(p);
  if (!end || hasEscape || <u32>(end - p) > scratchRoom) return 0;
  const length = decodeBase64(p, end, SCRATCH);
  return length >= 0 && writeText(node, row, SCRATCH, length, false) ? end + 1 : 0;
}

function readWholeValue(p: usize, node: usize, row: u32): usize {
  const end = scanNumber(p);
  if (!end || !readWhole(load<i32>(node, SCALE)) || !keepsWholeRules(node, whole)) return 0;
  const width = load<u32>(node, WIDTH);
  const at = <usize>load<u32>(node, DATA) + row * width;
  if (width == 8) store<i64>(at, whole);
  else if (width == 4) store<i32>(at, <i32>whole);
  else if (width == 2) store<i16>(at, <i16>whole);
  else store<i8>(at, <i8>whole);
  return end;
}

/** Range of the type and of the rules, steps and choices. */
function keepsWholeRules(node: usize, value: i64): bool {
  if (value < load<i64>(node, LEAST) || value > load<i64>(node, MOST)) return false;
  const step = load<i64>(node, STEP);
  if (step && value % step != 0) return false;
  let left = load<u32>(node, CHOICE_COUNT);
  if (!left) return true;
  for (let at: usize = load<u32>(node, CHOICES); left; left--, at += 8) if (load<i64>(at) == value) return true;
  return false;
}

function isInBounds(node: usize, value: f64): bool {
  const lowest = load<f64>(node, LOWEST);
  const highest = load<f64>(node, HIGHEST);
  if (value < lowest || value > highest) return false;
  return !(
    (value == lowest && load<u8>(node, IS_ABOVE)) ||
    (value == highest && load<u8>(node, IS_BELOW))
  );
}

function readWideValue(p: usize, node: usize, row: u32): usize {
  const end = scanNumber(p);
  if (!end || !readWide(p, load<i32>(node, SCALE), load<u32>(node, DIGITS_MAX))) return 0;
  if (isWideBelow(wideLow, wideHigh, load<u64>(node, LEAST_WIDE), load<i64>(node, LEAST_WIDE + 8))) return 0;
  if (isWideBelow(load<u64>(node, MOST_WIDE), load<i64>(node, MOST_WIDE + 8), wideLow, wideHigh)) return 0;
  const at = <usize>load<u32>(node, DATA) + (row << 4);
  store<u64>(at, wideLow);
  store<i64>(at, wideHigh, 8);
  return end;
}

function isWideBelow(low: u64, high: i64, otherLow: u64, otherHigh: i64): bool {
  return high < otherHigh || (high == otherHigh && low < otherLow);
}

/** One more row of the entries of an array or map, or -1 when there is no room. */
function addEntry(domain: usize): i32 {
  const row = load<u32>(domain, ROWS);
  if (row == load<u32>(domain, ROOM)) {
    markFull();
    return -1;
  }
  store<u32>(domain, row + 1, ROWS);
  return row;
}

function writeEntries(node: usize, row: u32, first: u32, count: u32): bool {
  if (count < load<u32>(node, COUNT_MIN) || count > load<u32>(node, COUNT_MAX)) return false;
  const at = <usize>load<u32>(node, DATA) + (row << 4);
  store<u64>(at, first);
  store<u64>(at, count, 8);
  return true;
}

function readArray(p: usize, node: usize, row: u32, depth: u32): usize {
  if (depth > DEPTH_MAX) return 0;
  const domain: usize = load<u32>(node, INNER_DOMAIN);
  const inner: usize = load<u32>(node, INNER);
  const first = load<u32>(domain, ROWS);
  let count: u32 = 0;
  p = space(p + 1);
  if (load<u8>(p) == 0x5d) p++;
  else {
    while (true) {
      const entry = addEntry(domain);
      if (entry < 0) return 0;
      p = readValue(p, inner, entry, depth);
      if (!p) return 0;
      count++;
      p = space(p);
      const b = <u32>load<u8>(p++);
      if (b == 0x2c) p = space(p);
      else if (b == 0x5d) break;
      else return 0;
    }
  }
  return writeEntries(node, row, first, count) ? p : 0;
}

function readMap(p: usize, node: usize, row: u32, depth: u32): usize {
  if (depth > DEPTH_MAX) return 0;
  const domain: usize = load<u32>(node, INNER_DOMAIN);
  const inner: usize = load<u32>(node, INNER);
  const key: usize = load<u32>(node, INNER_KEY);
  const first = load<u32>(domain, ROWS);
  const mark = openNames;
  let count: u32 = 0;
  p = space(p + 1);
  if (load<u8>(p) == 0x7d) p++;
  else {
    while (true) {
      if (load<u8>(p) != 0x22) return 0;
      const end = closingQuote(p + 1);
      if (!end || hasEscape || !addName(mark, p + 1, <u32>(end - p - 1))) return 0;
      const entry = addEntry(domain);
      if (entry < 0 || !writeText(key, entry, p + 1, <u32>(end - p - 1), false)) return 0;
      p = space(end + 1);
      if (load<u8>(p) != 0x3a) return 0;
      p = readValue(space(p + 1), inner, entry, depth);
      if (!p) return 0;
      count++;
      p = space(p);
      const b = <u32>load<u8>(p++);
      if (b == 0x2c) p = space(p);
      else if (b == 0x7d) break;
      else return 0;
    }
  }
  closeNames(mark);
  return writeEntries(node, row, first, count) ? p : 0;
}

/** Checks the value at p, which lies in an object or array of level `depth`, and moves behind it. */
function skipValue(p: usize, depth: u32): usize {
  const b = <u32>load<u8>(p);
  if (b == 0x22) {
    const end = closingQuote(p + 1);
    return end ? end + 1 : 0;
  }
  if (b == 0x7b) return skipObject(p, depth + 1);
  if (b == 0x5b) return skipArray(p, depth + 1);
  const word = load<u32>(p);
  if (word == TRUE_WORD || word == NULL_WORD) return p + 4;
  if (word == FALS_WORD) return load<u8>(p, 4) == 0x65 ? p + 5 : 0;
  return scanNumber(p);
}

function skipObject(p: usize, depth: u32): usize {
  if (depth > DEPTH_MAX) return 0;
  const mark = openNames;
  p = space(p + 1);
  if (load<u8>(p) == 0x7d) return p + 1;
  while (true) {
    if (load<u8>(p) != 0x22) return 0;
    const end = closingQuote(p + 1);
    if (!end || hasEscape || !addName(mark, p + 1, <u32>(end - p - 1))) return 0;
    p = space(end + 1);
    if (load<u8>(p) != 0x3a) return 0;
    p = skipValue(space(p + 1), depth);
    if (!p) return 0;
    p = space(p);
    const b = <u32>load<u8>(p++);
    if (b == 0x2c) p = space(p);
    else if (b == 0x7d) break;
    else return 0;
  }
  closeNames(mark);
  return p;
}

function skipArray(p: usize, depth: u32): usize {
  if (depth > DEPTH_MAX) return 0;
  p = space(p + 1);
  if (load<u8>(p) == 0x5d) return p + 1;
  while (true) {
    p = skipValue(p, depth);
    if (!p) return 0;
    p = space(p);
    const b = <u32>load<u8>(p++);
    if (b == 0x2c) p = space(p);
    else if (b == 0x5d) return p;
    else return 0;
  }
}
