// LZ4 frames (lz4 frame format 1.6). Copies run 16 bytes ahead, so the output needs slack behind what it holds.

export const CORRUPT: i32 = -1;
export const NO_ROOM: i32 = -2;
/** Bytes behind the output that may be overwritten. */
export const SLACK: usize = 64;

/**
 * Decompresses the frame [p, end) to [out, outEnd); returns the length, CORRUPT or NO_ROOM. Frames with a dictionary or with
 * checksums of their own, which Kafka clients do not write, are CORRUPT here.
 */
export function lz4Frame(p: usize, end: usize, out: usize, outEnd: usize): i32 {
  if (p + 15 > end || load<u32>(p) != 0x184d2204) return CORRUPT;
  const flags = <u32>load<u8>(p, 4);
  const blockSize = (<u32>load<u8>(p, 5) >> 4) & 7;
  if ((flags & 0xd7) != 0x40 || blockSize < 4) return CORRUPT;
  const hasSize = (flags & 8) != 0;
  const size = load<u64>(p, 6);
  const header: usize = hasSize ? 14 : 6;
  if (<u32>load<u8>(p + header) != ((shortHash(p + 4, header - 4) >>> 8) & 255)) return CORRUPT;
  p += header + 1;
  let w = out;
  while (true) {
    if (p + 4 > end) return CORRUPT;
    const block = load<u32>(p);
    p += 4;
    if (!block) return hasSize && size != <u64>(w - out) ? CORRUPT : <i32>(w - out);
    const length: usize = block & 0x7fffffff;
    if (length > end - p) return CORRUPT;
    if (block >> 31) {
      if (length > outEnd - w) return NO_ROOM;
      memory.copy(w, p, length);
      w += length;
    } else {
      const written = lz4Block(p, p + length, out, w, outEnd);
      if (written < 0) return written;
      w += written;
    }
    p += length;
  }
}

/** XXH32 with seed 0 of fewer than 16 bytes. */
function shortHash(p: usize, length: usize): u32 {
  let hash: u32 = 0x165667b1 + <u32>length;
  const end = p + length;
  for (; p + 4 <= end; p += 4) hash = rotl<u32>(hash + load<u32>(p) * 0xc2b2ae3d, 17) * 0x27d4eb2f;
  for (; p < end; p++) hash = rotl<u32>(hash + <u32>load<u8>(p) * 0x165667b1, 11) * 0x9e3779b1;
  hash = (hash ^ (hash >>> 15)) * 0x85ebca77;
  hash = (hash ^ (hash >>> 13)) * 0xc2b2ae3d;
  return hash ^ (hash >>> 16);
}

/** Decompresses one block to `w`; matches may reach back to `out`. */
function lz4Block(p: usize, end: usize, out: usize, w: usize, outEnd: usize): i32 {
  const start = w;
  while (p < end) {
    const token = <u32>load<u8>(p++);
    let length: usize = token >> 4;
    if (length == 15) {
      let more: u32 = 255;
      while (more == 255 && p < end) {
        more = load<u8>(p++);
        length += more;
      }
    }
    if (length > end - p) return CORRUPT;
    if (length > outEnd - w) return NO_ROOM;
    v128.store(w, v128.load(p));
    for (let i: usize = 16; i < length; i += 16) v128.store(w + i, v128.load(p + i));
    p += length;
    w += length;
    if (p == end) return <i32>(w - start);
    if (p + 2 > end) return CORRUPT;
    const distance: usize = load<u16>(p);
    p += 2;
    length = (token & 15) + 4;
    if (length == 19) {
      let more: u32 = 255;
      while (more == 255 && p < end) {
        more = load<u8>(p++);
        length += more;
      }
    }
    if (!distance || distance > w - out) return CORRUPT;
    if (length > outEnd - w) return NO_ROOM;
    copyMatch(w, distance, length);
    w += length;
  }
  return CORRUPT;
}

/** Copies `length` bytes from `distance` before w; the ranges may overlap. Up to 16 bytes more may be overwritten. */
// @ts-ignore: decorator
@inline
export function copyMatch(w: usize, distance: usize, length: usize): void {
  let from = w - distance;
  const end = w + length;
  if (distance >= 16) {
    do {
      v128.store(w, v128.load(from));
      w += 16;
      from += 16;
    } while (w < end);
  } else if (distance >= 8) {
    do {
      store<u64>(w, load<u64>(from));
      w += 8;
      from += 8;
    } while (w < end);
  } else {
    do {
      store<u8>(w++, load<u8>(from++));
    } while (w < end);
  }
}
