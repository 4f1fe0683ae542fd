import duck, { type Vector } from '@duckdb/node-bindings';
import { assert } from '@headwater/kernel';

/**
 * The only place that copies into DuckDB's memory. DuckDB checks no bound here, so a caller says how many rows the
 * vector has room for, and more than that is never copied.
 */

/** Rows that a vector of a data chunk has room for. */
export const CHUNK_ROWS: number = duck.vector_size();

/** Copies the whole of `data`, `bytesPerRow` for each of its rows, to the start of a vector with room for `rowsMax`. */
export function copyInto(vector: Vector, data: ArrayBufferView, bytesPerRow: number, rowsMax: number): void {
  const { buffer, byteOffset, byteLength } = data;
  assert(buffer instanceof ArrayBuffer, 'vectors are filled from plain buffers');
  assert(byteLength <= bytesPerRow * rowsMax, 'a vector is never filled past its room');
  if (byteLength > 0) duck.copy_data_to_vector(vector, 0, buffer, byteOffset, byteLength);
}

/** Validity is kept in 64-bit words, one bit per row, lowest first, 1 for a value. */
export const validityBits = (rows: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Math.ceil(rows / 64) * 8).fill(0xff);

export const setNull = (bits: Uint8Array, row: number): void => {
  bits[row >> 3]! &= ~(1 << (row & 7));
};

/** Copies bits made by `validityBits` for at most the rows the vector has room for. */
export function copyValidity(vector: Vector, bits: Uint8Array<ArrayBuffer>, rowsMax: number): void {
  assert(bits.byteLength <= Math.ceil(rowsMax / 64) * 8, 'a validity mask is never filled past its room');
  duck.vector_ensure_validity_writable(vector);
  duck.copy_data_to_vector_validity(vector, 0, bits.buffer, bits.byteOffset, bits.byteLength);
}

/** Copies one text or blob; DuckDB takes its own copy and refuses text that is not UTF-8. */
export function assignBytes(vector: Vector, row: number, bytes: Uint8Array, rowsMax: number): void {
  assert(row < rowsMax, 'a vector is never filled past its room');
  duck.vector_assign_string_element_len(vector, row, bytes);
}

/** Gives the list vector room for `total` elements and returns its child, which has room for exactly those. */
export function reserveElements(vector: Vector, total: number): Vector {
  duck.list_vector_reserve(vector, total);
  duck.list_vector_set_size(vector, total);
  return duck.list_vector_get_child(vector);
}

/** Copies `rows` values of `bytesPerRow` bytes from `block` to the start of a vector with room for `rowsMax`. */
export function copyRows(
  vector: Vector,
  block: Uint8Array<ArrayBuffer>,
  at: number,
  rows: number,
  bytesPerRow: number,
  rowsMax: number,
): void {
  assert(rows <= rowsMax, 'a vector is never filled past its room');
  const bytes = rows * bytesPerRow;
  assert(at >= 0 && at + bytes <= block.byteLength, 'a copy never begins or ends outside of its block');
  if (bytes > 0) duck.copy_data_to_vector(vector, 0, block.buffer, block.byteOffset + at, bytes);
}

/** Copies the validity bits of `rows` rows, in whole words, from `block`. */
export function copyRowValidity(
  vector: Vector,
  block: Uint8Array<ArrayBuffer>,
  at: number,
  rows: number,
  rowsMax: number,
): void {
  assert(rows <= rowsMax, 'a validity mask is never filled past its room');
  const bytes = Math.ceil(rows / 64) * 8;
  assert(at >= 0 && at + bytes <= block.byteLength, 'a copy never begins or ends outside of its block');
  duck.vector_ensure_validity_writable(vector);
  duck.copy_data_to_vector_validity(vector, 0, block.buffer, block.byteOffset + at, bytes);
}

/** Longest text inside its 16-byte cell (duckdb_string_t): length, then up to 12 bytes, else 4 bytes and a pointer. */
const INLINE_BYTES = 12;
const WORD = 4_294_967_296;

/**
 * Writes texts as 16-byte cells. Those of more than 12 bytes name their position in `heap`; DuckDB takes one copy of the
 * whole heap, and the positions become addresses in that copy. Every position and length is checked before.
 */
export function writeCells(
  vector: Vector,
  cells: Uint32Array<ArrayBuffer>,
  rows: number,
  heap: Uint8Array,
  rowsMax: number,
): void {
  assert(rows <= rowsMax && 4 * rows <= cells.length, 'a vector is never filled past its room');
  if (heap.length > 0) pointIntoHeap(vector, cells, rows, heap);
  else assertInline(cells, rows);
  if (rows > 0) duck.copy_data_to_vector(vector, 0, cells.buffer, cells.byteOffset, 16 * rows);
}

function assertInline(cells: Uint32Array, rows: number): void {
  for (let at = 0; at < 4 * rows; at += 4) {
    assert(cells[at]! <= INLINE_BYTES, 'a long text lies in a heap');
  }
}

function pointIntoHeap(vector: Vector, cells: Uint32Array, rows: number, heap: Uint8Array): void {
  assert(heap.length > INLINE_BYTES, 'a heap holds long texts only');
  duck.vector_assign_string_element_len(vector, 0, heap);
  const cell = duck.vector_get_data(vector, 16);
  const view = new DataView(cell.buffer, cell.byteOffset, 16);
  assert(view.getUint32(0, true) === heap.length, 'DuckDB took the heap as it is');
  const low = view.getUint32(8, true);
  const high = view.getUint32(12, true);
  for (let at = 0; at < 4 * rows; at += 4) {
    const length = cells[at]!;
    if (length <= INLINE_BYTES) continue;
    const position = cells[at + 2]!;
    assert(cells[at + 3] === 0 && position + length <= heap.length, 'a text lies inside of its heap');
    const address = low + position;
    cells[at + 2] = address % WORD;
    cells[at + 3] = address < WORD ? high : high + 1;
  }
}
