import { checkBatchCrc, malformedBatch, readBatchHeader, RECORD_BATCH_OVERHEAD } from './record-batch.ts';
import type { RecordBatch, RecordBatchCodecs, RecordSetCoordinates } from './record-batch.ts';
import { eachRecord, newRecordCursor, recordOffset } from './record-batch-records.ts';

export interface OffsetGap {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * The first offsets of [from, to) that hold nothing, not even a control record: [gap.from, gap.to), up to the next record
 * or the end of the last whole batch. Undefined when none is missing. Slower than the scan; for incidents only.
 * @throws HeadwaterError operational HW_KAFKA_BATCH_MALFORMED
 */
export function findFirstGap(
  codecs: RecordBatchCodecs,
  at: RecordSetCoordinates,
  { recordSet, from, to }: { readonly recordSet: Uint8Array } & OffsetGap,
): OffsetGap | undefined {
  const view = new DataView(recordSet.buffer, recordSet.byteOffset, recordSet.byteLength);
  const cursor = newRecordCursor();
  let expected = from;
  let gap: OffsetGap | undefined;
  let end = from;
  for (let position = 0; gap === undefined && end < to;) {
    const batch = readBatchHeader(recordSet, view, position, at);
    if (batch === undefined) break;
    position = batch.end;
    if (batch.lastOffset < from) continue;
    checkBatchCrc(recordSet, view, batch, codecs, at);
    eachRecord(batch, recordsOf(codecs, at, recordSet, batch), cursor, at, (record) => {
      const offset = recordOffset(record);
      if (offset < from || offset >= to) return;
      if (offset > expected) gap ??= { from: expected, to: offset };
      expected = offset + 1n;
    });
    end = batch.lastOffset < to ? batch.lastOffset + 1n : to;
  }
  return gap ?? (expected < end ? { from: expected, to: end } : undefined);
}

/** Most bytes one batch may decompress to. */
const BATCH_BYTES_MAX = 256 << 20;

function recordsOf(
  codecs: RecordBatchCodecs,
  at: RecordSetCoordinates,
  recordSet: Uint8Array,
  { start, end, baseOffset, compression }: RecordBatch,
): Uint8Array {
  const stored = recordSet.subarray(start + RECORD_BATCH_OVERHEAD, end);
  if (compression === 'none' || stored.length === 0) return stored;
  try {
    return codecs.decompress(compression, stored, BATCH_BYTES_MAX);
  } catch (cause) {
    throw malformedBatch(at, baseOffset, `its ${compression} data does not decompress`, cause);
  }
}
