// What the host calls. It owns the memory map (docs/specs/kernel.md): every address comes from it.
import { CHUNK_ROWS, COUNT, DOMAIN_SIZE, FIRST, NODE_SHIFT, NODES, NODE_COUNT } from './layout';
import { prepareCrc } from './crc32c';
import { prepareNumbers } from './number';
import { clearDictionary, clearFull, emptyDomain, prepareColumns, setNull, writeText, isFull } from './columns';
import { prepareKeys } from './keys';
import { prepareValues } from './values';

export { crc32c } from './crc32c';
export { lz4Frame } from './lz4';
export { snappy } from './snappy';
export { prepareRecords, beginRecords, readRecords, keepRow, dropRow } from './records';
export { setNull } from './columns';
export { hashBytes } from './text';

/** Bytes that `prepare` takes. */
export const TABLE_BYTES: u32 = (16 << 10) + 512 + 256 + (48 << 10);

/** Fills the fixed tables at `at`. */
export function prepare(at: usize, scratch: usize, scratchRoom: u32, unknownIsDoubt: bool): void {
  prepareCrc(at);
  at += 16 << 10;
  prepareNumbers(at);
  at += 512;
  prepareColumns(at);
  at += 256;
  prepareKeys(at);
  prepareValues(scratch, scratchRoom, unknownIsDoubt);
}

/** Empties the chunk: the root domain, the inner ones behind it, and the validity of the record times. */
export function emptyChunk(root: usize, innerDomains: usize, count: u32, timesValidity: usize): void {
  emptyDomain(root);
  for (let i: u32 = 0; i < count; i++) emptyDomain(innerDomains + <usize>i * DOMAIN_SIZE);
  memory.fill(timesValidity, 255, CHUNK_ROWS >> 3);
}

/** Empties every dictionary of the root's nodes. */
export function clearDictionaries(root: usize): void {
  let list: usize = load<u32>(root, NODES);
  for (let left = load<u32>(root, NODE_COUNT); left; left--, list += 4) clearDictionary(load<u32>(list));
}

/** Writes a text that the guarded path has judged. False: no room in this chunk. */
export function writeJudgedText(node: usize, row: u32, p: usize, length: u32): bool {
  clearFull();
  return writeText(node, row, p, length, false);
}
