import { CRC_AT, CRC_FROM, LOG_OVERHEAD, RECORD_BATCH_OVERHEAD } from './record-batch.ts';

/** A record as it once lay in its topic. */
export interface KeptRecord {
  readonly offset: bigint;
  /** Milliseconds since the epoch; -1 when the record had no time. */
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly { readonly key: Uint8Array; readonly value: Uint8Array | null }[];
}

/**
 * One record batch v2 (Kafka documentation, "Record Batch") that holds the records at their own offsets, ascending and
 * less than 2^31 apart, uncompressed and with the producer's timestamps: what an engine takes, made from kept records.
 */
export function encodeKeptRecords(
  records: readonly KeptRecord[],
  crc32c: (bytes: Uint8Array) => number,
): Uint8Array {
  const [first] = records;
  if (first === undefined) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  let lastDelta = 0;
  let maxTimestampMs = first.timestampMs;
  for (const record of records) {
    lastDelta = Number(record.offset - first.offset);
    maxTimestampMs = Math.max(maxTimestampMs, record.timestampMs);
    parts.push(...encodeRecord(record, lastDelta, record.timestampMs - first.timestampMs));
  }
  const bodyLength = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(RECORD_BATCH_OVERHEAD + bodyLength);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, first.offset);
  view.setInt32(8, bytes.length - LOG_OVERHEAD);
  view.setInt32(12, -1);
  view.setInt8(16, 2);
  view.setInt32(23, lastDelta);
  view.setBigInt64(27, BigInt(first.timestampMs));
  view.setBigInt64(35, BigInt(maxTimestampMs));
  view.setBigInt64(43, -1n);
  view.setInt16(51, -1);
  view.setInt32(53, -1);
  view.setInt32(57, records.length);
  let at = RECORD_BATCH_OVERHEAD;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  view.setUint32(CRC_AT, crc32c(bytes.subarray(CRC_FROM)));
  return bytes;
}

function encodeRecord(
  record: KeptRecord,
  offsetDelta: number,
  timestampDelta: number,
): readonly Uint8Array[] {
  const body = [
    Uint8Array.of(0),
    varint(BigInt(timestampDelta)),
    varint(BigInt(offsetDelta)),
    ...sized(record.key),
    ...sized(record.value),
    varint(BigInt(record.headers.length)),
    ...record.headers.flatMap(({ key, value }) => [...sized(key), ...sized(value)]),
  ];
  return [varint(BigInt(body.reduce((sum, part) => sum + part.length, 0))), ...body];
}

const sized = (bytes: Uint8Array | null): readonly Uint8Array[] =>
  bytes === null ? [varint(-1n)] : [varint(BigInt(bytes.length)), bytes];

/** Zigzag, seven bits a byte, lowest first. */
function varint(value: bigint): Uint8Array {
  let raw = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes: number[] = [];
  while (raw >= 0x80n) {
    bytes.push(Number(raw & 0x7fn) | 0x80);
    raw >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(raw)]);
}
