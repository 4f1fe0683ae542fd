import type { DuckDBConnection } from '@duckdb/node-api';
import { createSlotJudge, type SlotJudge } from '@headwater/core-contract';
import {
  personalColumns,
  primaryPartitionColumns,
  primarySchema,
  recordOffset,
  type BatchInput,
  type LandedFile,
  type LandedOutputs,
  type RecordSetBatch,
  type RecordSetInput,
  type RecordSetReport,
  type RecordSetScanner,
  type ScannedRecord,
} from '@headwater/core-staging';
import { quoteName } from './database.ts';
import { openAcceptedRows, type AcceptedRows, type RowBuffers } from './engine-accepted-rows.ts';
import { copyToParquet } from './engine-copy.ts';
import { landQuarantine, rowColumnExpressions } from './engine-landing.ts';
import {
  createPartitionGuard,
  groupRows,
  partitionExpressions,
  type PartitionGuard,
} from './engine-partitioning.ts';
import { createRefusalTally, type RefusalTally } from './engine-refusal-tally.ts';
import { openRefusedRows, type Refusal, type RefusedRows } from './engine-refused-rows.ts';
import { readWireFormat } from './engine-wire-format.ts';

export interface BatchTools {
  readonly connection: DuckDBConnection;
  readonly buffers: RowBuffers;
  readonly scanner: RecordSetScanner;
  /** Called once, when the batch is over. Buffers that are not clean hold rows of it and must not be used again. */
  readonly release: (buffersAreClean: boolean) => void;
}

interface BatchState {
  readonly input: BatchInput;
  readonly tools: BatchTools;
  readonly judge: SlotJudge;
  readonly guard: PartitionGuard;
  readonly accepted: AcceptedRows;
  readonly refused: RefusedRows;
  readonly tally: RefusalTally;
  readonly schemaIds: ReadonlySet<number>;
  readonly counts: Map<number, { landed: bigint; quarantined: bigint }>;
  bufferedBytes: number;
  fanOut: number;
}

/** What a Parquet writer holds per open file, charged to the batch for each tuple of partition values. */
const FILE_BYTES = 64 << 10;
/** What a row costs beside its value: coordinates, string headers, validity. */
const ROW_BYTES = 64;

export async function openBatch(input: BatchInput, tools: BatchTools): Promise<RecordSetBatch> {
  const { contract } = input.pipeline;
  const state: BatchState = {
    input,
    tools,
    judge: createSlotJudge(contract),
    guard: createPartitionGuard(contract),
    accepted: await openAcceptedRows(tools.connection, tools.buffers),
    refused: await openRefusedRows(tools.connection),
    tally: createRefusalTally(),
    schemaIds: new Set(input.pipeline.schemaIds),
    counts: new Map(),
    bufferedBytes: 0,
    fanOut: 0,
  };
  let isOver = false;
  const end = (buffersAreClean: boolean) => {
    if (!isOver) tools.release(buffersAreClean);
    isOver = true;
  };
  return {
    add: async (set) => addRecordSet(state, set),
    bufferedBytes: () => state.bufferedBytes + state.fanOut * FILE_BYTES,
    async land(scratchFolder) {
      let isLanded = false;
      try {
        const outputs = await landBatch(state, scratchFolder);
        isLanded = true;
        return outputs;
      } finally {
        end(isLanded);
      }
    },
    discard: () => Promise.resolve(end(false)),
  };
}

function addRecordSet(state: BatchState, set: RecordSetInput): RecordSetReport {
  const { partition } = set;
  const before = { accepted: state.accepted.count(), refused: state.refused.count() };
  const report = state.tools.scanner.scan(state.input.pipeline.topic, set, {
    record: (record) => judgeRecord(state, partition, record),
  });
  state.accepted.keep();
  const counts = state.counts.get(partition) ?? { landed: 0n, quarantined: 0n };
  counts.landed += BigInt(state.accepted.count() - before.accepted);
  counts.quarantined += BigInt(state.refused.count() - before.refused);
  state.counts.set(partition, counts);
  return report;
}

function judgeRecord(state: BatchState, partition: number, record: ScannedRecord): void {
  const { judge, guard } = state;
  state.bufferedBytes += record.valueEnd - record.valueStart + ROW_BYTES;
  const wire = readWireFormat(record, state.schemaIds);
  if (wire.refusal !== undefined) return refuse(state, partition, record, wire.refusal, wire.schemaId);
  if (!judge.judge(record.bytes, wire.start, record.valueEnd)) {
    return refuse(state, partition, record, judge.refusal(), wire.schemaId);
  }
  const misplaced = guard.judge(judge.slots);
  if (misplaced !== undefined) return refuse(state, partition, record, misplaced, wire.schemaId);
  state.fanOut = guard.note(judge.slots, record.bytes);
  state.accepted.append(partition, record, judge.slots);
}

function refuse(
  state: BatchState,
  partition: number,
  record: ScannedRecord,
  refusal: Refusal,
  schemaId: number | null,
): void {
  state.refused.append(partition, record, refusal, schemaId);
  state.tally.note(partition, recordOffset(record), refusal);
}

async function landBatch(state: BatchState, scratchFolder: string): Promise<LandedOutputs> {
  state.accepted.finish();
  state.refused.finish();
  return {
    quarantine:
      state.refused.count() === 0
        ? []
        : [await landQuarantine(state.tools.connection, state.input, scratchFolder)],
    primary: await landPrimary(state, scratchFolder),
    counts: state.counts,
    reasons: state.tally.reasons(),
  };
}

async function landPrimary(state: BatchState, scratchFolder: string): Promise<readonly LandedFile[]> {
  if (state.accepted.count() === 0) return [];
  const { connection } = state.tools;
  const { contract } = state.input.pipeline;
  const partitionColumns = primaryPartitionColumns(contract);
  const target = {
    scratchFolder,
    schema: primarySchema(contract),
    tableProperties: state.input.pipeline.tableProperties,
    statsRules: { partitionColumns, personalColumns: personalColumns(contract) },
  };
  const columns = [
    ...contract.columns.flatMap(({ name }, index) =>
      partitionColumns.includes(name) ? [] : [`c${index} as ${quoteName(name)}`],
    ),
    ...rowColumnExpressions(state.input),
  ].join();
  const files: LandedFile[] = [];
  for (const group of await groupRows(connection, partitionExpressions(contract))) {
    files.push(await copyToParquet(connection, group.query(columns), group.values, target));
  }
  return files;
}
