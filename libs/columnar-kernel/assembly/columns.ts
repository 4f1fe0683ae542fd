// Writing typed values to columns: cells of texts, dictionaries, NULL.
import { DATA, VALIDITY, HEAP, HEAP_USED, HEAP_ROOM, HAS_NULL, KIND, MEMBERS, WIDTH } from './layout';
import { FIRST, COUNT, NODE_SHIFT, STRUCT } from './layout';
import { ROWS, ROWS_KEPT, NODES, NODE_COUNT } from './layout';
import { SLOTS, SLOT_CODES, ENTRIES, CODES, ENTRY_COUNT } from './layout';
import { PLANTED, LOSES_TWELFTH_BYTE } from './planted';
import { keepsTextRules } from './text';

export const INLINE_MAX: u32 = 12;
/** Codes of a dictionary are bytes; DuckDB's ENUM of one byte holds no more. */
export const ENTRIES_MAX: i32 = 254;
const SLOT_MASK: u32 = 511;

/** 13 masks of 16 bytes: the first n bytes set. */
let MASKS: usize = 0;

/** Takes 13 * 16 bytes at `at`. */
export function prepareColumns(at: usize): void {
  MASKS = at;
  for (let n: usize = 0; n <= INLINE_MAX; n++) {
    for (let i: usize = 0; i < 16; i++) {
      const kept: usize = PLANTED == LOSES_TWELFTH_BYTE && n == 12 ? 11 : n;
      store<u8>(at + n * 16 + i, i < kept ? 255 : 0);
    }
  }
}

/** Set when a value found no room in the chunk; the record can be read again in an empty one. */
export let isFull: bool = false;
export function clearFull(): void {
  isFull = false;
}
export function markFull(): void {
  isFull = true;
}

export function setNull(node: usize, row: u32): void {
  const at = <usize>load<u32>(node, VALIDITY) + (row >> 3);
  store<u8>(at, <u32>load<u8>(at) & ~(1 << (row & 7)));
  store<u32>(node, 1, HAS_NULL);
  const kind = <u32>load<u8>(node, KIND);
  if (kind == STRUCT) {
    const members: usize = load<u32>(node, MEMBERS);
    let member: usize = load<u32>(members, FIRST);
    for (let left = load<u32>(members, COUNT); left; left--, member += 1 << NODE_SHIFT) setNull(member, row);
    return;
  }
  const width = load<u32>(node, WIDTH);
  const value = <usize>load<u32>(node, DATA) + row * width;
  if (width == 16) {
    v128.store(value, i64x2.splat(0));
    if (load<u32>(node, SLOTS)) store<u8>(<usize>load<u32>(node, CODES) + row, 0);
  } else if (width == 8) store<u64>(value, 0);
  else if (width == 4) store<u32>(value, 0);
  else if (width == 2) store<u16>(value, 0);
  else store<u8>(value, 0);
}

/**
 * Writes the text [p, p + length) and judges its rules. 16 bytes behind it are readable. False: a rule is not kept, or
 * the heap is full (`isFull`).
 */
export function writeText(node: usize, row: u32, p: usize, length: u32, isJudged: bool): bool {
  const cell = <usize>load<u32>(node, DATA) + (row << 4);
  if (length <= INLINE_MAX) {
    const bytes = v128.and(v128.load(p), v128.load(MASKS + (length << 4)));
    const value = i32x4.replace_lane(
      i8x16.shuffle(bytes, bytes, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
      0,
      length,
    );
    v128.store(cell, value);
    if (load<u32>(node, SLOTS) && load<i32>(node, ENTRY_COUNT) >= 0) {
      return internText(node, row, value, p, length, isJudged);
    }
    return !isJudged || keepsTextRules(node, p, length);
  }
  if (isJudged && !keepsTextRules(node, p, length)) return false;
  const used = load<u32>(node, HEAP_USED);
  if (used + length + 16 > load<u32>(node, HEAP_ROOM)) {
    isFull = true;
    return false;
  }
  store<i32>(node, -1, ENTRY_COUNT);
  store<u32>(cell, length);
  store<u32>(cell, load<u32>(p), 4);
  store<u64>(cell, used, 8);
  let to = <usize>load<u32>(node, HEAP) + used;
  const end = p + length;
  do {
    v128.store(to, v128.load(p));
    to += 16;
    p += 16;
  } while (p < end);
  store<u32>(node, used + length, HEAP_USED);
  return true;
}

/** Finds or adds the short text in the dictionary of the column; a text that is in it has kept the rules. */
function internText(node: usize, row: u32, value: v128, p: usize, length: u32, isJudged: bool): bool {
  const mixed =
    (i64x2.extract_lane(value, 0) ^ (i64x2.extract_lane(value, 1) * 0x9e3779b97f4a7c15)) * 0x9fb21c651e98df25;
  let h = <u32>(mixed >>> 55);
  const slots: usize = load<u32>(node, SLOTS);
  const slotCodes: usize = load<u32>(node, SLOT_CODES);
  const code = <usize>load<u32>(node, CODES) + row;
  while (true) {
    const held = v128.load(slots + (h << 4));
    if (i8x16.all_true(i8x16.eq(held, value))) {
      store<u8>(code, load<u8>(slotCodes + h));
      return true;
    }
    if (i32x4.extract_lane(held, 0) == -1) break;
    h = (h + 1) & SLOT_MASK;
  }
  if (isJudged && !keepsTextRules(node, p, length)) return false;
  const count = load<i32>(node, ENTRY_COUNT);
  if (count == ENTRIES_MAX) {
    store<i32>(node, -1, ENTRY_COUNT);
    return true;
  }
  v128.store(slots + (h << 4), value);
  store<u8>(slotCodes + h, count);
  v128.store(<usize>load<u32>(node, ENTRIES) + (count << 4), value);
  store<u8>(code, count);
  store<i32>(node, count + 1, ENTRY_COUNT);
  return true;
}

/** Empties the dictionary of a node. */
export function clearDictionary(node: usize): void {
  if (!load<u32>(node, SLOTS)) return;
  store<i32>(node, 0, ENTRY_COUNT);
  memory.fill(load<u32>(node, SLOTS), 255, (SLOT_MASK + 1) << 4);
}

/** Takes back rows [kept, end) of the domain. */
export function dropRows(domain: usize, kept: u32, end: u32): void {
  store<u32>(domain, kept, ROWS);
  let list: usize = load<u32>(domain, NODES);
  for (let left = load<u32>(domain, NODE_COUNT); left; left--, list += 4) {
    const validity: usize = load<u32>(load<u32>(list), VALIDITY);
    for (let row = kept; row < end; row++) {
      const at = validity + (row >> 3);
      store<u8>(at, <u32>load<u8>(at) | (1 << (row & 7)));
    }
  }
}

export function keepRows(domain: usize): void {
  store<u32>(domain, load<u32>(domain, ROWS), ROWS_KEPT);
}

/** Makes the domain empty: validity all set, heaps free. */
export function emptyDomain(domain: usize): void {
  const rows = load<u32>(domain, ROWS);
  store<u32>(domain, 0, ROWS);
  store<u32>(domain, 0, ROWS_KEPT);
  let list: usize = load<u32>(domain, NODES);
  for (let left = load<u32>(domain, NODE_COUNT); left; left--, list += 4) {
    const node: usize = load<u32>(list);
    if (load<u32>(node, HAS_NULL)) memory.fill(load<u32>(node, VALIDITY), 255, (rows + 64) >> 3);
    store<u32>(node, 0, HAS_NULL);
    store<u32>(node, 0, HEAP_USED);
  }
}
