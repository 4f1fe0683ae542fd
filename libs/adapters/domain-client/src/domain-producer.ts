import kafkajs from 'kafkajs';
import type { Message, Producer } from 'kafkajs';
import { operationalError, userError } from '@headwater/kernel';
import type { KafkaSettings } from '@headwater/platform-config';
import { compressionTypes } from './compression-codecs.ts';
import type { Compression } from './compression-codecs.ts';
import { newDomainKafka, toDomainClientError } from './domain-kafka.ts';
import { createOffsetRanges } from './offset-ranges.ts';
import type { OffsetRange } from './offset-ranges.ts';
import { createSendQueue } from './send-queue.ts';

/** A record as a domain team sends it. A null value is a tombstone. */
export interface DomainRecord {
  readonly value: Uint8Array | string | null;
  readonly key?: Uint8Array | string | null;
  readonly headers?: Readonly<Record<string, Uint8Array | string>>;
  /** Milliseconds since the Unix epoch; the time of sending when left out. */
  readonly timestampMs?: number;
  /** Chosen by the key's hash, or in turn when there is no key. */
  readonly partition?: number;
}

export interface DomainProducer {
  /** Takes the record; waits while more than `bufferedRecordsMax` are not acknowledged yet. */
  send(record: DomainRecord): Promise<void>;
  /** Waits until everything sent so far is acknowledged. */
  flush(): Promise<void>;
  /** What the broker acknowledged, each record once. */
  acknowledged(): readonly OffsetRange[];
  acknowledgedCount(): number;
  /** Flushes and disconnects. */
  close(): Promise<void>;
}

export interface DomainProducerOptions {
  readonly settings: KafkaSettings;
  readonly topic: string;
  readonly compression?: Compression;
  /** Records of one request, and of everything taken and not acknowledged. */
  readonly batchRecordsMax?: number;
  readonly bufferedRecordsMax?: number;
}

/** Leaders move a few times in a row at most while one batch is sent. */
const SENDINGS_MAX = 10;
// Outlasts the restart of a broker.
const retry = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 30 };

/**
 * Connects and reads the topic's partitions.
 * @throws HeadwaterError user HW_KAFKA_TOPIC_MISSING; user HW_KAFKA_PARTITION_MISSING from every method, operational
 * HW_KAFKA_CLIENT_FAILED here and from every method: after that make a new producer.
 */
export async function createDomainProducer(options: DomainProducerOptions): Promise<DomainProducer> {
  const { settings, topic } = options;
  const failed = (error: unknown) => toDomainClientError(error, settings, topic, 'produce to');
  const kafka = newDomainKafka(settings, 'headwater-domain-producer', retry);
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  const admin = kafka.admin({ retry: { ...retry, retries: 3 } });
  try {
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const partitions = topics[0]?.partitions ?? [];
    await producer.connect();
    const route = createRouter(topic, partitions);
    const hasPartition = (id: number) => partitions.some(({ partitionId }) => partitionId === id);
    return startProducer(options, producer, { route, hasPartition }, failed);
  } catch (error) {
    await producer.disconnect().catch(() => undefined);
    throw failed(error);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

type Router = (message: Message, batch: number) => number;
type PartitionMetadata = Parameters<
  ReturnType<typeof kafkajs.Partitioners.DefaultPartitioner>
>[0]['partitionMetadata'];

function createRouter(topic: string, partitionMetadata: PartitionMetadata): Router {
  const hash = kafkajs.Partitioners.DefaultPartitioner();
  return (message, batch) => {
    if (message.partition !== undefined) return message.partition;
    // Records without a key go to one partition per batch: fuller requests compress better.
    if (message.key === null || message.key === undefined) return batch % partitionMetadata.length;
    return hash({ topic, partitionMetadata, message });
  };
}

function startProducer(
  options: DomainProducerOptions,
  producer: Producer,
  { route, hasPartition }: { readonly route: Router; readonly hasPartition: (id: number) => boolean },
  failed: (error: unknown) => Error,
): DomainProducer {
  const { topic, batchRecordsMax = 5_000, bufferedRecordsMax = 20_000 } = options;
  const compression = compressionTypes[options.compression ?? 'lz4'];
  const ranges = createOffsetRanges();
  let batch = 0;
  let count = 0;

  /** Sends the records, and answers those that were left out. */
  const sendOnce = async (messages: readonly Message[]): Promise<readonly Message[]> => {
    const left = Map.groupBy(messages, ({ partition }) => partition);
    const answers = await producer.send({ topic, messages: [...messages], acks: -1, compression });
    for (const { partition, baseOffset } of answers) {
      const from = BigInt(baseOffset ?? -1);
      const acknowledged = left.get(partition)?.length ?? 0;
      ranges.add({ partition, from, to: from + BigInt(acknowledged) });
      count += acknowledged;
      left.delete(partition);
    }
    return [...left.values()].flat();
  };
  // kafkajs leaves out, without a word, what is for a partition its metadata does not name, and what goes to a broker
  // that had answered already when it became the leader.
  const sendBatch = async (messages: readonly Message[]): Promise<void> => {
    for (const message of messages) message.partition = route(message, batch);
    batch++;
    let left = messages;
    for (let attempt = 0; attempt < SENDINGS_MAX; attempt++) {
      left = await sendOnce(left);
      const missing = left.find(({ partition }) => !hasPartition(partition!));
      if (missing !== undefined) throw partitionMissing(topic, missing.partition!);
      if (left.length === 0) return;
    }
    throw leftOut(topic, left.length);
  };
  // One request at a time: an idempotent kafkajs producer that repeats a failed request while another is under way
  // would reuse its sequence numbers, and the broker would take new records for old ones.
  const queue = createSendQueue<Message>({
    batchMax: batchRecordsMax,
    send: (messages) =>
      sendBatch(messages).catch((error: unknown) => {
        throw failed(error);
      }),
  });

  return {
    async send(record) {
      queue.push(toMessage(record));
      await queue.shrinkBelow(bufferedRecordsMax);
    },
    flush: () => queue.shrinkBelow(1),
    acknowledged: () => ranges.all(),
    acknowledgedCount: () => count,
    async close() {
      try {
        await queue.shrinkBelow(1);
      } finally {
        await producer.disconnect();
      }
    },
  };
}

const leftOut = (topic: string, records: number) =>
  operationalError({
    code: 'HW_KAFKA_CLIENT_FAILED',
    message: `${records} records for ${topic} were left out ${SENDINGS_MAX} times by the client.`,
    fix: 'Check whether the topic has leaders; then make a new producer.',
    path: topic,
    canRetry: true,
  });

const partitionMissing = (topic: string, partition: number) =>
  userError({
    code: 'HW_KAFKA_PARTITION_MISSING',
    message: `Topic ${topic} has no partition ${partition}: its records were not sent.`,
    fix: 'Send to a partition the topic has, or let the key choose one.',
    path: `${topic}[${partition}]`,
  });

const toMessage = (record: DomainRecord): Message => ({
  value: toBuffer(record.value),
  key: toBuffer(record.key ?? null),
  ...(record.headers === undefined
    ? {}
    : { headers: Object.fromEntries(Object.entries(record.headers).map(([k, v]) => [k, toBuffer(v)!])) }),
  ...(record.timestampMs === undefined ? {} : { timestamp: String(record.timestampMs) }),
  ...(record.partition === undefined ? {} : { partition: record.partition }),
});

function toBuffer(bytes: Uint8Array | string | null): Buffer | null {
  if (bytes === null) return null;
  if (typeof bytes === 'string') return Buffer.from(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
