import { lz4Compress } from '@platformatic/wasm-utils';

const HEADER_BYTES = 61;

/** The batch with its records stored as an lz4 frame, beginning at `baseOffset`. */
export function storeLz4(
  batch: Uint8Array,
  baseOffset: bigint,
  crc32c: (bytes: Uint8Array) => number,
): Buffer {
  const stored = lz4Compress(Buffer.from(batch.subarray(HEADER_BYTES)));
  const result = Buffer.concat([batch.subarray(0, HEADER_BYTES), stored]);
  result.writeBigInt64BE(baseOffset, 0);
  result.writeInt32BE(result.length - 12, 8);
  result.writeInt16BE(3, 21);
  result.writeUInt32BE(crc32c(result.subarray(21)), 17);
  return result;
}
