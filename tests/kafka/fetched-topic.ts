import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import {
  createRecordSetScanner,
  recordHeaders,
  recordKey,
  recordOffset,
  recordValue,
} from '@headwater/core-staging';
import type { RecordSetReport, RecordSource, ScannedRecord, SourceTopic } from '@headwater/core-staging';

export interface FetchedRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string | null>>;
}

export interface FetchedTopic {
  readonly records: readonly FetchedRecord[];
  readonly classes: Readonly<Record<'records' | 'tombstones' | 'control' | 'aborted' | 'absent', bigint>>;
  readonly compressions: ReadonlySet<number>;
}

const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString('utf8');

/** Fetches and scans the whole topic up to its last stable offsets. */
export async function fetchTopic(
  source: RecordSource,
  name: string,
  bytesMax = 4 << 20,
): Promise<FetchedTopic> {
  const topic = await source.describeTopic(name);
  if (topic === undefined) throw new Error(`no topic ${name}`);
  const partitions = topic.partitions.map(({ partition }) => partition);
  const ends = await source.offsetsAt(name, partitions, 'latest');
  const starts = await source.offsetsAt(name, partitions, 'earliest');
  return fetchRange(source, topic, { starts, ends, bytesMax, isOver: () => false });
}

export interface FetchedRange {
  readonly starts: ReadonlyMap<number, bigint>;
  readonly ends: ReadonlyMap<number, bigint>;
  readonly bytesMax: number;
  readonly isOver: () => boolean;
}

/** Fetches and scans from `starts` to `ends`, waiting for records that are not there yet. */
export async function fetchRange(
  source: RecordSource,
  { name, topicId }: SourceTopic,
  { starts, ends, bytesMax, isOver }: FetchedRange,
): Promise<FetchedTopic> {
  const positions = new Map(
    [...starts].map(([partition, offset]) => [partition, { offset, lastFetchedEpoch: -1 }]),
  );
  const scanner = createRecordSetScanner({ codecs: recordBatchCodecs, batchBytesMax: 64 << 20 });
  const records: FetchedRecord[] = [];
  const reports: RecordSetReport[] = [];
  const compressions = new Set<number>();
  while (!isOver()) {
    const open = [...positions]
      .filter(([partition, { offset }]) => offset < ends.get(partition)!)
      .map(([partition, position]) => ({ partition, ...position }));
    if (open.length === 0) break;
    const answers = await source.fetch({
      topic: name,
      topicId,
      positions: open,
      bytesMax,
      waitMsMax: 500,
    });
    for (const answer of answers) {
      if (answer.kind === 'retry') continue;
      if (answer.kind !== 'records') throw new Error(`${name}[${answer.partition}]: ${answer.kind}`);
      const { partition, recordSet, aborted } = answer;
      const take = (record: ScannedRecord) =>
        void records.push({
          partition,
          offset: recordOffset(record),
          timestampMs: record.timestampMs,
          key: text(recordKey(record)),
          value: text(recordValue(record)),
          headers: Object.fromEntries(
            recordHeaders(record).map(({ key, value }) => [text(key)!, text(value)]),
          ),
        });
      if (recordSet.length > 22) compressions.add(recordSet[22]! & 7);
      const from = positions.get(partition)!.offset;
      const report = scanner.scan(
        name,
        { partition, recordSet, from, to: ends.get(partition)!, aborted },
        { record: take, tombstone: take },
      );
      reports.push(report);
      positions.set(partition, {
        offset: report.nextOffset,
        lastFetchedEpoch: report.leaderEpoch ?? positions.get(partition)!.lastFetchedEpoch,
      });
    }
  }
  const sum = (kind: keyof FetchedTopic['classes']): bigint =>
    reports.reduce((total, report) => total + report[kind], 0n);
  return {
    records: records.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset)),
    classes: {
      records: sum('records'),
      tombstones: sum('tombstones'),
      control: sum('control'),
      aborted: sum('aborted'),
      absent: sum('absent'),
    },
    compressions,
  };
}
