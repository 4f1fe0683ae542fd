/** Kafka as the staging engine sees it: fetch by assignment, never by group. Implementation: libs/adapters/kafka. */
export interface RecordSource {
  /** The topic as the cluster describes it now, or undefined when there is none by that name. */
  describeTopic(name: string): Promise<SourceTopic | undefined>;
  /**
   * One round of fetching, read committed. Answers hold at most `bytesMax` bytes in all; every partition asked for has
   * an answer or is absent when it had nothing to say. Broker restarts, leader changes and stale metadata are handled
   * inside and show as `retry`.
   */
  fetch(request: FetchRequest): Promise<readonly PartitionFetch[]>;
  /** First offset whose timestamp is at or after the given one, per partition; the end offset when there is none. */
  offsetsAt(
    topic: string,
    partitions: readonly number[],
    at: 'earliest' | 'latest' | { readonly timestampMs: number },
  ): Promise<ReadonlyMap<number, bigint>>;
  /** For lag tools only; never read back [S5]. */
  commitOffsets(group: string, topic: string, nextOffsets: ReadonlyMap<number, bigint>): Promise<void>;
  close(): Promise<void>;
}

export interface SourceTopic {
  readonly name: string;
  /** Topic id, UUID text. A topic deleted and created again has another one. */
  readonly topicId: string;
  readonly partitions: readonly { readonly partition: number; readonly leaderEpoch: number }[];
  /** True when cleanup.policy includes compact, so that missing offsets are expected. */
  readonly compacted: boolean;
}

export interface FetchRequest {
  readonly topic: string;
  readonly topicId: string;
  readonly positions: readonly {
    readonly partition: number;
    readonly offset: bigint;
    readonly lastFetchedEpoch: number;
  }[];
  readonly bytesMax: number;
  readonly waitMsMax: number;
}

export type PartitionFetch =
  | {
      readonly kind: 'records';
      readonly partition: number;
      /** Whole record batches as the broker stores them (may begin before the asked offset; a cut last batch is removed). */
      readonly recordSet: Uint8Array;
      readonly highWatermark: bigint;
      readonly lastStableOffset: bigint;
      readonly logStartOffset: bigint;
      readonly aborted: readonly AbortedTransaction[];
    }
  | {
      readonly kind: 'offsetOutOfRange';
      readonly partition: number;
      readonly logStartOffset: bigint;
      readonly highWatermark: bigint;
    }
  | {
      readonly kind: 'divergingEpoch';
      readonly partition: number;
      readonly epoch: number;
      readonly endOffset: bigint;
    }
  | { readonly kind: 'unknownTopicId'; readonly partition: number }
  | { readonly kind: 'retry'; readonly partition: number; readonly cause: string };

/** Records of `producerId` from `firstOffset` to that producer's next abort marker are not committed. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}
