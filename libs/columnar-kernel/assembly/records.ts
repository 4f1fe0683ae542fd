// Records of one batch: framing, range, and the reading of each value.
import { CHUNK_ROWS, DOMAIN_SIZE, ROWS, ROWS_KEPT } from './layout';
import { B_SEEN, B_RECORDS, B_TOMBSTONES, B_FIRST_DELTA, B_LAST_DELTA, B_INDEX, B_VALUE_BYTES } from './layout';
import { B_FIRST_TIME, B_LAST_TIME, R_DELTA, R_START, R_TIME, R_KEY, R_KEY_END, R_VALUE, R_VALUE_END } from './layout';
import { R_HEADERS, R_HEADERS_START, R_END } from './layout';
import { PLANTED, ONE_ROW_TOO_MANY } from './planted';
import { readObject, skipSpace } from './values';
import { clearFull, dropRows, isFull, keepRows } from './columns';
import { closeNames } from './keys';

/** Every record of the batch was read. */
export const FINISHED: i32 = 0;
/** The chunk has no room for the record under the cursor: take it over, empty it, and go on. */
export const CHUNK_FULL: i32 = 1;
/** The record under the cursor is a doubt; going on begins behind it. */
export const DOUBT: i32 = 2;
/** The framing of the record under the cursor cannot be told to be sound here; nothing behind it was read. */
export const BROKEN: i32 = 3;

let BATCH: usize = 0;
let ROOT: usize = 0; // domain
let INNER_DOMAINS: usize = 0;
let innerDomainCount: u32 = 0;
let OFFSETS: usize = 0; // i64 each
let TIMES: usize = 0; // i64 each
let TIMES_VALIDITY: usize = 0;
let rootMembers: usize = 0;
let valueBytesMax: u32 = 0;
let SCHEMA_IDS: usize = 0;
let schemaIdCount: u32 = 0;

export function prepareRecords(
  batch: usize,
  root: usize,
  members: usize,
  innerDomains: usize,
  domainCount: u32,
  offsets: usize,
  times: usize,
  timesValidity: usize,
  bytesMax: u32,
  schemaIds: usize,
  schemaCount: u32,
): void {
  BATCH = batch;
  ROOT = root;
  rootMembers = members;
  INNER_DOMAINS = innerDomains;
  innerDomainCount = domainCount;
  OFFSETS = offsets;
  TIMES = times;
  TIMES_VALIDITY = timesValidity;
  valueBytesMax = bytesMax;
  SCHEMA_IDS = schemaIds;
  schemaIdCount = schemaCount;
}

/** Last time that a table shows: 2255-06-05, whose microseconds a double counts exactly. */
const TIME_MAX: i64 = 9_007_199_254_740;

let records: usize = 0;
let recordsEnd: usize = 0;
let cursor: usize = 0;
let recordCount: u32 = 0;
let baseOffset: i64 = 0;
let baseTime: i64 = 0;
let isLogAppendTime: bool = false;
let lastDelta: i32 = 0;
let previousDelta: i32 = -1;
let lowestDelta: i64 = 0;
let endDelta: i64 = 0;

/** Begins a batch whose uncompressed records are [start, end). Deltas outside of [lowest, below) are passed over. */
export function beginRecords(
  start: usize,
  end: usize,
  count: u32,
  offset: i64,
  time: i64,
  isAppendTime: bool,
  lastOffsetDelta: i32,
  lowest: i64,
  below: i64,
): void {
  records = start;
  recordsEnd = end;
  cursor = start;
  recordCount = count;
  baseOffset = offset;
  baseTime = time;
  isLogAppendTime = isAppendTime;
  lastDelta = lastOffsetDelta;
  previousDelta = -1;
  lowestDelta = lowest;
  endDelta = below;
  memory.fill(BATCH, 0, 48);
  store<i32>(BATCH, -1, B_FIRST_DELTA);
}

// Result of the varint readers: the value, and the position behind it or 0.
let value: i32 = 0;
let longValue: i64 = 0;

