import { createAPI, fetchV17 } from '@platformatic/kafka';
import type { Reader } from '@platformatic/kafka';
import type { AbortedTransaction } from '@headwater/core-staging';

/** One partition of a Fetch answer with its record set as the broker sent it. */
export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: bigint;
  readonly lastStableOffset: bigint;
  readonly logStartOffset: bigint;
  readonly diverging: { readonly epoch: number; readonly endOffset: bigint } | undefined;
  readonly aborted: readonly AbortedTransaction[];
  readonly recordSet: Uint8Array;
}

export interface FetchAnswer {
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

type FetchArguments = Parameters<typeof fetchV17.createRequest>;

/**
 * Fetch v17 of one topic whose answer keeps record sets as bytes. They are copied only where they span several reads of
 * the socket.
 */
export const fetchRecordSets = createAPI<FetchArguments, FetchAnswer>(
  1,
  17,
  fetchV17.createRequest,
  (_correlationId, _apiKey, _apiVersion, reader) => readFetchAnswer(reader),
);

function readFetchAnswer(reader: Reader): FetchAnswer {
  reader.readInt32(); // throttle time
  const errorCode = reader.readInt16();
  reader.readInt32(); // fetch session
  const topics = reader.readArray(
    () => {
      reader.readUUID();
      const partitions = reader.readArray(() => readPartition(reader), true, false);
      reader.readTaggedFields();
      return partitions;
    },
    true,
    false,
  );
  return { errorCode, partitions: topics.flat() };
}

function readPartition(reader: Reader): FetchedPartition {
  const fields = {
    partition: reader.readInt32(),
    errorCode: reader.readInt16(),
    highWatermark: reader.readInt64(),
    lastStableOffset: reader.readInt64(),
    logStartOffset: reader.readInt64(),
    aborted: readAborted(reader),
  };
  reader.readInt32(); // preferred read replica
  const recordSet = readRecordSet(reader);
  return { ...fields, recordSet, diverging: readDiverging(reader) };
}

const readAborted = (reader: Reader): readonly AbortedTransaction[] =>
  reader.readNullableArray(() => ({ producerId: reader.readInt64(), firstOffset: reader.readInt64() })) ?? [];

function readRecordSet(reader: Reader): Uint8Array {
  const length = reader.readUnsignedVarInt() - 1;
  if (length <= 0) return new Uint8Array();
  const recordSet = reader.buffer.slice(reader.position, reader.position + length);
  reader.skip(length);
  return recordSet;
}

/** Tagged fields of the partition; tag 0 is the diverging epoch, others are skipped. */
function readDiverging(reader: Reader): FetchedPartition['diverging'] {
  let diverging: FetchedPartition['diverging'];
  for (let fields = reader.readUnsignedVarInt(); fields > 0; fields--) {
    const tag = reader.readUnsignedVarInt();
    const length = reader.readUnsignedVarInt();
    const end = reader.position + length;
    if (tag === 0) diverging = { epoch: reader.readInt32(), endOffset: reader.readInt64() };
    reader.skip(end - reader.position);
  }
  return diverging;
}
