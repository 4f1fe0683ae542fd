import { operationalError } from '@headwater/kernel';
import type { HeadwaterError } from '@headwater/kernel';

/** Bytes before the records of a batch v2 (Kafka documentation, "Record Batch"). */
export const RECORD_BATCH_OVERHEAD = 61;
/** Bytes before the part that `batchLength` counts: baseOffset and batchLength itself. */
export const LOG_OVERHEAD = 12;
/** The checksum covers everything from the attributes on. */
export const CRC_AT = 17;
export const CRC_FROM = 21;

export type CompressionType = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
const compressionTypes: readonly CompressionType[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/** Where a record set was read; named in every error about it. */
export interface RecordSetCoordinates {
  readonly topic: string;
  readonly partition: number;
}

/** What a scan cannot do purely; implementation in libs/adapters/kafka. */
export interface RecordBatchCodecs {
  crc32c(bytes: Uint8Array): number;
  /** The decompressed bytes; throws when they are malformed or would be more than `bytesMax`. */
  decompress(type: Exclude<CompressionType, 'none'>, bytes: Uint8Array, bytesMax: number): Uint8Array;
}

/** The header of one record batch v2, and where the batch lies in its record set. */
export interface RecordBatch {
  /** Position of the batch in the record set, and of the byte after it. */
  readonly start: number;
  readonly end: number;
  readonly baseOffset: bigint;
  readonly lastOffset: bigint;
  readonly leaderEpoch: number;
  readonly compression: CompressionType;
  /** True when the broker set the timestamps; then every record carries `maxTimestampMs`. */
  readonly isLogAppendTime: boolean;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs: number;
  readonly producerId: bigint;
  readonly recordsCount: number;
}

/**
 * The batch that begins at `start`, or undefined when the record set ends before the batch does (a fetch answer may cut
 * its last batch).
 * @throws HeadwaterError operational HW_KAFKA_BATCH_MALFORMED when the bytes are not a batch v2.
 */
export function readBatchHeader(
  recordSet: Uint8Array,
  view: DataView,
  start: number,
  at: RecordSetCoordinates,
): RecordBatch | undefined {
  if (recordSet.length - start < LOG_OVERHEAD) return undefined;
  const baseOffset = view.getBigInt64(start);
  const length = view.getInt32(start + 8);
  if (length < RECORD_BATCH_OVERHEAD - LOG_OVERHEAD || baseOffset < 0n) {
    throw malformedBatch(at, baseOffset, `its length is ${length} and its base offset is ${baseOffset}`);
  }
  if (recordSet.length - start > LOG_OVERHEAD + 4 && view.getInt8(start + 16) !== 2) {
    throw malformedBatch(at, baseOffset, `its format is ${view.getInt8(start + 16)}; only 2 is read`);
  }
  const end = start + LOG_OVERHEAD + length;
  if (end > recordSet.length) return undefined;
  return headerFields(view, start, end, at);
}

function headerFields(view: DataView, start: number, end: number, at: RecordSetCoordinates): RecordBatch {
  const baseOffset = view.getBigInt64(start);
  const attributes = view.getInt16(start + 21);
  const lastOffsetDelta = view.getInt32(start + 23);
  const recordsCount = view.getInt32(start + 57);
  const compression = compressionTypes[attributes & 7];
  if (compression === undefined) {
    throw malformedBatch(at, baseOffset, `compression ${attributes & 7} is unknown`);
  }
  if (lastOffsetDelta < 0 || recordsCount < 0 || recordsCount > lastOffsetDelta + 1) {
    throw malformedBatch(
      at,
      baseOffset,
      `${recordsCount} records do not fit in ${lastOffsetDelta + 1} offsets`,
    );
  }
  return {
    start,
    end,
    baseOffset,
    lastOffset: baseOffset + BigInt(lastOffsetDelta),
    leaderEpoch: view.getInt32(start + 12),
    compression,
    isLogAppendTime: (attributes & 8) !== 0,
    isTransactional: (attributes & 16) !== 0,
    isControl: (attributes & 32) !== 0,
    baseTimestampMs: Number(view.getBigInt64(start + 27)),
    maxTimestampMs: Number(view.getBigInt64(start + 35)),
    producerId: view.getBigInt64(start + 43),
    recordsCount,
  };
}

/** @throws HeadwaterError operational HW_KAFKA_BATCH_MALFORMED when the checksum is not the one in the header. */
export function checkBatchCrc(
  recordSet: Uint8Array,
  view: DataView,
  batch: RecordBatch,
  codecs: RecordBatchCodecs,
  at: RecordSetCoordinates,
): void {
  const expected = view.getUint32(batch.start + CRC_AT);
  const actual = codecs.crc32c(recordSet.subarray(batch.start + CRC_FROM, batch.end));
  if (expected !== actual)
    throw malformedBatch(at, batch.baseOffset, 'its checksum does not match its bytes');
}

/** How many leading bytes of a fetched record set are whole batches, by their lengths alone. */
export function wholeBatchesLength(recordSet: Uint8Array): number {
  const view = new DataView(recordSet.buffer, recordSet.byteOffset, recordSet.byteLength);
  let position = 0;
  while (recordSet.length - position >= LOG_OVERHEAD) {
    const length = view.getInt32(position + 8);
    // A length that cannot be is left in: the scan reports it with coordinates.
    if (length < 0) return recordSet.length;
    if (length > recordSet.length - position - LOG_OVERHEAD) break;
    position += LOG_OVERHEAD + length;
  }
  return position;
}

export function malformedBatch(
  at: RecordSetCoordinates,
  offset: bigint,
  problem: string,
  cause?: unknown,
): HeadwaterError {
  return operationalError({
    code: 'HW_KAFKA_BATCH_MALFORMED',
    message: `The record batch at ${at.topic}[${at.partition}]@${offset} cannot be read: ${problem}.`,
    fix: 'Fetch it again; when it stays, the segment on the broker is damaged: restore it from a replica.',
    path: `${at.topic}[${at.partition}]@${offset}`,
    canRetry: true,
    ...(cause === undefined ? {} : { cause }),
  });
}
