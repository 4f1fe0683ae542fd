/**
 * Values as one uncompressed record set (record batches v2, KIP-98), at offsets 0, 1, 2, ..., without keys and headers:
 * what a sample looks like to an engine. `crc32c` is that of the codecs.
 */
export function encodeSampleRecordSet(
  values: readonly Uint8Array[],
  crc32c: (bytes: Uint8Array) => number,
): Uint8Array {
  const batches: Uint8Array[] = [];
  for (let from = 0; from < values.length; from += BATCH_RECORDS) {
    batches.push(encodeBatch(values.slice(from, from + BATCH_RECORDS), from, crc32c));
  }
  return concat(batches);
}

const BATCH_RECORDS = 1_000;
const HEADER_BYTES = 61;
/** Where the CRC begins to count: everything from the attributes on. */
const CRC_FROM = 21;

function encodeBatch(
  values: readonly Uint8Array[],
  baseOffset: number,
  crc32c: (bytes: Uint8Array) => number,
): Uint8Array {
  const records = values.map(encodeRecord);
  const bytes = concat([new Uint8Array(HEADER_BYTES), ...records]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setBigInt64(0, BigInt(baseOffset));
  view.setInt32(8, bytes.length - 12);
  view.setInt8(16, 2);
  view.setInt32(23, values.length - 1);
  view.setBigInt64(43, -1n);
  view.setInt16(51, -1);
  view.setInt32(53, -1);
  view.setInt32(57, values.length);
  view.setUint32(17, crc32c(bytes.subarray(CRC_FROM)));
  return bytes;
}

/** Attributes, timestamp delta, offset delta, no key, the value, no headers. */
function encodeRecord(value: Uint8Array, index: number): Uint8Array {
  const body = concat([
    new Uint8Array([0]),
    varint(0),
    varint(index),
    varint(-1),
    varint(value.length),
    value,
    varint(0),
  ]);
  return concat([varint(body.length), body]);
}

function varint(value: number): Uint8Array {
  let raw = value < 0 ? -2 * value - 1 : 2 * value;
  const bytes: number[] = [];
  while (raw >= 0x80) {
    bytes.push((raw % 0x80) | 0x80);
    raw = Math.floor(raw / 0x80);
  }
  return new Uint8Array([...bytes, raw]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
