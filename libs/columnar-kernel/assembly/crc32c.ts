/** Tables for sixteen bytes at a time: 16 * 256 words. */
let TABLES: usize = 0;

/** Takes 16 KiB at `at`. */
export function prepareCrc(at: usize): void {
  TABLES = at;
  for (let i: u32 = 0; i < 256; i++) {
    let crc = i;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
    store<u32>(at + (i << 2), crc);
  }
  for (let i: usize = 0; i < 256; i++) {
    for (let table: usize = 1; table < 16; table++) {
      const before = load<u32>(at + ((table - 1) << 10) + (i << 2));
      store<u32>(at + (table << 10) + (i << 2), (before >>> 8) ^ load<u32>(at + ((before & 255) << 2)));
    }
  }
}

// @ts-ignore: decorator
@inline
function at(table: usize, word: u64, shift: u64): u32 {
  return load<u32>(TABLES + (table << 10) + (<usize>((word >> shift) & 255) << 2));
}

/** CRC32C (Castagnoli) of [p, end). */
export function crc32c(p: usize, end: usize): u32 {
  let crc: u32 = 0xffffffff;
  for (; p + 16 <= end; p += 16) {
    const a = load<u64>(p) ^ <u64>crc;
    const b = load<u64>(p, 8);
    crc =
      at(15, a, 0) ^ at(14, a, 8) ^ at(13, a, 16) ^ at(12, a, 24) ^ at(11, a, 32) ^ at(10, a, 40) ^ at(9, a, 48) ^ at(8, a, 56) ^
      at(7, b, 0) ^ at(6, b, 8) ^ at(5, b, 16) ^ at(4, b, 24) ^ at(3, b, 32) ^ at(2, b, 40) ^ at(1, b, 48) ^ at(0, b, 56);
  }
  for (; p < end; p++) crc = (crc >>> 8) ^ load<u32>(TABLES + (((crc ^ load<u8>(p)) & 255) << 2));
  return ~crc;
}
