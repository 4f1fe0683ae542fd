import { randomUUID } from 'node:crypto';
import type { Consumer, Kafka } from 'kafkajs';
import { operationalError } from '@headwater/kernel';
import type { KafkaSettings } from '@headwater/platform-config';
import { newDomainKafka, toDomainClientError } from './domain-kafka.ts';
import type { OffsetRange } from './offset-ranges.ts';

/** A record as an independent, read-committed client sees it. */
export interface ReadRecord {
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

export interface ReadBatch {
  readonly partition: number;
  /** Ascending by offset. */
  readonly records: readonly ReadRecord[];
}

export interface ReadToEndOptions {
  readonly settings: KafkaSettings;
  readonly topic: string;
  /** Awaited before more is read. */
  readonly onBatch: (batch: ReadBatch) => Promise<void> | void;
  /** Gives up when nothing arrives for this long before the end, milliseconds. */
  readonly stallMsMax?: number;
}

export interface ReadToEndReport {
  readonly records: number;
  /** What was read: from each partition's first offset to its last stable offset when the reading began. */
  readonly ranges: readonly OffsetRange[];
}

const retry = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 20 };

/**
 * Reads every committed record of the topic from its start up to where it ended at the call, with kafkajs: another
 * client, protocol code and decoder than the staging engine has. Bytes are valid during `onBatch` and after it.
 * @throws HeadwaterError user HW_KAFKA_TOPIC_MISSING; operational HW_KAFKA_LOGIN_REFUSED, HW_KAFKA_CLIENT_FAILED,
 * HW_KAFKA_READ_STALLED
 */
export async function readToEnd(options: ReadToEndOptions): Promise<ReadToEndReport> {
  const kafka = newDomainKafka(options.settings, 'headwater-topic-reader', retry);
  const groupId = `headwater-read-${randomUUID()}`;
  try {
    const ranges = await readRanges(kafka, options.topic);
    return { records: await consume(kafka, groupId, options, ranges), ranges };
  } catch (error) {
    throw toDomainClientError(error, options.settings, options.topic, 'read');
  } finally {
    await forgetGroup(kafka, groupId);
  }
}

async function readRanges(kafka: Kafka, topic: string): Promise<readonly OffsetRange[]> {
  const admin = kafka.admin({ retry: { ...retry, retries: 5 } });
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets
      .map(({ partition, low, high }) => ({ partition, from: BigInt(low), to: BigInt(high) }))
      .sort((a, b) => a.partition - b.partition);
  } finally {
    await admin.disconnect();
  }
}

async function forgetGroup(kafka: Kafka, groupId: string): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.deleteGroups([groupId]);
  } catch {
    // The group is empty and expires by itself; the reading has its result.
  } finally {
    await admin.disconnect();
  }
}

async function consume(
  kafka: Kafka,
  groupId: string,
  options: ReadToEndOptions,
  ranges: readonly OffsetRange[],
): Promise<number> {
  const ends = new Map(ranges.map(({ partition, to }) => [partition, to]));
  const open = new Map(ranges.filter(({ from, to }) => from < to).map((range) => [range.partition, range]));
  if (open.size === 0) return 0;
  const consumer = kafka.consumer({
    groupId,
    readUncommitted: false,
    maxBytesPerPartition: 2 * 1024 * 1024,
    maxWaitTimeInMs: 200,
    retry,
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const watch = watchForStall(options, open, reject);
  let records = 0;
  // Control records at the end never reach eachBatch, but the processed position does pass them.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    watch.touch();
    const range = open.get(payload.partition);
    if (range !== undefined && BigInt(payload.lastOffset) + 1n >= range.to) open.delete(payload.partition);
    if (open.size === 0) resolve();
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) reject(payload.error);
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic: options.topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, heartbeat }) => {
        const to = ends.get(batch.partition) ?? 0n;
        const wanted = batch.messages.map(toRecord).filter(({ offset }) => offset < to);
        records += wanted.length;
        await options.onBatch({ partition: batch.partition, records: wanted });
        await heartbeat();
      },
    });
    await promise;
    return records;
  } finally {
    watch.stop();
    await stop(consumer);
  }
}

const toRecord = (message: {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}): ReadRecord => ({
  offset: BigInt(message.offset),
  timestampMs: Number(message.timestamp),
  key: message.key,
  value: message.value,
});

function watchForStall(
  { topic, stallMsMax = 30_000 }: ReadToEndOptions,
  open: ReadonlyMap<number, unknown>,
  reject: (error: Error) => void,
) {
  const stalled = (): void => {
    const partitions = [...open.keys()].join(', ');
    reject(
      operationalError({
        code: 'HW_KAFKA_READ_STALLED',
        message: `Nothing arrived from ${topic} for ${stallMsMax / 1000} s before its end (partitions ${partitions}).`,
        fix: 'Look for a partition without a leader, then read again.',
        path: topic,
        canRetry: true,
      }),
    );
  };
  const timer = setTimeout(stalled, stallMsMax);
  return { touch: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}

async function stop(consumer: Consumer): Promise<void> {
  await consumer.disconnect().catch(() => undefined);
}
