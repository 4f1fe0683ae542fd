const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const latin1 = new TextDecoder('latin1');
const encoder = new TextEncoder();

/** Text of bytes already known to be valid UTF-8. */
export const decodeUtf8 = (bytes: Uint8Array, start: number, end: number): string =>
  utf8.decode(bytes.subarray(start, end));

/** One character per byte, so that byte ranges that hold only ASCII can be cut out by position. */
export const decodeBytewise = (bytes: Uint8Array, start: number, end: number): string =>
  latin1.decode(bytes.subarray(start, end));

export const encodeUtf8 = (text: string): Uint8Array => encoder.encode(text);
