import type { ObjectInfo, Snapshot } from '@headwater/core-delta';
import type { PartitionInventory, StagedProgress } from './guard.ts';
import type { LegalHold } from './legal-hold.ts';

/** What exists of a product, observed now and from the sources of truth. Input of plans and of the ledger. */
export interface RetentionInventory {
  readonly productId: string;
  /** `<domain>/<product>`. */
  readonly productName: string;
  readonly observedAtMs: number;
  /** Absent when there is no topic by the product's name. */
  readonly topic?: TopicInventory;
  /** Every active or paused pipeline that reads the topic. */
  readonly progress: readonly StagedProgress[];
  readonly tables: readonly TableInventory[];
  readonly holds: readonly LegalHold[];
}

export interface TopicInventory {
  readonly name: string;
  readonly topicId: string;
  /** Settings in force, Kafka's key -> value; a key that is missing has the broker's default. */
  readonly configs: Readonly<Record<string, string>>;
  readonly partitions: readonly PartitionInventory[];
  /** Timestamp of the oldest record that can be read; absent when there is none. */
  readonly oldestMs?: number;
}

export interface TableInventory {
  readonly copy: 'table' | 'quarantine';
  readonly url: string;
  /** Column with the record's timestamp. */
  readonly clockColumn: string;
  readonly snapshot: Snapshot;
  /** Everything in the table folder but the log. */
  readonly files: readonly ObjectInfo[];
  readonly logFiles: readonly ObjectInfo[];
  /** When the oldest batch that is not committed yet was begun; its files are in no log entry. */
  readonly oldestOpenIntentMs?: number;
  /** Log entries from this version on hold ledgers that Postgres does not have yet; absent when there are none. */
  readonly unmirroredFrom?: bigint;
}
