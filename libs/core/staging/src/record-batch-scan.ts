import {
  checkBatchCrc,
  CRC_AT,
  CRC_FROM,
  malformedBatch,
  readBatchHeader,
  RECORD_BATCH_OVERHEAD,
} from './record-batch.ts';
import { createAbortedFilter } from './record-batch-aborted.ts';
import { eachRecord, newRecordCursor, recordOffset } from './record-batch-records.ts';
import type { RecordBatch, RecordBatchCodecs, RecordSetCoordinates } from './record-batch.ts';
import type { RecordCursor, ScannedRecord } from './record-batch-records.ts';
import type { AbortedFilter } from './record-batch-aborted.ts';
import type { RecordSetInput, RecordSetReport } from './record-set-engine.ts';

/** Called in offset order for the committed records of [from, to). */
export interface RecordVisitor {
  /** A record with a value. */
  record(record: ScannedRecord): void;
  /** A record without a value. */
  tombstone?(record: ScannedRecord): void;
  /**
   * Offers a whole batch that is neither control nor aborted, before its checksum was looked at. A visitor that takes it
   * answers what it saw; undefined leaves the batch to the scan, which visits each record of it.
   */
  batch?(stored: StoredBatch): BatchTally | undefined;
}

/** A record batch as it lies in its record set, and the part of [from, to) inside it as offset deltas. */
export interface StoredBatch {
  readonly header: RecordBatch;
  readonly recordSet: Uint8Array;
  /** CRC32C that the header promises for everything from `crcFrom` on. */
  readonly crc: number;
  readonly crcFrom: number;
  readonly lowestDelta: number;
  readonly endDelta: number;
}

/** What a visitor saw of the records of one batch that lie in range. */
export interface BatchTally {
  readonly records: number;
  readonly tombstones: number;
  /** Of the first and last record in range, with or without a value; -1 when there is none. */
  readonly firstDelta: number;
  readonly lastDelta: number;
  readonly firstTimestampMs: number;
  readonly lastTimestampMs: number;
}

export interface RecordSetScanner {
  /**
   * Walks the whole batches of `input.recordSet`; a cut last batch is left for the next fetch. Every offset of
   * [from, report.nextOffset) is in exactly one class of the report [S10]:
   * nextOffset - from = records + tombstones + control + aborted + absent. `records` excludes tombstones; `aborted`
   * counts records; `nextOffset` never passes `to`.
   * @throws HeadwaterError operational HW_KAFKA_BATCH_MALFORMED naming topic, partition and offset. The caller then
   * drops what this scan visited.
   */
  scan(topic: string, input: RecordSetInput, visitor: RecordVisitor): RecordSetReport;
}

export interface ScannerOptions {
  readonly codecs: RecordBatchCodecs;
  /** Most bytes one batch may decompress to. */
  readonly batchBytesMax: number;
}

/** A scanner that reuses its cursor: not re-entrant, one per lane. */
export function createRecordSetScanner(options: ScannerOptions): RecordSetScanner {
  const cursor = newRecordCursor();
  return { scan: (topic, input, visitor) => scanRecordSet(options, cursor, topic, input, visitor) };
}

interface Tally {
  nextOffset: bigint;
  records: number;
  tombstones: number;
  control: number;
  aborted: number;
  firstOffset: bigint;
  firstTimestampMs: number;
  lastOffset: bigint;
  lastTimestampMs: number;
  leaderEpoch: number;
}
interface Scan {
  readonly options: ScannerOptions;
  readonly cursor: RecordCursor;
  readonly at: RecordSetCoordinates;
  readonly input: RecordSetInput;
  readonly visitor: RecordVisitor;
  readonly view: DataView;
  readonly filter: AbortedFilter;
  readonly tally: Tally;
}

function scanRecordSet(
  options: ScannerOptions,
  cursor: RecordCursor,
  topic: string,
  input: RecordSetInput,
  visitor: RecordVisitor,
): RecordSetReport {
  const { recordSet } = input;
  const scan: Scan = {
    options,
    cursor,
    at: { topic, partition: input.partition },
    input,
    visitor,
    view: new DataView(recordSet.buffer, recordSet.byteOffset, recordSet.byteLength),
    filter: createAbortedFilter(input.aborted),
    tally: newTally(input.from),
  };
  let previousLast = -1n;
  for (let position = 0; scan.tally.nextOffset < input.to;) {
    const batch = readBatchHeader(recordSet, scan.view, position, scan.at);
    if (batch === undefined) break;
    if (batch.baseOffset <= previousLast) {
      throw malformedBatch(scan.at, batch.baseOffset, `the batch before it ends at ${previousLast}`);
    }
    scanBatch(scan, batch);
    previousLast = batch.lastOffset;
    position = batch.end;
  }
  return toReport(input.from, scan.tally);
}