/** Zigzag varint of at most five bytes; the bytes behind the records are zero, so it ends. */
// @ts-ignore: decorator
@inline
function readVarint(p: usize): usize {
  let b = <u32>load<u8>(p++);
  let raw = b & 127;
  if (b & 128) {
    for (let shift: u32 = 7; b & 128; shift += 7) {
      if (shift > 28) return 0;
      b = load<u8>(p++);
      raw |= (b & 127) << shift;
    }
  }
  value = <i32>(raw >>> 1) ^ -(<i32>raw & 1);
  return p;
}

/** Zigzag varint of at most seven bytes, which doubles count exactly; longer ones are not read here. */
// @ts-ignore: decorator
@inline
function readVarlong(p: usize): usize {
  let b = <u64>load<u8>(p++);
  let raw = b & 127;
  for (let shift: u64 = 7; b & 128; shift += 7) {
    if (shift > 42) return 0;
    b = load<u8>(p++);
    raw |= (b & 127) << shift;
  }
  longValue = <i64>(raw >>> 1) ^ -(<i64>raw & 1);
  return p;
}

/** Reads the framing of the record at the cursor into the record table. Returns its end, or 0. */
function readFrame(): usize {
  const first = <i32>(cursor - records);
  let p = readVarint(cursor);
  if (!p || value < 6) return 0;
  const end = p + value;
  if (end > recordsEnd) return 0;
  p = readVarlong(p + 1);
  if (!p) return 0;
  store<i64>(BATCH, isLogAppendTime ? baseTime : baseTime + longValue, R_TIME);
  p = readVarint(p);
  if (!p) return 0;
  store<i32>(BATCH, value, R_DELTA);
  p = readVarint(p);
  if (!p || value < -1) return 0;
  store<i32>(BATCH, value < 0 ? -1 : <i32>(p - records), R_KEY);
  if (value > 0) p += value;
  if (p > end) return 0;
  store<i32>(BATCH, <i32>(p - records), R_KEY_END);
  p = readVarint(p);
  if (!p || value < -1) return 0;
  store<i32>(BATCH, value < 0 ? -1 : <i32>(p - records), R_VALUE);
  if (value > 0) p += value;
  if (p > end) return 0;
  store<i32>(BATCH, <i32>(p - records), R_VALUE_END);
  p = readVarint(p);
  if (!p || value < 0) return 0;
  store<i32>(BATCH, value, R_HEADERS);
  store<i32>(BATCH, <i32>(p - records), R_HEADERS_START);
  store<i32>(BATCH, first, R_START);
  store<i32>(BATCH, <i32>(end - records), R_END);
  return headersEndAt(p, end, value) ? end : 0;
}

function headersEndAt(p: usize, end: usize, count: i32): bool {
  for (; count; count--) {
    p = readVarint(p);
    if (!p || value < 0) return false;
    p += value;
    if (p > end) return false;
    p = readVarint(p);
    if (!p || value < -1) return false;
    if (value > 0) p += value;
    if (p > end) return false;
  }
  return p == end;
}

/** Reads on until something is to be done. */
export function readRecords(): i32 {
  let index = load<u32>(BATCH, B_INDEX);
  for (; index < recordCount; index++) {
    const end = readFrame();
    const delta = load<i32>(BATCH, R_DELTA);
    if (!end || delta <= previousDelta || delta > lastDelta) {
      store<u32>(BATCH, index, B_INDEX);
      return BROKEN;
    }
    if (<i64>delta < lowestDelta || <i64>delta >= endDelta) {
      previousDelta = delta;
      cursor = end;
      continue;
    }
    const start = load<i32>(BATCH, R_VALUE);
    if (start >= 0) {
      const row = load<u32>(ROOT, ROWS);
      const isFullChunk = PLANTED == ONE_ROW_TOO_MANY ? row > CHUNK_ROWS : row >= CHUNK_ROWS;
      if (isFullChunk) {
        store<u32>(BATCH, index, B_INDEX);
        return CHUNK_FULL;
      }
      const status = takeValue(records + start, records + load<i32>(BATCH, R_VALUE_END), delta, row);
      if (status == CHUNK_FULL) {
        store<u32>(BATCH, index, B_INDEX);
        return CHUNK_FULL;
      }
      note(delta, end);
      store<u32>(BATCH, load<u32>(BATCH, B_RECORDS) + 1, B_RECORDS);
      if (status == DOUBT) {
        store<u32>(BATCH, index + 1, B_INDEX);
        return DOUBT;
      }
    } else {
      note(delta, end);
      store<u32>(BATCH, load<u32>(BATCH, B_TOMBSTONES) + 1, B_TOMBSTONES);
    }
  }
  store<u32>(BATCH, index, B_INDEX);
  return cursor == recordsEnd ? FINISHED : BROKEN;
}

