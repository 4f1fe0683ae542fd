/** Value of a letter of RFC 4648 section 4, or 64. */
function letterValue(b: u32): u32 {
  if (b - 0x41 < 26) return b - 0x41;
  if (b - 0x61 < 26) return b - 0x61 + 26;
  if (b - 0x30 < 10) return b - 0x30 + 52;
  return b == 0x2b ? 62 : b == 0x2f ? 63 : 64;
}

/** Decodes padded base64 [p, end) to `out`; returns the length or -1: another alphabet, padding, or unused bits set. */
export function decodeBase64(p: usize, end: usize, out: usize): i32 {
  const length = <u32>(end - p);
  if (length & 3) return -1;
  let padding: u32 = 0;
  if (length && load<u8>(end - 1) == 0x3d) padding = load<u8>(end - 2) == 0x3d ? 2 : 1;
  const last = end - padding;
  let w = out;
  let bits: u32 = 0;
  let held: u32 = 0;
  for (; p < last; p++) {
    const value = letterValue(load<u8>(p));
    if (value == 64) return -1;
    bits = (bits << 6) | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      store<u8>(w++, bits >> held);
    }
  }
  return bits & ((1 << held) - 1) ? -1 : <i32>(w - out);
}
