import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import type { CompiledContract } from '@headwater/core-contract';
import type { PipelineSpec } from '@headwater/core-staging';

export const pipelineOf = (contract: CompiledContract): PipelineSpec => ({
  pipelineId: 'fuzz',
  productName: 'fuzz/product',
  topic: 'fuzz',
  topicId: 'a8b1f2d0-0000-4000-8000-00000000000a',
  tableUrl: 'file:///fuzz',
  quarantineUrl: 'file:///fuzz__quarantine',
  contract,
  transformHash: 'fuzz',
  schemaIds: [],
  flushIntervalMs: 1_000,
  flushBytesMax: 1 << 20,
  desiredState: 'running',
  generation: 1,
});

/** How a batch is stored: the attribute of its header and what makes it so. */
export interface Stored {
  readonly attribute: 0 | 1 | 2 | 3 | 4;
  readonly bytes: (plain: Buffer) => Buffer;
}

/** Offset of the first record of every batch made here. */
export const BASE_OFFSET = 1_000n;
const HEADER_BYTES = 61;

/** One record batch of the values, each with a key; null is a tombstone. */
export function encodeBatch(values: readonly (Uint8Array | null)[], stored: Stored): Buffer {
  const plain = Buffer.concat(values.flatMap((value, index) => encodeRecord(value, index)));
  return frameBatch(stored.bytes(plain), stored.attribute, values.length);
}

/** The header around bytes that are stored, with the right checksum. */
export function frameBatch(stored: Uint8Array, attribute: number, count: number): Buffer {
  const batch = Buffer.alloc(HEADER_BYTES + stored.length);
  batch.writeBigInt64BE(BASE_OFFSET, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt8(2, 16);
  batch.writeInt16BE(attribute, 21);
  batch.writeInt32BE(Math.max(0, count - 1), 23);
  batch.writeBigInt64BE(1_790_000_000_000n, 27);
  batch.writeBigInt64BE(1_790_000_000_000n, 35);
  batch.writeBigInt64BE(-1n, 43);
  batch.writeInt16BE(-1, 51);
  batch.writeInt32BE(-1, 53);
  batch.writeInt32BE(count, 57);
  batch.set(stored, HEADER_BYTES);
  return sealBatch(batch);
}

/** Writes the checksum of the batch as it is. */
export function sealBatch(batch: Buffer): Buffer {
  batch.writeUInt32BE(recordBatchCodecs.crc32c(batch.subarray(21)), 17);
  return batch;
}

function encodeRecord(value: Uint8Array | null, index: number): readonly Uint8Array[] {
  const key = Buffer.from(`k${index % 7}`);
  const head = Buffer.concat([
    Buffer.from([0]),
    varint(index % 500),
    varint(index),
    varint(key.length),
    key,
    varint(value === null ? -1 : value.length),
  ]);
  const length = head.length + (value?.length ?? 0) + 1;
  return [varint(length), head, value ?? EMPTY, NO_HEADERS];
}

const EMPTY = new Uint8Array(0);
const NO_HEADERS = Buffer.from([0]);

function varint(value: number): Buffer {
  let raw = value < 0 ? -value * 2 - 1 : value * 2;
  const bytes: number[] = [];
  for (; raw >= 0x80; raw = Math.floor(raw / 128)) bytes.push((raw & 0x7f) | 0x80);
  return Buffer.from([...bytes, raw]);
}
