import { malformedBatch } from './record-batch.ts';
import type { RecordBatch, RecordSetCoordinates } from './record-batch.ts';

/**
 * One record under the scan's cursor. The same object is reused for every record: read what you need before the visitor
 * returns. Positions index `bytes`; they are -1 for a null key or value.
 */
export interface ScannedRecord {
  /** The uncompressed records of the batch; stays valid after the visitor returned. */
  readonly bytes: Uint8Array;
  readonly baseOffset: bigint;
  readonly offsetDelta: number;
  /** Exact for every timestamp within +-2^53 ms. */
  readonly timestampMs: number;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly headersCount: number;
  readonly headersStart: number;
  readonly headersEnd: number;
}

export interface RecordHeader {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

export const recordOffset = (record: ScannedRecord): bigint => record.baseOffset + BigInt(record.offsetDelta);

/** The key as a view, or null. */
export const recordKey = (record: ScannedRecord): Uint8Array | null =>
  record.keyStart < 0 ? null : record.bytes.subarray(record.keyStart, record.keyEnd);

/** The value as a view, or null for a tombstone. */
export const recordValue = (record: ScannedRecord): Uint8Array | null =>
  record.valueStart < 0 ? null : record.bytes.subarray(record.valueStart, record.valueEnd);

/** The headers in order, as views. The scan has proven that they lie inside the record. */
export function recordHeaders(record: ScannedRecord): readonly RecordHeader[] {
  const varint: Varint = { value: 0, next: record.headersStart };
  const headers: RecordHeader[] = [];
  for (let index = 0; index < record.headersCount; index++) {
    readVarint(record.bytes, varint.next, varint);
    const keyEnd = varint.next + varint.value;
    const key = record.bytes.subarray(varint.next, keyEnd);
    readVarint(record.bytes, keyEnd, varint);
    const valueEnd = varint.next + Math.max(varint.value, 0);
    headers.push({ key, value: varint.value < 0 ? null : record.bytes.subarray(varint.next, valueEnd) });
    varint.next = valueEnd;
  }
  return headers;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type RecordCursor = Mutable<ScannedRecord> & { readonly varint: Varint };
interface Varint {
  value: number;
  next: number;
}

export const newRecordCursor = (): RecordCursor => ({
  bytes: new Uint8Array(),
  baseOffset: 0n,
  offsetDelta: 0,
  timestampMs: 0,
  keyStart: -1,
  keyEnd: -1,
  valueStart: -1,
  valueEnd: -1,
  headersCount: 0,
  headersStart: 0,
  headersEnd: 0,
  varint: { value: 0, next: 0 },
});

/**
 * Moves the cursor over every record of `bytes` (the uncompressed records of `batch`) in offset order. Each record is
 * proven to lie inside its own length, and all records together to fill `bytes`.
 * @throws HeadwaterError operational HW_KAFKA_BATCH_MALFORMED
 */
export function eachRecord(
  batch: RecordBatch,
  bytes: Uint8Array,
  cursor: RecordCursor,
  at: RecordSetCoordinates,
  visit: (record: RecordCursor) => void,
): void {
  cursor.bytes = bytes;
  cursor.baseOffset = batch.baseOffset;
  const lastOffsetDelta = Number(batch.lastOffset - batch.baseOffset);
  let previousDelta = -1;
  let position = 0;
  for (let index = 0; index < batch.recordsCount; index++) {
    position = readRecord(batch, cursor, position);
    if (position < 0 || cursor.offsetDelta <= previousDelta || cursor.offsetDelta > lastOffsetDelta) {
      const problem = `record ${index} of ${batch.recordsCount} does not keep to its bounds`;
      throw malformedBatch(at, batch.baseOffset, problem);
    }
    previousDelta = cursor.offsetDelta;
    visit(cursor);
  }
  if (position !== bytes.length) {
    throw malformedBatch(at, batch.baseOffset, `${bytes.length - position} bytes follow its last record`);
  }
}

/** Reads the record at `position` into the cursor and answers where the next one begins, or -1 when it is malformed. */
function readRecord(batch: RecordBatch, cursor: RecordCursor, position: number): number {
  const { bytes, varint } = cursor;
  if (!readVarint(bytes, position, varint)) return -1;
  const end = varint.next + varint.value;
  if (varint.value < 6 || end > bytes.length) return -1;
  // One byte of record attributes, unused by the protocol.
  if (!readVarlong(bytes, varint.next + 1, varint)) return -1;
  cursor.timestampMs = batch.isLogAppendTime ? batch.maxTimestampMs : batch.baseTimestampMs + varint.value;
  if (!readVarint(bytes, varint.next, varint)) return -1;
  cursor.offsetDelta = varint.value;
  if (!readVarint(bytes, varint.next, varint)) return -1;
  cursor.keyStart = varint.value < 0 ? -1 : varint.next;
  cursor.keyEnd = varint.value < 0 ? -1 : varint.next + varint.value;
  if (varint.value < -1 || cursor.keyEnd > end) return -1;
  if (!readVarint(bytes, varint.value < 0 ? varint.next : cursor.keyEnd, varint)) return -1;
  cursor.valueStart = varint.value < 0 ? -1 : varint.next;
  cursor.valueEnd = varint.value < 0 ? -1 : varint.next + varint.value;
  if (varint.value < -1 || cursor.valueEnd > end) return -1;
  if (!readVarint(bytes, varint.value < 0 ? varint.next : cursor.valueEnd, varint)) return -1;
  cursor.headersCount = varint.value;
  cursor.headersStart = varint.next;
  cursor.headersEnd = end;
  return headersFit(cursor) ? end : -1;
}

function headersFit(cursor: RecordCursor): boolean {
  const { bytes, varint, headersEnd } = cursor;
  let position = cursor.headersStart;
  if (cursor.headersCount < 0) return false;
  for (let index = 0; index < cursor.headersCount; index++) {
    if (!readVarint(bytes, position, varint) || varint.value < 0) return false;
    position = varint.next + varint.value;
    if (position > headersEnd || !readVarint(bytes, position, varint) || varint.value < -1) return false;
    position = varint.next + Math.max(varint.value, 0);
    if (position > headersEnd) return false;
  }
  return position === headersEnd;
}

/** Zigzag varint of at most 32 bits. False when it does not end within five bytes. */
function readVarint(bytes: Uint8Array, position: number, into: Varint): boolean {
  let byte = bytes[position++]!;
  let raw = byte & 0x7f;
  for (let shift = 7; byte >= 0x80; shift += 7) {
    if (shift > 28) return false;
    byte = bytes[position++]!;
    raw |= (byte & 0x7f) << shift;
  }
  into.value = (raw >>> 1) ^ -(raw & 1);
  into.next = position;
  return position <= bytes.length;
}

/** Zigzag varint of at most 64 bits as a number. False when it does not end within ten bytes. */
function readVarlong(bytes: Uint8Array, position: number, into: Varint): boolean {
  let byte = bytes[position++]!;
  let raw = byte & 0x7f;
  let scale = 128;
  for (let length = 1; byte >= 0x80; length++) {
    if (length > 9) return false;
    byte = bytes[position++]!;
    raw += (byte & 0x7f) * scale;
    scale *= 128;
  }
  into.value = raw % 2 === 1 ? -(raw + 1) / 2 : raw / 2;
  into.next = position;
  return position <= bytes.length;
}
