import duck, { type DataChunk, type Vector } from '@duckdb/node-bindings';
import type { ChunkVector, ColumnChunk, KernelNode } from '@headwater/columnar-kernel';
import type { ColumnValue, CompiledContract } from '@headwater/core-contract';
import { assert } from '@headwater/kernel';
import {
  CHUNK_ROWS,
  copyInto,
  copyRows,
  copyRowValidity,
  copyValidity,
  reserveElements,
  setNull,
  validityBits,
  writeCells,
} from './engine-vector-copy.ts';
import type { ColumnBounds } from './engine-copy.ts';
import { writeValues } from './engine-vector-values.ts';

/**
 * What DuckDB is handed at a time. `row` is one record that no chunk has room for: its values as the judge gave them.
 * This module knows the shape of DuckDB's vectors; engine-vector-copy.ts checks every bound of every copy.
 */
export type ServedChunk =
  | {
      readonly kind: 'columns';
      readonly partition: number;
      readonly rows: number;
      readonly columns: ColumnChunk;
    }
  | {
      readonly kind: 'row';
      readonly partition: number;
      readonly rows: 1;
      readonly offset: bigint;
      /** Undefined when the time is none that a table shows. */
      readonly timestampMs: number | undefined;
      readonly values: readonly ColumnValue[];
    };

/** The rows of a batch, in the order they are to be written, as DuckDB reads them: c0, c1, ... then p, o, t, topic, batch. */
export interface KernelRows {
  /** The same in every row: an ENUM of one value costs nothing to write, a constant text is hashed for each row. */
  readonly topic: string;
  readonly batchId: string;
  readonly contract: CompiledContract;
  readonly columns: readonly KernelNode[];
  readonly chunks: readonly ServedChunk[];
  /** By column: the texts of its ENUM in order of code, when every chunk has codes for it. */
  readonly enums: readonly (readonly string[] | undefined)[];
  /** Bounds of those columns by name: DuckDB gives none for an ENUM. */
  readonly bounds: ReadonlyMap<string, ColumnBounds>;
  /** By column: cells of the codes of chunks that have codes. */
  readonly cells: readonly (Uint8Array<ArrayBuffer> | undefined)[];
}

const FIRST_CODE = new Uint8Array(CHUNK_ROWS);

/** Fills the vectors of an empty data chunk of the right types. */
export function serveChunk(output: DataChunk, rows: KernelRows, chunk: ServedChunk): void {
  assert(chunk.rows <= CHUNK_ROWS, 'a chunk is never larger than a vector');
  const vector = (index: number): Vector => duck.data_chunk_get_vector(output, index);
  const first = rows.columns.length;
  copyInto(vector(first), new Int32Array(chunk.rows).fill(chunk.partition), 4, CHUNK_ROWS);
  for (const constant of [first + 3, first + 4]) {
    copyInto(vector(constant), FIRST_CODE.subarray(0, chunk.rows), 1, CHUNK_ROWS);
  }
  if (chunk.kind === 'row') return serveRow(vector, rows, chunk);
  const { columns } = chunk;
  copyRows(vector(first + 1), columns.block, columns.offsets, columns.rows, 8, CHUNK_ROWS);
  copyRows(vector(first + 2), columns.block, columns.times, columns.rows, 8, CHUNK_ROWS);
  copyRowValidity(vector(first + 2), columns.block, columns.timesValidity, columns.rows, CHUNK_ROWS);
  for (const [index, node] of rows.columns.entries()) {
    const isEnum = rows.enums[index] !== undefined;
    fillVector(vector(index), node, columns, { room: CHUNK_ROWS, isEnum, cells: rows.cells[index] });
  }
}

