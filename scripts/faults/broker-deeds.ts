import kafkajs from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { whileHeld, type Deed } from './deed.ts';
import type { Track } from './track.ts';

export const brokerKill: Deed = {
  ...whileHeld(() => Promise.resolve(undefined)),
  async do({ track, doomed }) {
    const { kafka } = track.stack;
    const before = kafka.pid();
    await kafka.kill();
    doomed.release();
    await kafka.start();
    return before !== kafka.pid() ? `broker ${before} ended, ${kafka.pid()} serves` : undefined;
  },
};

export const topicRecreated: Deed = {
  ...whileHeld(async ({ track, product, load }) => {
    await load.end();
    const { topic, topicId } = product.pipeline;
    await track.admin.deleteTopic(topic);
    await track.admin.createTopic({ name: topic, partitions: 2, replicationFactor: 1, configs: {} });
    const [again] = await track.admin.describeTopics([topic]);
    const other = track.feeders.feedTopic(topic, {
      partitions: 2,
      recordsPerHelping: 200,
      withTransactions: false,
      padding: 0,
      random: () => 0.5,
    });
    await other.feed();
    await other.close();
    return again?.topicId !== topicId ? `topic id ${topicId} became ${again?.topicId}` : undefined;
  }),
  outcome: 'incident',
};

export const offsetsExpired: Deed = {
  ...whileHeld(async ({ track, product, load }) => {
    await load.feed();
    const { topic } = product.pipeline;
    const ends = await track.admin.offsetsAt(topic, { kind: 'latest' });
    const starts = await track.admin.deleteRecords(topic, ends);
    return [...starts].some(([, start]) => start > 0n)
      ? `the topic begins at ${[...starts].map(([p, start]) => `${p}:${start}`).join()}`
      : undefined;
  }),
  outcome: 'accepted',
};

/** Kills the broker that leads a partition, so that another one has to, and starts it again. Broker 1 is the controller. */
export const brokerOtherLeader: Deed = {
  ...whileHeld(() => Promise.resolve(undefined)),
  async do({ track, product, doomed }) {
    const { topic } = product.pipeline;
    const leaders = await leadersOf(track, topic);
    const leader = [...leaders.values()].find((nodeId) => nodeId > 1);
    const broker = track.brokers?.brokers.find(({ nodeId }) => nodeId === leader);
    if (broker === undefined) {
      doomed.release();
      return undefined;
    }
    await broker.kill();
    doomed.release();
    let after = leaders;
    const endMs = performance.now() + LEADERS_WITHIN_MS;
    while (
      [...after.values()].some((nodeId) => nodeId === leader || nodeId < 0) &&
      performance.now() < endMs
    ) {
      await sleep(100);
      after = await leadersOf(track, topic).catch(() => after);
    }
    await broker.start();
    const words = (of: ReadonlyMap<number, number>) => [...of].map(([p, nodeId]) => `${p}:${nodeId}`).join();
    return [...after.values()].includes(leader!)
      ? undefined
      : `leaders ${words(leaders)} became ${words(after)}`;
  },
};

const LEADERS_WITHIN_MS = 15_000;

async function leadersOf({ settings }: Track, topic: string): Promise<ReadonlyMap<number, number>> {
  const kafka = new kafkajs.Kafka({
    brokers: [...settings.bootstrapServers],
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin({ retry: { retries: 3 } });
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return new Map(topics[0]?.partitions.map(({ partitionId, leader }) => [partitionId, leader]));
  } finally {
    await admin.disconnect();
  }
}
