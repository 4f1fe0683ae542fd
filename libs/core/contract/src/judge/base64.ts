const PADDING = 0x3d;
const VALUES = new Int8Array(256).fill(-1);
for (const [value, letter] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries()) {
  VALUES[letter.charCodeAt(0)] = value;
}

/**
 * Decodes base64 of RFC 4648 section 4: standard alphabet, padding required, no line breaks, unused bits zero.
 * Undefined when the text is anything else, so that decoding and encoding again gives the same text.
 */
export function decodeBase64(text: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const length = end - start;
  if (length % 4 !== 0) return undefined;
  const padding = length === 0 || text[end - 1] !== PADDING ? 0 : text[end - 2] === PADDING ? 2 : 1;
  const out = new Uint8Array((length / 4) * 3 - padding);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let p = start; p < end - padding; p++) {
    const value = VALUES[text[p]!]!;
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[at++] = (bits >> held) & 0xff;
    }
  }
  return (bits & ((1 << held) - 1)) === 0 ? out : undefined;
}
