import type { QuarantineGroup as CoreGroup } from '@headwater/core-mesh';
import type { QuarantineRow } from '@headwater/core-staging';
import type { QuarantinedRecord, QuarantineGroup } from '../generated/schema-types.ts';
import { maskBytes, showBytes } from './mask.ts';

export const toQuarantineGroup = (group: CoreGroup): QuarantineGroup => ({
  key: Buffer.from(JSON.stringify([group.pipelineId, group.stage, group.reason, group.path])).toString(
    'base64url',
  ),
  stage: group.stage,
  reason: group.reason,
  path: group.path,
  records: group.records,
  firstSeenAt: group.firstSeenAtMs,
  lastSeenAt: group.lastSeenAtMs,
  examplePartition: group.examplePartition,
  exampleOffset: group.exampleOffset,
});

/** Values are masked unless the caller was allowed to see them and that was written down. */
export function toQuarantinedRecord(row: QuarantineRow, isRevealed: boolean): QuarantinedRecord {
  const { timestampMs, key, value, ...rest } = row;
  const show = isRevealed ? showBytes : maskBytes;
  return { ...rest, timestamp: timestampMs, isMasked: !isRevealed, value: show(value), key: show(key) };
}
