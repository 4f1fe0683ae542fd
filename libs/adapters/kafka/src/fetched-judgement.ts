import type { PartitionFetch } from '@headwater/core-staging';
import { wholeBatchesLength } from '@headwater/core-staging';
import { operationalError } from '@headwater/kernel';
import type { HeadwaterError } from '@headwater/kernel';
import type { FetchedPartition } from './fetch-answer.ts';
import type { Interest } from './fetch-interest.ts';
import { ErrorCodes, errorName, notAuthorised } from './kafka-errors.ts';

/** `nothing`: go on waiting. `again`: look at the metadata, then ask again. */
export type FetchedVerdict =
  | { readonly kind: 'deliver'; readonly answer: PartitionFetch }
  | { readonly kind: 'nothing' | 'outOfRange' }
  | { readonly kind: 'again'; readonly cause: string }
  | { readonly kind: 'fail'; readonly error: HeadwaterError };

/** What the broker's answer means for the position; notes in its view how the partition stands. */
export function judgeFetched(
  interest: Interest,
  fetched: FetchedPartition,
  isFirst: boolean,
): FetchedVerdict {
  const { partition, errorCode, diverging } = fetched;
  if (diverging !== undefined) {
    return { kind: 'deliver', answer: { kind: 'divergingEpoch', partition, ...diverging } };
  }
  switch (errorCode) {
    case ErrorCodes.none:
      return judgeRecords(interest, fetched, isFirst);
    case ErrorCodes.offsetOutOfRange:
      return { kind: 'outOfRange' };
    case ErrorCodes.topicAuthorizationFailed:
      return { kind: 'fail', error: notAuthorised(`read topic ${interest.topic}`, errorName(errorCode)) };
    default:
      return { kind: 'again', cause: errorName(errorCode) };
  }
}

function judgeRecords(interest: Interest, fetched: FetchedPartition, isFirst: boolean): FetchedVerdict {
  const { partition, highWatermark, lastStableOffset, logStartOffset, aborted } = fetched;
  const { view } = interest;
  const offsets = { highWatermark, lastStableOffset, logStartOffset };
  Object.assign(view, offsets);
  const length = wholeBatchesLength(fetched.recordSet);
  if (length === 0) {
    // Only the first position of a request gets a batch above the limits.
    if (fetched.recordSet.length > 0 && isFirst) return { kind: 'fail', error: neverWhole(interest) };
    return { kind: 'nothing' };
  }
  view.recordsAtMs = performance.now();
  const recordSet = fetched.recordSet.subarray(0, length);
  return { kind: 'deliver', answer: { kind: 'records', partition, recordSet, ...offsets, aborted } };
}

const neverWhole = ({ topic, partition, offset }: Interest) =>
  operationalError({
    code: 'HW_KAFKA_BATCH_NEVER_WHOLE',
    message: `The broker never sends the batch at ${topic}[${partition}]@${offset} as a whole.`,
    fix: 'Look for a damaged segment on the leader of the partition.',
    path: `${topic}[${partition}]@${offset}`,
    canRetry: true,
  });
