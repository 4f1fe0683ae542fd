import { createChunkArena } from '@headwater/columnar-kernel';
import {
  recordOffset,
  type BatchInput,
  type RecordSetBatch,
  type RecordSetInput,
  type RecordSetReport,
} from '@headwater/core-staging';
import { createRefusalTally } from './engine-refusal-tally.ts';
import { openRefusedRows } from './engine-refused-rows.ts';
import type { KernelBatchState, KernelTools } from './kernel-batch-state.ts';
import { landKernelBatch } from './kernel-landing.ts';
import { createTupleCounter } from './kernel-partitions.ts';
import { createKernelReader, type KernelOutput } from './kernel-reader.ts';

/** What a Parquet writer holds per open file, charged to the batch for each tuple of partition values. */
const FILE_BYTES = 64 << 10;
/** What a row costs beside its value: coordinates, cells, validity. */
const ROW_BYTES = 64;

export async function openKernelBatch(input: BatchInput, tools: KernelTools): Promise<RecordSetBatch> {
  const state = await openState(input, tools);
  const { reader, arena } = state;
  let isOver = false;
  let isLanding = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    tools.releaseKernel();
    arena.release();
    tools.release();
  };
  return {
    add: (set) => Promise.resolve().then(() => addRecordSet(state, set)),
    bufferedBytes: () =>
      reader.valueBytes() + reader.records() * ROW_BYTES + state.tuples.count() * FILE_BYTES,
    async land(scratchFolder) {
      isLanding = true;
      try {
        reader.seal();
        return await landKernelBatch(state, scratchFolder);
      } finally {
        end();
      }
    },
    // While DuckDB reads the chunks they stay; landing ends the batch by itself.
    discard: () => Promise.resolve(isLanding ? undefined : end()),
  };
}

async function openState(input: BatchInput, tools: KernelTools): Promise<KernelBatchState> {
  const { kernel, codecs, batchBytesMax } = tools;
  const { pipeline } = input;
  const arena = createChunkArena(tools.blocks);
  const base = {
    input,
    tools,
    refused: await openRefusedRows(tools.connection),
    tally: createRefusalTally(),
    tuples: createTupleCounter(pipeline.contract),
    arena,
    chunks: [],
    counts: new Map(),
    trapsBefore: kernel.traps(),
    partition: -1,
  };
  const output: KernelOutput = {
    chunk(columns) {
      state.tuples.noteChunk(kernel.columns, columns);
      state.chunks.push({ kind: 'columns', partition: state.partition, rows: columns.rows, columns });
    },
    row(record, timestampMs, values) {
      state.tuples.noteRow(values);
      const offset = recordOffset(record);
      state.chunks.push({ kind: 'row', partition: state.partition, rows: 1, offset, timestampMs, values });
    },
    refuse(record, refusal, schemaId) {
      state.refused.append(state.partition, record, refusal, schemaId);
      state.tally.note(state.partition, recordOffset(record), refusal);
    },
  };
  const reader = createKernelReader({ pipeline, kernel, codecs, batchBytesMax, arena, output });
  const state: KernelBatchState = { ...base, reader };
  return state;
}

function addRecordSet(state: KernelBatchState, set: RecordSetInput): RecordSetReport {
  const { reader, refused } = state;
  const { partition } = set;
  if (partition !== state.partition) {
    reader.seal();
    state.partition = partition;
  }
  const before = { accepted: reader.accepted(), refused: refused.count() };
  const report = reader.read(set);
  // Tuples are counted as they arrive [S11].
  if (state.tuples.isCounting) reader.seal();
  const counts = state.counts.get(partition) ?? { landed: 0n, quarantined: 0n };
  counts.landed += BigInt(reader.accepted() - before.accepted);
  counts.quarantined += BigInt(refused.count() - before.refused);
  state.counts.set(partition, counts);
  return report;
}
