import type { DuckDBConnection } from '@duckdb/node-api';
import type { BlockPool, ChunkArena, ColumnarKernel } from '@headwater/columnar-kernel';
import type { BatchInput, RecordBatchCodecs } from '@headwater/core-staging';
import type { RefusalTally } from './engine-refusal-tally.ts';
import type { RefusedRows } from './engine-refused-rows.ts';
import type { ServedChunk } from './kernel-hand-over.ts';
import type { TupleCounter } from './kernel-partitions.ts';
import type { KernelReader } from './kernel-reader.ts';
import type { RowsFunction } from './kernel-rows.ts';

export interface KernelTools {
  readonly connection: DuckDBConnection;
  readonly rowsFunction: RowsFunction;
  readonly kernel: ColumnarKernel;
  readonly codecs: RecordBatchCodecs;
  readonly blocks: BlockPool;
  readonly batchBytesMax: number;
  /** Called once, when the kernel may serve another batch. */
  readonly releaseKernel: () => void;
  /** Called once, when the batch is over. */
  readonly release: () => void;
}

export interface KernelBatchState {
  readonly input: BatchInput;
  readonly tools: KernelTools;
  readonly reader: KernelReader;
  readonly refused: RefusedRows;
  readonly tally: RefusalTally;
  readonly tuples: TupleCounter;
  readonly arena: ChunkArena;
  readonly chunks: ServedChunk[];
  readonly counts: Map<number, { landed: bigint; quarantined: bigint }>;
  /** Traps of the kernel before this batch; it served others. */
  readonly trapsBefore: number;
  /** Partition of the rows that are collected now. */
  partition: number;
}
