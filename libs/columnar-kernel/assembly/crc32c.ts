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

/** CRC32C (Castagnoli) of [p, end). */
export function crc32c(p: usize, end: usize): u32 {
  // Table i lies at an offset that is part of the instruction.
  const t = TABLES;
  let crc: u32 = 0xffffffff;
  for (; p + 16 <= end; p += 16) {
    const a = load<u32>(p) ^ crc;
    const b = load<u32>(p, 4);
    const c = load<u32>(p, 8);
    const d = load<u32>(p, 12);
    crc =
      load<u32>(t + ((a & 255) << 2), 15 << 10) ^
      load<u32>(t + (((a >> 8) & 255) << 2), 14 << 10) ^
      load<u32>(t + (((a >> 16) & 255) << 2), 13 << 10) ^
      load<u32>(t + ((a >> 24) << 2), 12 << 10) ^
      load<u32>(t + ((b & 255) << 2), 11 << 10) ^
      load<u32>(t + (((b >> 8) & 255) << 2), 10 << 10) ^
      load<u32>(t + (((b >> 16) & 255) << 2), 9 << 10) ^
      load<u32>(t + ((b >> 24) << 2), 8 << 10) ^
      load<u32>(t + ((c & 255) << 2), 7 << 10) ^
      load<u32>(t + (((c >> 8) & 255) << 2), 6 << 10) ^
      load<u32>(t + (((c >> 16) & 255) << 2), 5 << 10) ^
      load<u32>(t + ((c >> 24) << 2), 4 << 10) ^
      load<u32>(t + ((d & 255) << 2), 3 << 10) ^
      load<u32>(t + (((d >> 8) & 255) << 2), 2 << 10) ^
      load<u32>(t + (((d >> 16) & 255) << 2), 1 << 10) ^
      load<u32>(t + ((d >> 24) << 2));
  }
  for (; p < end; p++) crc = (crc >>> 8) ^ load<u32>(t + (((crc ^ load<u8>(p)) & 255) << 2));
  return ~crc;
}
