// Member names: those the contract knows, and those of each open object that it does not.
import { KEY, KEY_LENGTH, FIRST, NAMES, NAMES_MASK, NODE_SHIFT } from './layout';
import { hashBytes } from './text';

/** Unknown names of all open objects together; more are a doubt. */
const OPEN_MAX: u32 = 4096;
/** Unknown names of one object, which are compared one by one; more are a doubt. */
const UNKNOWN_MAX: u32 = 64;

/** 4096 * 12 bytes: hash, position, length. */
let OPEN: usize = 0;
/** Names kept now. */
export let openNames: u32 = 0;

/** Takes 48 KiB at `at`. */
export function prepareKeys(at: usize): void {
  OPEN = at;
}

export function closeNames(mark: u32): void {
  openNames = mark;
}

/** True when the bytes at p, a quote first, are the name of the node and the quote after it. */
// @ts-ignore: decorator
@inline
export function isKeyAt(p: usize, node: usize): bool {
  const length = load<u32>(node, KEY_LENGTH);
  const key: usize = load<u32>(node, KEY);
  const same = <u32>i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(key)));
  if (length <= 16) return ((same ^ 0xffff) & ((1 << length) - 1)) == 0;
  return same == 0xffff && memory.compare(p + 16, key + 16, length - 16) == 0;
}

export const UNKNOWN: u32 = 0xffff;

/** Index of the member with the name [p, p + length), or UNKNOWN. */
export function findMember(members: usize, p: usize, length: u32): u32 {
  const names: usize = load<u32>(members, NAMES);
  const mask = load<u32>(members, NAMES_MASK);
  let i = hashBytes(p, length) & mask;
  while (true) {
    const entry = <u32>load<u16>(names + (i << 1));
    if (!entry) return UNKNOWN;
    const node = <usize>load<u32>(members, FIRST) + ((entry - 1) << NODE_SHIFT);
    const isSame =
      load<u32>(node, KEY_LENGTH) == length + 2 &&
      memory.compare(<usize>load<u32>(node, KEY) + 1, p, length) == 0;
    if (isSame) return entry - 1;
    i = (i + 1) & mask;
  }
}

/** Notes an unknown name of the object opened at `mark`. False: it was there before, or there is no room to tell. */
export function addName(mark: u32, p: usize, length: u32): bool {
  if (openNames - mark >= UNKNOWN_MAX || openNames >= OPEN_MAX) return false;
  const hash = hashBytes(p, length);
  for (let at = OPEN + mark * 12, end = OPEN + openNames * 12; at < end; at += 12) {
    if (load<u32>(at) != hash || load<u32>(at, 8) != length) continue;
    if (memory.compare(load<u32>(at, 4), p, length) == 0) return false;
  }
  const at = OPEN + openNames * 12;
  store<u32>(at, hash);
  store<u32>(at, <u32>p, 4);
  store<u32>(at, length, 8);
  openNames++;
  return true;
}
