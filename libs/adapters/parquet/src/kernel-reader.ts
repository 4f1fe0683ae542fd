import type { ChunkArena, ColumnarKernel, ColumnChunk } from '@headwater/columnar-kernel';
import { createRecordJudge, type ColumnValue, type RecordJudge } from '@headwater/core-contract';
import {
  createRecordSetScanner,
  RECORD_BATCH_OVERHEAD,
  recordOffset,
  type BatchTally,
  type PipelineSpec,
  type RecordBatchCodecs,
  type RecordSetInput,
  type RecordSetReport,
  type RecordSetScanner,
  type ScannedRecord,
  type StoredBatch,
} from '@headwater/core-staging';
import type { Refusal } from './engine-refused-rows.ts';
import { isRepresentable } from './engine-row-position.ts';
import { readWireFormat } from './engine-wire-format.ts';
import { refusePartition } from './kernel-partitions.ts';

/** Where the records of a batch go. */
export interface KernelOutput {
  /** Rows the kernel has collected; their bytes lie in the arena of the reader. */
  chunk(chunk: ColumnChunk): void;
  /** A row that no chunk has room for. */
  row(record: ScannedRecord, timestampMs: number | undefined, values: readonly ColumnValue[]): void;
  refuse(record: ScannedRecord, refusal: Refusal, schemaId: number | null): void;
}

export interface KernelReaderOptions {
  readonly pipeline: PipelineSpec;
  readonly kernel: ColumnarKernel;
  readonly codecs: RecordBatchCodecs;
  readonly batchBytesMax: number;
  readonly arena: ChunkArena;
  readonly output: KernelOutput;
}

/** Record sets in, chunks and refusals out: the kernel reads, and what it doubts is judged here [K1] [K4]. */
export interface KernelReader {
  read(set: RecordSetInput): RecordSetReport;
  /** Hands over the rows collected so far. */
  seal(): void;
  /** Rows taken so far, also those not handed over. */
  accepted(): number;
  /** Records with a value so far, and the bytes of their values. */
  records(): number;
  valueBytes(): number;
  /** Records that the kernel could not prove, or did not come to. */
  doubts(): number;
}

interface ReaderState extends KernelReaderOptions {
  readonly scanner: RecordSetScanner;
  readonly judge: RecordJudge;
  readonly schemaIds: ReadonlySet<number>;
  sealed: number;
  records: number;
  valueBytes: number;
  doubts: number;
  /** Records of the batch under the scan that the kernel has dealt with already. */
  passed: number;
}

export function createKernelReader(options: KernelReaderOptions): KernelReader {
  const { pipeline, codecs, batchBytesMax, kernel } = options;
  const state: ReaderState = {
    ...options,
    scanner: createRecordSetScanner({ codecs, batchBytesMax }),
    judge: createRecordJudge(pipeline.contract),
    schemaIds: new Set(pipeline.schemaIds),
    sealed: 0,
    records: 0,
    valueBytes: 0,
    doubts: 0,
    passed: 0,
  };
  return {
    read: (set) =>
      state.scanner.scan(pipeline.topic, set, {
        batch: (stored) => readBatch(state, stored),
        record: (record) => takeRecord(state, record),
      }),
    seal: () => sealChunk(state),
    accepted: () => state.sealed + kernel.rows(),
    records: () => state.records,
    valueBytes: () => state.valueBytes,
    doubts: () => state.doubts,
  };
}

/** Reads a whole batch in the kernel. What it leaves open goes through the scan, record by record [K4]. */
function readBatch(state: ReaderState, stored: StoredBatch): BatchTally | undefined {
  const { kernel } = state;
  state.passed = 0;
  if (!loadBatch(state, stored)) return undefined;
  const { header } = stored;
  kernel.begin({
    recordsCount: header.recordsCount,
    baseOffset: header.baseOffset,
    lastOffsetDelta: Number(header.lastOffset - header.baseOffset),
    timeMs: BigInt(header.isLogAppendTime ? header.maxTimestampMs : header.baseTimestampMs),
    isLogAppendTime: header.isLogAppendTime,
    lowestDelta: stored.lowestDelta,
    endDelta: stored.endDelta,
  });
  for (;;) {
    const step = kernel.step();
    if (step === 'full') sealChunk(state);
    else if (step === 'doubt') judgeDoubt(state, header.baseOffset);
    else {
      const counts = kernel.counts();
      if (step === 'finished') {
        state.valueBytes += counts.valueBytes;
        state.records += counts.records;
        return {
          records: counts.records,
          tombstones: counts.tombstones,
          firstDelta: counts.firstDelta,
          lastDelta: counts.lastDelta,
          firstTimestampMs: Number(counts.firstTimeMs),
          lastTimestampMs: Number(counts.lastTimeMs),
        };
      }
      // The scan goes over the batch again and finds what is wrong with it; these records are done.
      state.passed = counts.records;
      return undefined;
    }
  }
}

