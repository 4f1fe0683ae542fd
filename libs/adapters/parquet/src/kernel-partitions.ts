import type { ColumnChunk, KernelNode } from '@headwater/columnar-kernel';
import type { ColumnValue, CompiledContract } from '@headwater/core-contract';
import { emptyPartitionValue } from './engine-partitioning.ts';
import type { Refusal } from './engine-refused-rows.ts';

/** Why no partition can hold the row, or undefined. */
export function refusePartition(
  { columns, partitionColumns }: CompiledContract,
  values: readonly ColumnValue[],
): Refusal | undefined {
  for (const { column: name } of partitionColumns) {
    const index = columns.findIndex((column) => column.name === name);
    if (values[index] === '') return emptyPartitionValue(columns[index]!);
  }
  return undefined;
}

/** Counts the tuples of partition values among rows, by their bytes; 1 for a table without partition columns. */
export interface TupleCounter {
  readonly isCounting: boolean;
  noteChunk(nodes: readonly KernelNode[], chunk: ColumnChunk): void;
  noteRow(values: readonly ColumnValue[]): void;
  count(): number;
}

/** Tuples told apart; a batch is cut long before it holds so many. */
const TUPLES_MAX = 10_000;
const DAY_MICROS = 86_400_000_000n;

export function createTupleCounter(contract: CompiledContract): TupleCounter {
  const partitions = contract.partitionColumns.map(({ column, from }) => ({
    index: contract.columns.findIndex(({ name }) => name === column),
    isDate: from === 'date',
  }));
  const tuples = new Set<string>();
  let rows = 0;
  return {
    isCounting: partitions.length > 0,
    noteChunk(nodes, chunk) {
      rows += chunk.rows;
      if (partitions.length === 0) return;
      for (let row = 0; row < chunk.rows && tuples.size < TUPLES_MAX; row++) {
        tuples.add(
          partitions.map(({ index, isDate }) => valueText(nodes[index]!, chunk, row, isDate)).join('\0'),
        );
      }
    },
    noteRow(values) {
      rows++;
      if (partitions.length > 0 && tuples.size < TUPLES_MAX) {
        tuples.add(partitions.map(({ index }) => String(values[index])).join('\0'));
      }
    },
    count: () => (partitions.length === 0 ? Math.min(rows, 1) : tuples.size),
  };
}

/** A text that differs when the values differ, but for a column whose dictionary was given up in between. */
function valueText(node: KernelNode, chunk: ColumnChunk, row: number, isDate: boolean): string {
  const { data, isCoded, heap } = chunk.vectors[node.index]!;
  const { block } = chunk;
  if (isCoded) return `code ${block[data + row]}`;
  const at = data + row * node.width;
  const view = new DataView(block.buffer, block.byteOffset + at, node.width);
  if (isDate) return String(view.getBigInt64(0, true) / DAY_MICROS);
  if (node.width === 16 && view.getUint32(0, true) > 12) {
    const start = heap + view.getUint32(8, true);
    return Buffer.from(block.subarray(start, start + view.getUint32(0, true))).toString('latin1');
  }
  return Buffer.from(block.subarray(at, at + node.width)).toString('latin1');
}
