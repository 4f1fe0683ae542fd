/** The hash of assembly/text.ts. */
export function hashBytes(bytes: Uint8Array): number {
  let hash = bytes.length;
  for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0;
  return (hash ^ (hash >>> 15)) >>> 0;
}
