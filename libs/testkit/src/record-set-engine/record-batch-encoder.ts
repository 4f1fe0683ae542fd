/** Encodes Kafka record batches v2 from the protocol's text, sharing nothing with the code that reads them. */
export interface RecordToEncode {
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  /** null is a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array | null }[];
}

export interface BatchToEncode {
  readonly records: readonly RecordToEncode[];
  /** First and last offset of the batch when compaction took records from its ends; the records' own by default. */
  readonly baseOffset?: bigint;
  readonly lastOffset?: bigint;
  readonly leaderEpoch?: number;
  readonly transaction?: { readonly producerId: bigint; readonly control?: 'commit' | 'abort' };
  readonly compress?: { readonly attribute: 1 | 2 | 3 | 4; readonly bytes: (plain: Buffer) => Buffer };
}

export function encodeRecordBatch(batch: BatchToEncode, crc32c: (bytes: Uint8Array) => number): Buffer {
  const first = batch.records[0];
  const baseOffset = batch.baseOffset ?? first?.offset ?? 0n;
  const lastOffset = batch.lastOffset ?? batch.records.at(-1)?.offset ?? baseOffset;
  const baseTimestamp = BigInt(first?.timestampMs ?? 0);
  const records =
    batch.transaction?.control === undefined ? batch.records : [controlRecord(batch, baseOffset)];
  const plain = Buffer.concat(records.map((record) => encodeRecord(record, baseOffset, baseTimestamp)));
  const stored = batch.compress === undefined ? plain : batch.compress.bytes(plain);
  const bytes = Buffer.alloc(61 + stored.length);
  const attributes =
    (batch.compress?.attribute ?? 0) |
    (batch.transaction === undefined ? 0 : 16) |
    (batch.transaction?.control === undefined ? 0 : 32);
  bytes.writeBigInt64BE(baseOffset, 0);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt32BE(batch.leaderEpoch ?? 0, 12);
  bytes.writeInt8(2, 16);
  bytes.writeInt16BE(attributes, 21);
  bytes.writeInt32BE(Number(lastOffset - baseOffset), 23);
  bytes.writeBigInt64BE(baseTimestamp, 27);
  bytes.writeBigInt64BE(baseTimestamp, 35);
  bytes.writeBigInt64BE(batch.transaction?.producerId ?? -1n, 43);
  bytes.writeInt16BE(batch.transaction === undefined ? -1 : 0, 51);
  bytes.writeInt32BE(-1, 53);
  bytes.writeInt32BE(records.length, 57);
  stored.copy(bytes, 61);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

/** Key of a control record: version 0, type 0 abort or 1 commit. */
function controlRecord(batch: BatchToEncode, offset: bigint): RecordToEncode {
  const type = batch.transaction?.control === 'abort' ? 0 : 1;
  return { offset, timestampMs: 0, key: Buffer.from([0, 0, 0, type]), value: Buffer.alloc(6) };
}

function encodeRecord(record: RecordToEncode, baseOffset: bigint, baseTimestamp: bigint): Buffer {
  const headers = record.headers ?? [];
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(BigInt(record.timestampMs) - baseTimestamp),
    varint(record.offset - baseOffset),
    sized(record.key),
    sized(record.value),
    varint(BigInt(headers.length)),
    ...headers.flatMap(({ key, value }) => [sized(Buffer.from(key)), sized(value)]),
  ]);
  return Buffer.concat([varint(BigInt(body.length)), body]);
}

const sized = (bytes: Uint8Array | null): Buffer =>
  bytes === null ? varint(-1n) : Buffer.concat([varint(BigInt(bytes.length)), bytes]);

function varint(value: bigint): Buffer {
  let raw = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes: number[] = [];
  while (raw >= 0x80n) {
    bytes.push(Number(raw & 0x7fn) | 0x80);
    raw >>= 7n;
  }
  return Buffer.from([...bytes, Number(raw)]);
}
