import type { ChunkVector, ColumnChunk } from './column-chunk.ts';
import type { KernelNode } from './program-tables.ts';
import type { KernelValue } from './row-writer.ts';

/** One row of a chunk as values, for people and tests; hot paths copy whole vectors. */
export interface ChunkRow {
  readonly offset: bigint;
  /** Microseconds since 1970; undefined when the record carries no time that a table shows. */
  readonly timeUs: bigint | undefined;
  readonly values: readonly KernelValue[];
}

/** Reads every row. `cells` gives the dictionary of a column whose vector has codes. */
export function readChunk(
  columns: readonly KernelNode[],
  chunk: ColumnChunk,
  cells: (node: KernelNode) => Uint8Array<ArrayBuffer>,
): readonly ChunkRow[] {
  const { block } = chunk;
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const source: Source = { chunk, view, cells };
  return Array.from({ length: chunk.rows }, (_, row) => ({
    offset: view.getBigInt64(chunk.offsets + 8 * row, true),
    timeUs: isSet(block, chunk.timesValidity, row)
      ? view.getBigInt64(chunk.times + 8 * row, true)
      : undefined,
    values: columns.map((node) => readValue(source, node, row)),
  }));
}

interface Source {
  readonly chunk: ColumnChunk;
  readonly view: DataView;
  readonly cells: (node: KernelNode) => Uint8Array<ArrayBuffer>;
}

const isSet = (block: Uint8Array, validity: number, row: number): boolean =>
  validity < 0 || (block[validity + (row >> 3)]! & (1 << (row & 7))) !== 0;

function readValue(source: Source, node: KernelNode, row: number): KernelValue {
  const { chunk, view } = source;
  const vector = chunk.vectors[node.index]!;
  if (!isSet(chunk.block, vector.validity, row)) return null;
  const at = vector.data + row * node.width;
  const { type } = node.column;
  switch (type.kind) {
    case 'text':
    case 'json':
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(readBytes(source, node, vector, row));
    case 'binary':
      return readBytes(source, node, vector, row).slice();
    case 'boolean':
      return view.getUint8(at) === 1;
    case 'float':
      return view.getFloat32(at, true);
    case 'double':
      return view.getFloat64(at, true);
    case 'date':
    case 'whole':
    case 'timestamp':
      return readWhole(view, at, node.width);
    case 'wide':
      return (view.getBigInt64(at + 8, true) << 64n) | view.getBigUint64(at, true);
    case 'struct':
      return { struct: node.children.map((child) => readValue(source, child, row)) };
    case 'array':
      return { array: entryRows(view, at).map((entry) => readValue(source, node.children[0]!, entry)) };
    case 'map':
      return {
        map: entryRows(view, at).map(
          (entry) =>
            [
              readValue(source, node.children[0]!, entry) as string,
              readValue(source, node.children[1]!, entry),
            ] as const,
        ),
      };
  }
}

function entryRows(view: DataView, at: number): readonly number[] {
  const first = Number(view.getBigUint64(at, true));
  return Array.from({ length: Number(view.getBigUint64(at + 8, true)) }, (_, index) => first + index);
}

function readWhole(view: DataView, at: number, width: number): bigint {
  if (width === 8) return view.getBigInt64(at, true);
  return BigInt(
    width === 4 ? view.getInt32(at, true) : width === 2 ? view.getInt16(at, true) : view.getInt8(at),
  );
}

function readBytes(
  { chunk, view, cells }: Source,
  node: KernelNode,
  vector: ChunkVector,
  row: number,
): Uint8Array {
  const { block } = chunk;
  if (vector.isCoded) {
    const table = cells(node);
    const cell = 16 * block[vector.data + row]!;
    return table.subarray(cell + 4, cell + 4 + table[cell]!);
  }
  const at = vector.data + 16 * row;
  const length = view.getUint32(at, true);
  if (length <= 12) return block.subarray(at + 4, at + 4 + length);
  const start = vector.heap + Number(view.getBigUint64(at + 8, true));
  if (start + length > vector.heap + vector.heapBytes)
    throw new RangeError('a text passes the end of its heap');
  return block.subarray(start, start + length);
}
