import { isPlanted } from '@headwater/core-staging';
import { createAPI, fetchV17 } from '@platformatic/kafka';
import type { Connection, Reader } from '@platformatic/kafka';
import type { AbortedTransaction } from '@headwater/core-staging';
import { copyOut } from './record-set-buffers.ts';
import type { RecordSetBuffers } from './record-set-buffers.ts';

/** One partition of a Fetch answer with its record set as the broker sent it. */
export interface FetchedPartition {
  readonly topicId: string;
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
  readonly throttleMs: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly partitions: readonly FetchedPartition[];
}

export interface FetchQuestion {
  readonly waitMsMax: number;
  readonly bytesMax: number;
  readonly sessionId: number;
  readonly sessionEpoch: number;
  /** In the order the broker fills the answer. */
  readonly partitions: readonly AskedPartition[];
  readonly forgotten: readonly { readonly topicId: string; readonly partition: number }[];
}

export interface AskedPartition {
  readonly topicId: string;
  readonly partition: number;
  readonly leaderEpoch: number;
  readonly offset: bigint;
  readonly lastFetchedEpoch: number;
  readonly bytesMax: number;
}

export type FetchCall = (connection: Connection, question: FetchQuestion) => Promise<FetchAnswer>;

type FetchArguments = Parameters<typeof fetchV17.createRequest>;

const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
const BYTES_MIN = 1;

/** Fetch v17, read committed, whose answers keep record sets as bytes in `buffers`. */
export function createFetchCall(buffers: RecordSetBuffers): FetchCall {
  const api = createAPI<FetchArguments, FetchAnswer>(
    1,
    17,
    fetchV17.createRequest,
    (_correlationId, _apiKey, _apiVersion, reader) => readFetchAnswer(reader, buffers),
  );
  return (connection, question) => api.async(connection, ...toArguments(question));
}

const toArguments = (question: FetchQuestion): FetchArguments => [
  question.waitMsMax,
  BYTES_MIN,
  question.bytesMax,
  __HEADWATER_FAULTS__ && isPlanted('read-beyond-stable-offset') ? READ_UNCOMMITTED : READ_COMMITTED,
  question.sessionId,
  question.sessionEpoch,
  [...Map.groupBy(question.partitions, ({ topicId }) => topicId)].map(([topicId, partitions]) => ({
    topicId,
    partitions: partitions.map(({ partition, leaderEpoch, offset, lastFetchedEpoch, bytesMax }) => ({
      partition,
      currentLeaderEpoch: leaderEpoch,
      fetchOffset: offset,
      lastFetchedEpoch,
      partitionMaxBytes: bytesMax,
    })),
  })),
  [...Map.groupBy(question.forgotten, ({ topicId }) => topicId)].map(([topicId, partitions]) => ({
    topicId,
    partitions: partitions.map(({ partition }) => partition),
  })),
  '',
];

function readFetchAnswer(reader: Reader, buffers: RecordSetBuffers): FetchAnswer {
  const throttleMs = reader.readInt32();
  const errorCode = reader.readInt16();
  const sessionId = reader.readInt32();
  const topics = reader.readArray(
    () => {
      const topicId = reader.readUUID();
      const partitions = reader.readArray(() => readPartition(reader, topicId, buffers), true, false);
      reader.readTaggedFields();
      return partitions;
    },
    true,
    false,
  );
  return { throttleMs, errorCode, sessionId, partitions: topics.flat() };
}

function readPartition(reader: Reader, topicId: string, buffers: RecordSetBuffers): FetchedPartition {
  const fields = {
    topicId,
    partition: reader.readInt32(),
    errorCode: reader.readInt16(),
    highWatermark: reader.readInt64(),
    lastStableOffset: reader.readInt64(),
    logStartOffset: reader.readInt64(),
    aborted: readAborted(reader),
  };
  reader.readInt32(); // preferred read replica
  const recordSet = readRecordSet(reader, buffers);
  return { ...fields, recordSet, diverging: readDiverging(reader) };
}

const readAborted = (reader: Reader): readonly AbortedTransaction[] =>
  reader.readNullableArray(() => ({ producerId: reader.readInt64(), firstOffset: reader.readInt64() })) ?? [];

export const noRecords = new Uint8Array();

function readRecordSet(reader: Reader, buffers: RecordSetBuffers): Uint8Array {
  const length = reader.readUnsignedVarInt() - 1;
  if (length <= 0) return noRecords;
  const recordSet = buffers.take(length);
  copyOut(reader.buffer, reader.position, recordSet);
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
