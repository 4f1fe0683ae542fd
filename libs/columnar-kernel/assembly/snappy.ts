// Snappy: raw blocks, and blocks in the framing of the xerial library that the Java client writes.
import { CORRUPT, NO_ROOM, copyMatch } from './lz4';

const XERIAL_HEADER: usize = 16;
/** "\x82SNAPPY\0", lowest byte first. */
const XERIAL_MAGIC: u64 = 0x0059505041_4e5382;

/** Decompresses [p, end) to [out, outEnd); returns the length, CORRUPT or NO_ROOM. */
export function snappy(p: usize, end: usize, out: usize, outEnd: usize): i32 {
  if (p + XERIAL_HEADER > end || load<u64>(p) != XERIAL_MAGIC) return snappyBlock(p, end, out, outEnd);
  let w = out;
  for (p += XERIAL_HEADER; p < end; ) {
    if (p + 4 > end) return CORRUPT;
    const length: usize = bswap(load<u32>(p));
    p += 4;
    if (length > end - p) return CORRUPT;
    const written = snappyBlock(p, p + length, w, outEnd);
    if (written < 0) return written;
    w += written;
    p += length;
  }
  return <i32>(w - out);
}

function snappyBlock(p: usize, end: usize, out: usize, outEnd: usize): i32 {
  let total: usize = 0;
  let shift: usize = 0;
  while (true) {
    if (p == end || shift > 28) return CORRUPT;
    const b: usize = load<u8>(p++);
    total |= (b & 127) << shift;
    if (b < 128) break;
    shift += 7;
  }
  if (total > outEnd - out) return NO_ROOM;
  let w = out;
  const wEnd = out + total;
  while (p < end) {
    const tag = <u32>load<u8>(p++);
    let length: usize;
    if (!(tag & 3)) {
      length = tag >> 2;
      if (length >= 60) {
        const bytes: usize = length - 59;
        if (bytes > end - p) return CORRUPT;
        length = load<u32>(p) & (0xffffffff >>> (32 - (<u32>bytes << 3)));
        p += bytes;
      }
      length++;
      if (!length || length > end - p || length > wEnd - w) return CORRUPT;
      v128.store(w, v128.load(p));
      if (length > 16) memory.copy(w + 16, p + 16, length - 16);
      p += length;
      w += length;
      continue;
    }
    let distance: usize;
    if ((tag & 3) == 1) {
      if (p == end) return CORRUPT;
      length = ((tag >> 2) & 7) + 4;
      distance = ((tag >> 5) << 8) | <u32>load<u8>(p++);
    } else {
      const bytes: usize = (tag & 3) == 2 ? 2 : 4;
      if (bytes > end - p) return CORRUPT;
      length = (tag >> 2) + 1;
      distance = bytes == 2 ? load<u16>(p) : load<u32>(p);
      p += bytes;
    }
    if (!distance || distance > w - out || length > wEnd - w) return CORRUPT;
    copyMatch(w, distance, length);
    w += length;
  }
  return w == wEnd ? <i32>total : CORRUPT;
}
