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
