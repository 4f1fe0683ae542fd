import { createRecordSource } from '@headwater/adapter-kafka';
import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import {
  createRecordSetScanner,
  recordHeaders,
  recordKey,
  recordOffset,
  recordValue,
  type RecordSetScanner,
  type RecordSource,
  type ScannedRecord,
  type SourceTopic,
} from '@headwater/core-staging';
import { operationalError, userError } from '@headwater/kernel';
import type { KafkaSettings } from '@headwater/platform-config';

export interface TailOptions {
  readonly settings: KafkaSettings;
  readonly topic: string;
  /** How many records that are there already come first, the newest of the topic. */
  readonly last: number;
  /** Goes on with new records until stopped. */
  readonly isFollowing: boolean;
  readonly stopped: AbortSignal;
  readonly onRecord: (record: TailedRecord) => void;
}

export interface TailedRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly { readonly key: Uint8Array; readonly value: Uint8Array | null }[];
}

const FETCH_BYTES = 4 * 1024 * 1024;
const BATCH_BYTES_MAX = 256 * 1024 * 1024;

/**
 * The newest committed records of a topic in the order of their timestamps, then, when following, new ones as they come.
 * Belongs to no consumer group: nobody else's offsets move.
 * @throws HeadwaterError user HW_KAFKA_TOPIC_MISSING; operational HW_KAFKA_TOPIC_CHANGED when the topic goes away.
 */
export async function tailTopic(options: TailOptions): Promise<void> {
  const source = createRecordSource({ settings: options.settings, clientId: 'headwater-tail' });
  try {
    const topic = await source.describeTopic(options.topic);
    if (topic === undefined) throw topicMissing(options.topic);
    const reader = await createReader(source, topic, options);
    await showLast(reader, options);
    if (options.isFollowing) await follow(reader, options);
  } finally {
    await source.close();
  }
}

interface Reader {
  readonly source: RecordSource;
  readonly topic: SourceTopic;
  readonly scanner: RecordSetScanner;
  /** Where each partition goes on; records from `ends` on are new. */
  readonly positions: Map<number, bigint>;
  readonly ends: ReadonlyMap<number, bigint>;
}

async function createReader(
  source: RecordSource,
  topic: SourceTopic,
  { last }: TailOptions,
): Promise<Reader> {
  const partitions = topic.partitions.map(({ partition }) => partition);
  const ends = await source.offsetsAt(topic.name, partitions, 'latest');
  const starts = await source.offsetsAt(topic.name, partitions, 'earliest');
  const positions = new Map(
    [...ends].map(([partition, end]) => {
      const start = starts.get(partition) ?? end;
      const back = end - BigInt(last);
      return [partition, back > start ? back : start];
    }),
  );
  const scanner = createRecordSetScanner({ codecs: recordBatchCodecs, batchBytesMax: BATCH_BYTES_MAX });
  return { source, topic, scanner, positions, ends };
}

/** Control records take offsets too, so fewer than `last` may be found. */
async function showLast(reader: Reader, { last, stopped, onRecord }: TailOptions): Promise<void> {
  if (last === 0) return;
  const found: TailedRecord[] = [];
  const isOpen = (): boolean =>
    [...reader.positions].some(([partition, position]) => position < (reader.ends.get(partition) ?? 0n));
  while (isOpen() && !stopped.aborted) {
    await fetchOnce(reader, reader.ends, (record) => found.push(copyOf(record)));
  }
  found.sort((a, b) => a.timestampMs - b.timestampMs);
  for (const record of found.slice(-last)) onRecord(record);
}

async function follow(reader: Reader, { stopped, onRecord }: TailOptions): Promise<void> {
  while (!stopped.aborted) await fetchOnce(reader, undefined, onRecord);
}

async function fetchOnce(
  { source, topic, scanner, positions }: Reader,
  ends: ReadonlyMap<number, bigint> | undefined,
  onRecord: (record: TailedRecord) => void,
): Promise<void> {
  const asked = [...positions]
    .filter(([partition, offset]) => ends === undefined || offset < (ends.get(partition) ?? 0n))
    .map(([partition, offset]) => ({ partition, offset, lastFetchedEpoch: -1 }));
  const answers = await source.fetch({
    topic: topic.name,
    topicId: topic.topicId,
    positions: asked,
    bytesMax: FETCH_BYTES,
    waitMsMax: 500,
  });
  for (const answer of answers) {
    if (answer.kind === 'retry') continue;
    if (answer.kind !== 'records') throw topicChanged(topic.name, answer.partition, answer.kind);
    const { partition, recordSet, aborted } = answer;
    const take = (record: ScannedRecord): void => onRecord(toTailed(partition, record));
    const from = positions.get(partition) ?? 0n;
    const to = ends?.get(partition) ?? 2n ** 63n - 1n;
    const input = { partition, recordSet, from, to, aborted };
    const report = scanner.scan(topic.name, input, { record: take, tombstone: take });
    positions.set(partition, report.nextOffset);
  }
}

const toTailed = (partition: number, record: ScannedRecord): TailedRecord => ({
  partition,
  offset: recordOffset(record),
  timestampMs: record.timestampMs,
  key: recordKey(record),
  value: recordValue(record),
  headers: recordHeaders(record),
});

/** Frees the record from the bytes of its whole batch. */
const copyOf = (record: TailedRecord): TailedRecord => ({
  ...record,
  key: record.key?.slice() ?? null,
  value: record.value?.slice() ?? null,
  headers: record.headers.map(({ key, value }) => ({ key: key.slice(), value: value?.slice() ?? null })),
});

const topicMissing = (topic: string) =>
  userError({
    code: 'HW_KAFKA_TOPIC_MISSING',
    message: `There is no topic ${topic} on the cluster.`,
    fix: 'Onboard its data product first (`headwater apply -f`), or correct the name.',
    path: topic,
  });

const topicChanged = (topic: string, partition: number, kind: string) =>
  operationalError({
    code: 'HW_KAFKA_TOPIC_CHANGED',
    message: `Reading ${topic}[${partition}] ended: ${kind}.`,
    fix: 'The topic was deleted, created again, or lost its records: start again.',
    path: `${topic}[${partition}]`,
  });
