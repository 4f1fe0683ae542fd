import { crc32c, lz4Decompress, snappyDecompress } from '@platformatic/wasm-utils';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { CompressionType, RecordBatchCodecs } from '@headwater/core-staging';
import { lz4FrameLength } from './lz4-frame.ts';

/** CRC32C and every compression of record batches, each bounded before it may allocate. */
export const recordBatchCodecs: RecordBatchCodecs = { crc32c, decompress };

function decompress(
  type: Exclude<CompressionType, 'none'>,
  bytes: Uint8Array,
  maxOutputLength: number,
): Uint8Array {
  switch (type) {
    case 'gzip':
      return gunzipSync(bytes, { maxOutputLength });
    case 'zstd':
      return zstdDecompressSync(bytes, { maxOutputLength });
    case 'lz4':
      refuseLonger(lz4FrameLength(bytes, maxOutputLength), maxOutputLength);
      return lz4Decompress(toBuffer(bytes));
    case 'snappy':
      return isXerial(bytes) ? unframeXerial(bytes, maxOutputLength) : unsnap(bytes, maxOutputLength);
  }
}

const toBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function refuseLonger(length: number, bytesMax: number): void {
  if (length > bytesMax) throw new Error(`more than ${bytesMax} bytes`);
}

/** Snappy block format: a varint of the uncompressed length comes first. */
function unsnap(bytes: Uint8Array, bytesMax: number): Uint8Array {
  refuseLonger(snappyLength(bytes), bytesMax);
  return snappyDecompress(toBuffer(bytes));
}

function snappyLength(bytes: Uint8Array): number {
  let length = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[index] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new Error('its length does not end');
}

// Framing of the xerial library, written by the Java client: magic, two int32 versions, then sized snappy blocks.
const xerialMagic = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00];
const XERIAL_HEADER = 16;

const isXerial = (bytes: Uint8Array): boolean =>
  bytes.length >= XERIAL_HEADER && xerialMagic.every((byte, index) => bytes[index] === byte);

function unframeXerial(bytes: Uint8Array, bytesMax: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: Uint8Array[] = [];
  let total = 0;
  for (let position = XERIAL_HEADER; position < bytes.length;) {
    const start = position + 4;
    const length = view.getInt32(position);
    if (length < 0 || start + length > bytes.length) throw new Error('a block passes the end');
    const block = unsnap(bytes.subarray(start, start + length), bytesMax - total);
    total += block.length;
    blocks.push(block);
    position = start + length;
  }
  return Buffer.concat(blocks, total);
}
