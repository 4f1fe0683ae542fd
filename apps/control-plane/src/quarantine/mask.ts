const shownCharsMax = 4_096;

/** Bytes as text: UTF-8 as it is, anything else as base64. */
export function showBytes(bytes: Uint8Array | undefined): string | null {
  if (bytes === undefined) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return `base64:${Buffer.from(bytes).toString('base64')}`;
  }
}

/**
 * The shape of a value without the value: every letter is `x`, every digit `9`, punctuation stays, so that a broken JSON
 * text still shows where it is broken. Longer texts are cut.
 */
export function maskBytes(bytes: Uint8Array | undefined): string | null {
  if (bytes === undefined) return null;
  const text = showBytes(bytes) ?? '';
  if (text.startsWith('base64:')) return `${bytes.length} bytes that are not UTF-8`;
  const shown = text
    .slice(0, shownCharsMax)
    .replace(/\p{N}/gu, '9')
    .replace(/[\p{L}\p{M}]/gu, 'x');
  return text.length > shownCharsMax ? `${shown}…` : shown;
}
