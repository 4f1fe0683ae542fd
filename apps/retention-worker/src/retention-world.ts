import type { TableIo } from '@headwater/core-delta';
import type { BlastRadiusLimits, RetentionStore } from '@headwater/core-retention';
import type { Sha256 } from '@headwater/core-reconcile';
import type { Clock, Ids, Logger } from '@headwater/kernel';

/** Topics as retention needs them. Implementation: libs/adapters/kafka. */
export interface RetentionTopics {
  inventoryRecords(
    topic: string,
    cutMs: number,
  ): Promise<
    | {
        readonly name: string;
        readonly topicId: string;
        readonly configs: Readonly<Record<string, string>>;
        readonly partitions: readonly {
          readonly partition: number;
          readonly startOffset: bigint;
          readonly endOffset: bigint;
          readonly cutOffset: bigint;
        }[];
        readonly oldestMs?: number;
      }
    | undefined
  >;
  offsetsAt(
    topic: string,
    at: { readonly kind: 'timestamp'; readonly timestampMs: number },
  ): Promise<ReadonlyMap<number, bigint>>;
  deleteRecords(
    topic: string,
    before: ReadonlyMap<number, bigint>,
    topicId: string,
  ): Promise<ReadonlyMap<number, bigint>>;
}

/** Everything a retention run touches. */
export interface RetentionWorld {
  readonly topics: RetentionTopics;
  readonly openTable: (url: string) => Promise<TableIo>;
  readonly store: RetentionStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly sha256: Sha256;
  readonly logger: Logger;
  readonly limits: BlastRadiusLimits;
  readonly metrics: RetentionMetrics;
}

export interface RetentionMetrics {
  actionDone(action: string, amounts: { readonly records?: number; readonly files?: number }): void;
  ledgerComputed(productName: string, copiesBeyondPromise: number): void;
}