function serveRow(
  vector: (index: number) => Vector,
  { contract, columns }: KernelRows,
  row: Extract<ServedChunk, { kind: 'row' }>,
): void {
  for (const [index, { type }] of contract.columns.entries()) {
    writeValues(vector(index), type, [row.values[index]!], CHUNK_ROWS);
  }
  copyInto(vector(columns.length + 1), BigInt64Array.of(row.offset), 8, CHUNK_ROWS);
  const time = vector(columns.length + 2);
  copyInto(time, BigInt64Array.of(BigInt(row.timestampMs ?? 0) * 1000n), 8, CHUNK_ROWS);
  if (row.timestampMs === undefined) {
    const bits = validityBits(1);
    setNull(bits, 0);
    copyValidity(time, bits, CHUNK_ROWS);
  }
}

interface Target {
  /** Rows the vector has room for. */
  readonly room: number;
  readonly isEnum: boolean;
  readonly cells: Uint8Array<ArrayBuffer> | undefined;
}

function fillVector(vector: Vector, node: KernelNode, chunk: ColumnChunk, target: Target): void {
  const source = chunk.vectors[node.index]!;
  const { room } = target;
  const inner = (child: Vector, index: number, childRoom: number): void =>
    fillVector(child, node.children[index]!, chunk, { room: childRoom, isEnum: false, cells: undefined });
  if (source.validity >= 0) copyRowValidity(vector, chunk.block, source.validity, source.rows, room);
  switch (node.column.type.kind) {
    case 'struct':
      for (const index of node.children.keys())
        inner(duck.struct_vector_get_child(vector, index), index, room);
      return;
    case 'array':
    case 'map': {
      const total = chunk.vectors[node.children[0]!.index]!.rows;
      assertEntries(chunk, source, total);
      copyRows(vector, chunk.block, source.data, source.rows, 16, room);
      const entries = reserveElements(vector, total);
      if (node.children.length === 1) return inner(entries, 0, total);
      inner(duck.struct_vector_get_child(entries, 0), 0, total);
      return inner(duck.struct_vector_get_child(entries, 1), 1, total);
    }
    case 'text':
    case 'json':
    case 'binary':
      if (target.isEnum) return copyRows(vector, chunk.block, source.data, source.rows, 1, room);
      return fillTexts(vector, chunk, source, target);
    default:
      return copyRows(vector, chunk.block, source.data, source.rows, node.width, room);
  }
}

/** Lists lie one behind the other inside of their entries. */
function assertEntries({ block }: ColumnChunk, { data, rows }: ChunkVector, total: number): void {
  const words = new Uint32Array(block.buffer, block.byteOffset + data, 4 * rows);
  for (let at = 0; at < 4 * rows; at += 4) {
    assert(
      words[at + 1] === 0 && words[at + 3] === 0 && words[at]! + words[at + 2]! <= total,
      'a list lies inside of the entries of its chunk',
    );
  }
}

/** Used for one vector at a time; entries of lists may be more than a chunk's rows. */
let scratch = new Uint32Array(4 * CHUNK_ROWS);

function fillTexts(vector: Vector, chunk: ColumnChunk, source: ChunkVector, target: Target): void {
  const { rows } = source;
  if (scratch.length < 4 * rows) scratch = new Uint32Array(4 * rows);
  if (source.isCoded) expandCodes(chunk, source, target.cells!);
  else {
    scratch.set(new Uint32Array(chunk.block.buffer, chunk.block.byteOffset + source.data, 4 * rows));
  }
  const heap =
    source.heapBytes > 0 ? chunk.block.subarray(source.heap, source.heap + source.heapBytes) : NO_HEAP;
  writeCells(vector, scratch, rows, heap, target.room);
}

const NO_HEAP = new Uint8Array(0);

/** The column got more values than codes later in the batch: codes become cells again. */
function expandCodes(
  { block }: ColumnChunk,
  { data, rows }: ChunkVector,
  cells: Uint8Array<ArrayBuffer>,
): void {
  const words = new Uint32Array(cells.buffer, cells.byteOffset, cells.length / 4);
  for (let row = 0; row < rows; row++) {
    const from = 4 * block[data + row]!;
    assert(from + 4 <= words.length, 'a code is one of its dictionary');
    for (let word = 0; word < 4; word++) scratch[4 * row + word] = words[from + word]!;
  }
}