function note(delta: i32, end: usize): void {
  const time = load<i64>(BATCH, R_TIME);
  if (load<i32>(BATCH, B_FIRST_DELTA) < 0) {
    store<i32>(BATCH, delta, B_FIRST_DELTA);
    store<i64>(BATCH, time, B_FIRST_TIME);
  }
  store<i32>(BATCH, delta, B_LAST_DELTA);
  store<i64>(BATCH, time, B_LAST_TIME);
  store<u32>(BATCH, load<u32>(BATCH, B_SEEN) + 1, B_SEEN);
  previousDelta = delta;
  cursor = end;
}

/** Reads the value [p, end) as the next row. */
function takeValue(p: usize, end: usize, delta: i32, row: u32): i32 {
  store<f64>(BATCH, load<f64>(BATCH, B_VALUE_BYTES) + <f64>(end - p), B_VALUE_BYTES);
  if (schemaIdCount && p + 5 <= end && !load<u8>(p)) {
    if (!isSchemaId(bswap(load<u32>(p, 1)))) return DOUBT;
    p += 5;
  }
  if (<u32>(end - p) > valueBytesMax) return DOUBT;
  closeNames(0);
  clearFull();
  p = skipSpace(p);
  if (p < end && load<u8>(p) == 0x7b) {
    p = readObject(p, rootMembers, row, 1);
    while (p && p < end && isSpace(load<u8>(p))) p++;
    if (p == end) {
      keepRow(row, baseOffset + delta, load<i64>(BATCH, R_TIME));
      return FINISHED;
    }
  }
  dropRow(row);
  // A second time in an empty chunk will not find more room.
  return isFull && row > 0 ? CHUNK_FULL : DOUBT;
}

function isSpace(b: u32): bool {
  return b == 0x20 || b == 0x0a || b == 0x0d || b == 0x09;
}

function isSchemaId(id: u32): bool {
  for (let i: u32 = 0; i < schemaIdCount; i++) if (load<u32>(SCHEMA_IDS + (i << 2)) == id) return true;
  return false;
}

/** Completes row `row`, whose values are written. */
export function keepRow(row: u32, offset: i64, time: i64): void {
  store<i64>(OFFSETS + (row << 3), offset);
  const isShown = time >= 0 && time <= TIME_MAX;
  store<i64>(TIMES + (row << 3), isShown ? time * 1000 : 0);
  if (!isShown) {
    const at = TIMES_VALIDITY + (row >> 3);
    store<u8>(at, <u32>load<u8>(at) & ~(1 << (row & 7)));
  }
  store<u32>(ROOT, row + 1, ROWS);
  for (let i: u32 = 0; i < innerDomainCount; i++) keepRows(INNER_DOMAINS + <usize>i * DOMAIN_SIZE);
}

/** Takes back what was written for row `row`. */
export function dropRow(row: u32): void {
  dropRows(ROOT, row, row + 1);
  for (let i: u32 = 0; i < innerDomainCount; i++) {
    const domain = INNER_DOMAINS + <usize>i * DOMAIN_SIZE;
    dropRows(domain, load<u32>(domain, ROWS_KEPT), load<u32>(domain, ROWS));
  }
}
