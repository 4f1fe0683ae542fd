import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { connectObjectStore, createS3Connection } from '@headwater/adapter-object-store';
import { isPlanted, type PartitionFetch, type RecordSource, type SourceTopic } from '@headwater/core-staging';
import type { KafkaSettings, S3Settings } from '@headwater/platform-config';
import type { FaultSwitch } from '@headwater/platform-process';
import { makeEngineFaulty } from './faulty-engine.ts';
import { makeStoreFaulty } from './faulty-store.ts';
import type { LaneWorld } from './lane/lane-world.ts';

/** The world of a faults build: the same, with fault points and planted bugs at its seams. */
export function makeWorldFaulty(
  world: LaneWorld,
  settings: { readonly kafka: KafkaSettings; readonly s3: S3Settings },
  options: { readonly faultSwitch: FaultSwitch; readonly checkpointEvery: string | undefined },
): LaneWorld {
  const checkpointInterval = Number(options.checkpointEvery ?? world.settings.checkpointInterval);
  const s3 = createS3Connection(settings.s3, hastyLimits);
  return {
    ...world,
    source: makeSourceFaulty(world.source),
    engine: makeEngineFaulty(world.engine),
    async openTable(url) {
      const io = await world.openTable(url);
      const store = url.startsWith('s3:') ? await connectObjectStore(url, 'write', s3) : io.store;
      return { ...io, store: makeStoreFaulty(store, options.faultSwitch) };
    },
    settings: { ...world.settings, checkpointInterval, controlEveryMs: 250, topicEveryMs: 1_000 },
    plantedPositions: (group, topic) => readGroup(settings.kafka, group, topic),
  };
}

/** Files are sent in parts as soon as a store takes them, and an answer that never comes is not waited for long. */
const hastyLimits = { answerMsMax: 1_500, partBytes: 5 << 20 };

/** `topic-id-ignored`: a topic is whatever has the name. */
function makeSourceFaulty(source: RecordSource): RecordSource {
  const known = new Map<string, SourceTopic>();
  return {
    ...source,
    async describeTopic(name, ageMsMax) {
      const topic = await source.describeTopic(name, ageMsMax);
      if (!isPlanted('topic-id-ignored')) return topic;
      const first = known.get(name) ?? topic;
      if (first !== undefined) known.set(name, first);
      return topic === undefined ? first : { ...topic, topicId: first?.topicId ?? topic.topicId };
    },
    async fetch(request) {
      if (isPlanted('read-beyond-stable-offset')) return pretendStable(await source.fetch(request));
      if (!isPlanted('topic-id-ignored')) return source.fetch(request);
      const actual = await source.describeTopic(request.topic);
      const positions = request.positions.map((position) => ({ ...position, lastFetchedEpoch: -1 }));
      return source.fetch({ ...request, positions, topicId: actual?.topicId ?? request.topicId });
    },
  };
}

/** `read-beyond-stable-offset`: what is not decided yet counts as committed. */
const pretendStable = (answers: readonly PartitionFetch[]): readonly PartitionFetch[] =>
  answers.map((answer) =>
    answer.kind === 'records' ? { ...answer, lastStableOffset: answer.highWatermark, aborted: [] } : answer,
  );

/** `position-from-group-offsets`: what the group holds is read back. */
async function readGroup(settings: KafkaSettings, group: string, topic: string) {
  const admin = createKafkaAdmin({ settings });
  try {
    return (await admin.readGroupOffsets(group)).get(topic) ?? new Map<number, bigint>();
  } finally {
    await admin.close();
  }
}
