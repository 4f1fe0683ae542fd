import kafkajs, { type Producer } from 'kafkajs';
import type { KafkaSettings } from '@headwater/platform-config';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** What became of a record by what the broker said to its producer. */
export type Sent = 'good' | 'refused' | 'tombstone' | 'aborted';

export interface Acknowledged {
  readonly sent: Sent;
  readonly eventId: string;
  /** Null for a tombstone; left out where values are padded. */
  readonly value?: string | null;
}

/** Feeds one topic of a cell through a client of its own. */
export interface CellLoad {
  /** Acknowledged records by `partition:offset`. */
  readonly acknowledged: ReadonlyMap<string, Acknowledged>;
  /** One helping for every partition: good and refused records, a tombstone, perhaps a transaction that aborts. */
  feed(): Promise<void>;
  /** Feeds again and again until `end`; helpings of another size when one is given. */
  start(everyMs: number, recordsPerHelping?: number): void;
  end(): Promise<void>;
  /** Begins a transaction, sends, and leaves it open; the answer aborts it. */
  leaveOpen(): Promise<() => Promise<void>>;
  /** Disconnects the producers. */
  close(): Promise<void>;
}

export interface Feeders {
  feedTopic(topic: string, options: LoadOptions): CellLoad;
}

export interface LoadOptions {
  readonly partitions: number;
  readonly recordsPerHelping: number;
  readonly withTransactions: boolean;
  /** Random characters in every good record, so that a file has more than one part. */
  readonly padding: number;
  /** Of every record; the time of sending when left out. */
  readonly timestampMs?: number;
  readonly random: () => number;
}

/** A client for the cells of a track. Producers are made for each topic: kafkajs keeps asking for every topic it saw. */
export function openFeeders(settings: KafkaSettings, name: string): Feeders {
  const kafka = new kafkajs.Kafka({
    clientId: name,
    brokers: [...settings.bootstrapServers],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 20 },
  });
  const common = { idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false };
  return {
    feedTopic: (topic, options) =>
      createLoad(
        once(kafka.producer(common)),
        once(kafka.producer({ ...common, transactionalId: `${name}-transactions` })),
        topic,
        options,
      ),
  };
}

interface LazyProducer {
  get(): Promise<Producer>;
  close(): Promise<void>;
}

function once(producer: Producer): LazyProducer {
  let connected: Promise<Producer> | undefined;
  return {
    get: () => (connected ??= producer.connect().then(() => producer)),
    close: async () => void (await connected?.then((open) => open.disconnect()).catch(() => undefined)),
  };
}

const PADDED_AT_ONCE = 10;

interface Draft {
  readonly partition: number;
  readonly value: string | null;
  readonly sent: Sent;
  readonly eventId: string;
}

type Sender = Pick<Producer, 'send'>;

function createLoad(
  plain: LazyProducer,
  transactions: LazyProducer,
  topic: string,
  { partitions, recordsPerHelping, withTransactions, padding, random, timestampMs }: LoadOptions,
): CellLoad {
  const acknowledged = new Map<string, Acknowledged>();
  let number = 0;
  let size = recordsPerHelping;
  let isEnding = false;
  let running: Promise<void> | undefined;
  const helping = (): Draft[] =>
    Array.from({ length: size }, (_, index) => draft(index % partitions, ++number, random, padding));
  const send = async (sender: Sender, drafts: readonly Draft[], isAborted = false): Promise<void> => {
    const answers = await sender.send({
      topic,
      acks: -1,
      messages: drafts.map(({ partition, value, eventId }) => ({
        partition,
        value,
        key: eventId,
        ...(timestampMs === undefined ? {} : { timestamp: String(timestampMs) }),
      })),
    });
    for (const { partition, baseOffset } of answers) {
      const first = BigInt(baseOffset ?? -1);
      drafts
        .filter((each) => each.partition === partition)
        .forEach(({ sent, eventId, value }, index) =>
          acknowledged.set(`${partition}:${first + BigInt(index)}`, {
            sent: isAborted ? 'aborted' : sent,
            eventId,
            ...(padding === 0 ? { value } : {}),
          }),
        );
    }
  };
  const feedOnce = async (): Promise<void> => {
    const drafts = helping();
    // Padded records come a few at a time, or a request would be more than a broker takes.
    const step = padding === 0 ? drafts.length : PADDED_AT_ONCE;
    for (let start = 0; start < drafts.length; start += step) {
      await send(await plain.get(), drafts.slice(start, start + step));
    }
    if (!withTransactions) return;
    const producer = await transactions.get();
    for (const isAborted of [true, false]) {
      const transaction = await producer.transaction();
      try {
        await send(transaction, helping().slice(0, 6), isAborted);
        await (isAborted ? transaction.abort() : transaction.commit());
      } catch (error) {
        // Left open it would hold every reader back.
        if (transaction.isActive()) await transaction.abort().catch(() => undefined);
        throw error;
      }
    }
  };
  // One helping at a time: a producer has one transaction.
  let last: Promise<void> = Promise.resolve();
  const feed = (): Promise<void> => (last = last.catch(() => undefined).then(feedOnce));
  return {
    acknowledged,
    feed,
    start(everyMs, records = recordsPerHelping) {
      size = records;
      running = (async () => {
        while (!isEnding) {
          // A broker that is away for longer than the client waits: what was acknowledged stays acknowledged.
          await feed().catch(() => undefined);
          await sleep(everyMs);
        }
      })();
    },
    async end() {
      isEnding = true;
      await running;
      await last.catch(() => undefined);
    },
    async leaveOpen() {
      const transaction = await (await transactions.get()).transaction();
      await send(transaction, helping(), true);
      return () => transaction.abort();
    },
    async close() {
      await plain.close();
      await transactions.close();
    },
  };
}

/** One in ten is refused, by a rule or as broken JSON; one in twenty is a tombstone. */
function draft(partition: number, number: number, random: () => number, padding: number): Draft {
  const eventId = `e${number}-${Math.floor(random() * 2 ** 40).toString(16)}`;
  const lot = number % 20;
  if (lot === 7) return { partition, value: null, sent: 'tombstone', eventId };
  const isRefused = lot === 3 || lot === 13;
  const value = JSON.stringify({
    event_id: eventId,
    event_type: lot === 3 ? 'unknown' : 'click',
    amount: Math.round(random() * 1e6) / 1e3,
    ...(padding === 0 ? {} : { pad: randomBytes(padding).toString('base64').slice(0, padding) }),
  });
  return {
    partition,
    value: lot === 13 ? value.slice(0, -9) : value,
    sent: isRefused ? 'refused' : 'good',
    eventId,
  };
}
