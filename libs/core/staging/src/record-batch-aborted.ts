import type { RecordBatch } from './record-batch.ts';
import type { ScannedRecord } from './record-batch-records.ts';
import type { AbortedTransaction } from './record-source.ts';

/** Follows which producers are inside an aborted transaction while batches pass in offset order (Kafka KIP-98). */
export interface AbortedFilter {
  /** Takes note of the batch; true when its records belong to an aborted transaction. */
  enter(batch: RecordBatch): boolean;
  /** Takes note of a control record of the batch. */
  mark(batch: RecordBatch, control: ScannedRecord): void;
}

const ABORT = 0;

export function createAbortedFilter(aborted: readonly AbortedTransaction[]): AbortedFilter {
  if (aborted.length === 0) return { enter: () => false, mark: () => undefined };
  const ahead = aborted.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const inside = new Set<bigint>();
  let next = 0;
  return {
    enter(batch) {
      for (let entry = ahead[next]; entry !== undefined && entry.firstOffset <= batch.lastOffset;) {
        inside.add(entry.producerId);
        entry = ahead[++next];
      }
      return batch.isTransactional && !batch.isControl && inside.has(batch.producerId);
    },
    mark(batch, control) {
      if (controlType(control) === ABORT) inside.delete(batch.producerId);
    },
  };
}

/** Type field of a control record's key (version int16, type int16), or -1 when there is none. */
function controlType({ bytes, keyStart, keyEnd }: ScannedRecord): number {
  if (keyStart < 0 || keyEnd - keyStart < 4) return -1;
  return (bytes[keyStart + 2]! << 8) | bytes[keyStart + 3]!;
}