function scanBatch(scan: Scan, batch: RecordBatch): void {
  const { from, to } = scan.input;
  const isAborted = scan.filter.enter(batch);
  const isOutside = batch.lastOffset < from || batch.baseOffset >= to;
  const isTaken = !isOutside && !batch.isControl && !isAborted && offerBatch(scan, batch);
  // A control batch holds one small record and moves the filter even when it lies before `from`.
  if (!isTaken && (!isOutside || batch.isControl)) {
    checkBatchCrc(scan.input.recordSet, scan.view, batch, scan.options.codecs, scan.at);
    scanRecords(scan, batch, isAborted);
  }
  const next = batch.lastOffset < to ? batch.lastOffset + 1n : to;
  if (next > scan.tally.nextOffset) scan.tally.nextOffset = next;
  if (!isOutside) scan.tally.leaderEpoch = batch.leaderEpoch;
}

function offerBatch({ input, tally, view, visitor }: Scan, header: RecordBatch): boolean {
  const seen = visitor.batch?.({
    header,
    recordSet: input.recordSet,
    crc: view.getUint32(header.start + CRC_AT),
    crcFrom: header.start + CRC_FROM,
    lowestDelta: toDelta(input.from - header.baseOffset),
    endDelta: toDelta(input.to - header.baseOffset),
  });
  if (seen === undefined) return false;
  tally.records += seen.records;
  tally.tombstones += seen.tombstones;
  if (seen.firstDelta < 0) return true;
  if (tally.firstOffset < 0n) {
    tally.firstOffset = header.baseOffset + BigInt(seen.firstDelta);
    tally.firstTimestampMs = seen.firstTimestampMs;
  }
  tally.lastOffset = header.baseOffset + BigInt(seen.lastDelta);
  tally.lastTimestampMs = seen.lastTimestampMs;
  return true;
}

function scanRecords(scan: Scan, batch: RecordBatch, isAborted: boolean): void {
  const { tally, visitor } = scan;
  // Deltas are int32, so the part of [from, to) inside the batch is compared without a bigint per record.
  const lowestDelta = toDelta(scan.input.from - batch.baseOffset);
  const endDelta = toDelta(scan.input.to - batch.baseOffset);
  let seen = 0;
  let lastDelta = 0;
  eachRecord(batch, recordBytes(scan, batch), scan.cursor, scan.at, (record) => {
    if (batch.isControl) scan.filter.mark(batch, record);
    if (record.offsetDelta < lowestDelta || record.offsetDelta >= endDelta) return;
    if (tally.firstOffset < 0n) {
      tally.firstOffset = recordOffset(record);
      tally.firstTimestampMs = record.timestampMs;
    }
    seen++;
    lastDelta = record.offsetDelta;
    tally.lastTimestampMs = record.timestampMs;
    if (batch.isControl) tally.control++;
    else if (isAborted) tally.aborted++;
    else if (record.valueStart < 0) {
      tally.tombstones++;
      visitor.tombstone?.(record);
    } else {
      tally.records++;
      visitor.record(record);
    }
  });
  if (seen > 0) tally.lastOffset = batch.baseOffset + BigInt(lastDelta);
}

function recordBytes(scan: Scan, batch: RecordBatch): Uint8Array {
  const stored = scan.input.recordSet.subarray(batch.start + RECORD_BATCH_OVERHEAD, batch.end);
  if (batch.compression === 'none' || stored.length === 0) return stored;
  try {
    return scan.options.codecs.decompress(batch.compression, stored, scan.options.batchBytesMax);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const problem = `its ${batch.compression} data does not decompress (${reason})`;
    throw malformedBatch(scan.at, batch.baseOffset, problem, cause);
  }
}

const toDelta = (difference: bigint): number => {
  if (difference < 0n) return 0;
  return difference > 0x7fff_ffffn ? 0x8000_0000 : Number(difference);
};

const newTally = (from: bigint): Tally => ({
  nextOffset: from,
  records: 0,
  tombstones: 0,
  control: 0,
  aborted: 0,
  firstOffset: -1n,
  firstTimestampMs: 0,
  lastOffset: -1n,
  lastTimestampMs: 0,
  leaderEpoch: -1,
});

function toReport(from: bigint, tally: Tally): RecordSetReport {
  const present = tally.records + tally.tombstones + tally.control + tally.aborted;
  return {
    nextOffset: tally.nextOffset,
    records: BigInt(tally.records),
    tombstones: BigInt(tally.tombstones),
    control: BigInt(tally.control),
    aborted: BigInt(tally.aborted),
    absent: tally.nextOffset - from - BigInt(present),
    ...(tally.leaderEpoch < 0 ? {} : { leaderEpoch: tally.leaderEpoch }),
    ...(tally.firstOffset < 0n
      ? {}
      : {
          firstOffset: tally.firstOffset,
          firstTimestampMs: tally.firstTimestampMs,
          lastOffset: tally.lastOffset,
          lastTimestampMs: tally.lastTimestampMs,
        }),
  };
}