/** The header part of the stored bytes that the checksum covers. */
function loadBatch(state: ReaderState, { header, recordSet, crc, crcFrom }: StoredBatch): boolean {
  const { kernel, codecs, batchBytesMax } = state;
  if (!kernel.load(recordSet.subarray(crcFrom, header.end), crc)) return false;
  const recordsAt = header.start + RECORD_BATCH_OVERHEAD - crcFrom;
  switch (header.compression) {
    case 'none':
    case 'lz4':
    case 'snappy':
      return kernel.decompress(header.compression, recordsAt, batchBytesMax);
    case 'gzip':
    case 'zstd': {
      const bytes = recordSet.subarray(header.start + RECORD_BATCH_OVERHEAD, header.end);
      try {
        kernel.loadPlain(codecs.decompress(header.compression, bytes, batchBytesMax));
        return true;
      } catch {
        // The scan meets the same problem and reports it with coordinates.
        return false;
      }
    }
  }
}

/** Judges the record under the kernel's cursor. */
function judgeDoubt(state: ReaderState, baseOffset: bigint): void {
  const record = state.kernel.record();
  judge(state, {
    bytes: record.bytes,
    baseOffset,
    offsetDelta: record.offsetDelta,
    timestampMs: Number(record.timeMs),
    keyStart: record.keyStart,
    keyEnd: record.keyStart < 0 ? -1 : record.keyEnd,
    valueStart: record.valueStart,
    valueEnd: record.valueEnd,
    headersCount: record.headersCount,
    headersStart: record.headersStart,
    headersEnd: record.end,
  });
}

/** A record of a batch that the kernel did not read to its end. */
function takeRecord(state: ReaderState, record: ScannedRecord): void {
  state.valueBytes += record.valueEnd - record.valueStart;
  state.records++;
  if (state.passed > 0) state.passed--;
  else judge(state, record);
}

function judge(state: ReaderState, record: ScannedRecord): void {
  state.doubts++;
  const wire = readWireFormat(record, state.schemaIds);
  if (wire.refusal !== undefined) return state.output.refuse(record, wire.refusal, wire.schemaId);
  const verdict = state.judge(record.bytes.subarray(wire.start, record.valueEnd));
  if (!verdict.accepted) return state.output.refuse(record, verdict, wire.schemaId);
  const misplaced = refusePartition(state.pipeline.contract, verdict.values);
  if (misplaced !== undefined) return state.output.refuse(record, misplaced, wire.schemaId);
  accept(state, record, verdict.values);
}

/** Writes a row the guarded path has taken into the kernel's columns, so that rows keep their order. */
function accept(state: ReaderState, record: ScannedRecord, values: readonly ColumnValue[]): void {
  const { kernel } = state;
  const offset = recordOffset(record);
  const timestampMs = isRepresentable(record.timestampMs) ? record.timestampMs : undefined;
  const timeMs = BigInt(timestampMs ?? -1);
  if (kernel.addRow(values, offset, timeMs)) return;
  sealChunk(state);
  if (kernel.addRow(values, offset, timeMs)) return;
  state.sealed++;
  state.output.row(record, timestampMs, values);
}

/** Hands over the rows of the open chunk. */
function sealChunk(state: ReaderState): void {
  const { kernel } = state;
  const rows = kernel.rows();
  if (rows === 0) return;
  state.sealed += rows;
  state.output.chunk(kernel.takeChunk(state.arena));
}
