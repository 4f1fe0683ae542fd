import type { NewIncident } from './ports.ts';
import type { OffsetGap } from './record-batch-gap.ts';
import type { PartitionFetch, SourceTopic } from './record-source.ts';
import type { RecordSetReport } from './record-set-engine.ts';

/** An incident before it is tied to its pipeline: what, where, the exact gap, why, and what to do [S8]. */
export type IncidentFacts = Omit<NewIncident, 'pipelineId'>;

/** The topic on the cluster against the one the pipeline was made for. */
export function judgeTopic(
  expected: { readonly topic: string; readonly topicId: string },
  observed: SourceTopic | undefined,
): IncidentFacts | undefined {
  if (observed === undefined) {
    return {
      kind: 'topic-missing',
      cause: `The topic ${expected.topic} does not exist on the cluster.`,
      fix: 'Restore the topic, or retire the data product.',
    };
  }
  if (observed.topicId !== expected.topicId) {
    return {
      kind: 'topic-recreated',
      cause: `The topic ${expected.topic} was deleted and created again: its id is ${observed.topicId}, the pipeline reads ${expected.topicId}.`,
      fix: 'Its offsets mean other records. Retire the data product and onboard the new topic.',
    };
  }
  return undefined;
}

/** What a lane does with one answer. `describe`: the topic id is unknown to the broker, so the topic is judged again. */
export type FetchVerdict =
  | { readonly kind: 'take' }
  | { readonly kind: 'retry'; readonly cause: string }
  | { readonly kind: 'describe' }
  | { readonly kind: 'incident'; readonly incident: IncidentFacts };

export function judgeFetch(topic: string, nextOffset: bigint, answer: PartitionFetch): FetchVerdict {
  switch (answer.kind) {
    case 'records':
      return { kind: 'take' };
    case 'retry':
      return { kind: 'retry', cause: answer.cause };
    case 'unknownTopicId':
      return { kind: 'describe' };
    case 'divergingEpoch':
      return truncated(
        topic,
        answer.partition,
        answer.endOffset,
        nextOffset,
        `epoch ${answer.epoch} ends there`,
      );
    case 'offsetOutOfRange':
      return answer.logStartOffset > nextOffset
        ? expired(topic, answer.partition, nextOffset, answer.logStartOffset)
        : answer.highWatermark < nextOffset
          ? truncated(
              topic,
              answer.partition,
              answer.highWatermark,
              nextOffset,
              'the high watermark lies there',
            )
          : { kind: 'retry', cause: `offset ${nextOffset} lies inside the log of its leader` };
  }
}

const expired = (topic: string, partition: number, from: bigint, to: bigint): FetchVerdict => ({
  kind: 'incident',
  incident: {
    kind: 'offset-out-of-range',
    partition,
    from,
    to,
    cause: `The records ${topic}[${partition}] [${from}, ${to}) are no longer on the topic: retention or a deletion passed them before they were staged.`,
    fix: `Restore the topic from a copy, or accept the loss of ${to - from} offsets.`,
  },
});

const truncated = (
  topic: string,
  partition: number,
  from: bigint,
  to: bigint,
  because: string,
): FetchVerdict => ({
  kind: 'incident',
  incident: {
    kind: 'truncated',
    partition,
    from,
    to,
    cause: `The log of ${topic}[${partition}] was cut back from ${to} to ${from} after those records were staged (${because}): an unclean leader election.`,
    fix: 'The table holds records that the topic lost. Retire the data product and onboard it again to stage what follows.',
  },
});

/**
 * Offsets without a record where none can be missing: only compaction takes records out of the middle [S10]. The gap is
 * `located` when it is given, exact when it lies before the first record that was found, else the scanned range.
 */
export function judgeAbsent(
  topic: SourceTopic,
  partition: number,
  from: bigint,
  report: RecordSetReport,
  located?: OffsetGap,
): IncidentFacts | undefined {
  if (report.absent === 0n || topic.compacted) return undefined;
  const leading = (report.firstOffset ?? report.nextOffset) - from;
  const to = leading === report.absent ? from + leading : report.nextOffset;
  const gap = located ?? { from, to };
  const count = located === undefined ? report.absent : located.to - located.from;
  return {
    kind: 'absent-offsets',
    partition,
    ...gap,
    cause: `${count} offsets of ${topic.name}[${partition}] in [${gap.from}, ${gap.to}) hold no record, although the topic is not compacted.`,
    fix: 'If the topic was compacted earlier, accept the loss; else restore the segment from a replica.',
  };
}

/** A partition whose last stable offset stays behind its moving high watermark. */
export interface StableOffsetWatch {
  readonly lastStableOffset: bigint;
  /** High watermark when the last stable offset last moved. */
  readonly highWatermark: bigint;
  /** Monotonic milliseconds of that moment. */
  readonly sinceMs: number;
}

/** The longest a transaction may stay open by the broker's default (`transaction.max.timeout.ms`), and a minute. */
export const HANGING_TRANSACTION_MS = 16 * 60_000;

export function watchStableOffset(
  watch: StableOffsetWatch | undefined,
  lastStableOffset: bigint,
  highWatermark: bigint,
  nowMs: number,
): StableOffsetWatch {
  const isMoving =
    watch === undefined || lastStableOffset > watch.lastStableOffset || lastStableOffset >= highWatermark;
  return isMoving ? { lastStableOffset, highWatermark, sinceMs: nowMs } : watch;
}

export function judgeStableOffset(
  topic: string,
  partition: number,
  watch: StableOffsetWatch,
  highWatermark: bigint,
  nowMs: number,
  hangingAfterMs = HANGING_TRANSACTION_MS,
): IncidentFacts | undefined {
  const isStuck = highWatermark > watch.highWatermark && nowMs - watch.sinceMs >= hangingAfterMs;
  if (!isStuck) return undefined;
  const from = watch.lastStableOffset;
  return {
    kind: 'hanging-transaction',
    partition,
    from,
    to: highWatermark,
    cause: `A transaction on ${topic}[${partition}] opened at ${from} was never ended; ${highWatermark - from} offsets wait behind it.`,
    fix: 'Find it with kafka-transactions.sh find-hanging and abort it; staging goes on by itself.',
  };
}
