import {
  judgeTopic,
  type HeldOffsets,
  type PipelineSpec,
  type RecordSource,
  type SourceTopic,
} from '@headwater/core-staging';
import { userError } from '@headwater/kernel';

/** The topic of the pipeline as it is. Throws a user error when it is gone, or another one has its name. */
export async function requireTopic(
  source: RecordSource,
  pipeline: Pick<PipelineSpec, 'topic' | 'topicId'>,
): Promise<SourceTopic> {
  const topic = await source.describeTopic(pipeline.topic);
  const incident = judgeTopic(pipeline, topic);
  if (incident === undefined && topic !== undefined) return topic;
  throw userError({
    code: 'HW_OPERATING_TOPIC',
    message: incident?.cause ?? `The topic ${pipeline.topic} does not exist.`,
    ...(incident === undefined ? {} : { fix: incident.fix }),
  });
}

/** The topic of the pipeline, and what it holds by partition. Throws a user error when it is another topic. */
export async function describeSource(
  source: RecordSource,
  pipeline: PipelineSpec,
): Promise<{ readonly topic: SourceTopic; readonly held: ReadonlyMap<number, HeldOffsets> }> {
  const topic = await requireTopic(source, pipeline);
  const partitions = topic.partitions.map(({ partition }) => partition);
  const [earliest, ends] = await Promise.all([
    source.offsetsAt(pipeline.topic, partitions, 'earliest'),
    source.offsetsAt(pipeline.topic, partitions, 'latest'),
  ]);
  const held = new Map(
    partitions.map((partition) => [
      partition,
      { earliest: earliest.get(partition) ?? 0n, end: ends.get(partition) ?? 0n },
    ]),
  );
  return { topic, held };
}
