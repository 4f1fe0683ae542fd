import { createChunkArena } from '@headwater/columnar-kernel';
import { createRecordJudge, type ColumnValue } from '@headwater/core-contract';
import {
  RECORD_BATCH_OVERHEAD,
  recordOffset,
  type BatchInput,
  type BatchTally,
  type LandedOutputs,
  type RecordSetBatch,
  type RecordSetInput,
  type RecordSetReport,
  type ScannedRecord,
  type StoredBatch,
} from '@headwater/core-staging';
import { createRefusalTally } from './engine-refusal-tally.ts';
import { openRefusedRows, type Refusal } from './engine-refused-rows.ts';
import { isRepresentable } from './engine-row-position.ts';
import { readWireFormat } from './engine-wire-format.ts';
import type { KernelBatchState, KernelTools } from './kernel-batch-state.ts';
import { landKernelBatch } from './kernel-landing.ts';
import { createTupleCounter, refusePartition } from './kernel-partitions.ts';

/** What a Parquet writer holds per open file, charged to the batch for each tuple of partition values. */
const FILE_BYTES = 64 << 10;
/** What a row costs beside its value: coordinates, cells, validity. */
const ROW_BYTES = 64;

export async function openKernelBatch(input: BatchInput, tools: KernelTools): Promise<RecordSetBatch> {
  const { contract, schemaIds } = input.pipeline;
  const state: KernelBatchState = {
    input,
    tools,
    judge: createRecordJudge(contract),
    refused: await openRefusedRows(tools.connection),
    tally: createRefusalTally(),
    tuples: createTupleCounter(contract),
    schemaIds: new Set(schemaIds),
    arena: createChunkArena(tools.blocks),
    chunks: [],
    counts: new Map(),
    partition: -1,
    accepted: 0,
    valueBytes: 0,
    records: 0,
    passed: 0,
  };
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    tools.releaseKernel();
    state.arena.release();
    tools.release();
  };
  return {
    add: (set) => Promise.resolve().then(() => addRecordSet(state, set)),
    bufferedBytes: () => state.valueBytes + state.records * ROW_BYTES + state.tuples.count() * FILE_BYTES,
    async land(scratchFolder): Promise<LandedOutputs> {
      try {
        sealChunk(state);
        return await landKernelBatch(state, scratchFolder);
      } finally {
        end();
      }
    },
    discard: () => Promise.resolve(end()),
  };
}

function addRecordSet(state: KernelBatchState, set: RecordSetInput): RecordSetReport {
  const { partition } = set;
  if (partition !== state.partition) {
    sealChunk(state);
    state.partition = partition;
  }
  const before = { accepted: rowCount(state), refused: state.refused.count() };
  const report = state.tools.scanner.scan(state.input.pipeline.topic, set, {
    batch: (stored) => readBatch(state, stored),
    record: (record) => takeRecord(state, record),
  });
  // Tuples are counted as they arrive [S11].
  if (state.tuples.isCounting) sealChunk(state);
  const counts = state.counts.get(partition) ?? { landed: 0n, quarantined: 0n };
  counts.landed += BigInt(rowCount(state) - before.accepted);
  counts.quarantined += BigInt(state.refused.count() - before.refused);
  state.counts.set(partition, counts);
  return report;
}

const rowCount = (state: KernelBatchState): number => state.accepted + state.tools.kernel.rows();

/** Reads a whole batch in the kernel. What it leaves open goes through the scan, record by record [K4]. */
function readBatch(state: KernelBatchState, stored: StoredBatch): BatchTally | undefined {
  const { kernel } = state.tools;
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
function loadBatch(state: KernelBatchState, { header, recordSet, crc, crcFrom }: StoredBatch): boolean {
  const { kernel, codecs, batchBytesMax } = state.tools;
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
function judgeDoubt(state: KernelBatchState, baseOffset: bigint): void {
  const record = state.tools.kernel.record();
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
function takeRecord(state: KernelBatchState, record: ScannedRecord): void {
  state.valueBytes += record.valueEnd - record.valueStart;
  state.records++;
  if (state.passed > 0) state.passed--;
  else judge(state, record);
}

function judge(state: KernelBatchState, record: ScannedRecord): void {
  const wire = readWireFormat(record, state.schemaIds);
  if (wire.refusal !== undefined) return refuse(state, record, wire.refusal, wire.schemaId);
  const verdict = state.judge(record.bytes.subarray(wire.start, record.valueEnd));
  if (!verdict.accepted) return refuse(state, record, verdict, wire.schemaId);
  const misplaced = refusePartition(state.input.pipeline.contract, verdict.values);
  if (misplaced !== undefined) return refuse(state, record, misplaced, wire.schemaId);
  accept(state, record, verdict.values);
}

function refuse(
  state: KernelBatchState,
  record: ScannedRecord,
  refusal: Refusal,
  schemaId: number | null,
): void {
  state.refused.append(state.partition, record, refusal, schemaId);
  state.tally.note(state.partition, recordOffset(record), refusal);
}

/** Writes a row the guarded path has taken into the kernel's columns, so that rows keep their order. */
function accept(state: KernelBatchState, record: ScannedRecord, values: readonly ColumnValue[]): void {
  const { kernel } = state.tools;
  const offset = recordOffset(record);
  const timestampMs = isRepresentable(record.timestampMs) ? record.timestampMs : undefined;
  const timeMs = BigInt(timestampMs ?? -1);
  if (kernel.addRow(values, offset, timeMs)) return;
  sealChunk(state);
  if (kernel.addRow(values, offset, timeMs)) return;
  state.tuples.noteRow(values);
  state.chunks.push({ kind: 'row', partition: state.partition, rows: 1, offset, timestampMs, values });
  state.accepted++;
}

/** Moves the rows of the open chunk to the batch. */
function sealChunk(state: KernelBatchState): void {
  const { kernel } = state.tools;
  const rows = kernel.rows();
  if (rows === 0) return;
  const columns = kernel.takeChunk(state.arena);
  state.tuples.noteChunk(kernel.columns, columns);
  state.chunks.push({ kind: 'columns', partition: state.partition, rows, columns });
  state.accepted += rows;
}
