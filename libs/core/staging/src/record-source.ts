/** Kafka as the staging engine sees it: fetch by assignment, never by group. Implementation: libs/adapters/kafka. */
export interface RecordSource {
  /**
   * The topic as the cluster described it at most `ageMsMax` milliseconds ago (default 0: now), or undefined when there
   * is none by that name. With an age, one request serves all topics that are read.
   */
  describeTopic(name: string, ageMsMax?: number): Promise<SourceTopic | undefined>;
  /**
   * One round of fetching, read committed. It ends with the first answers for any of the partitions, without waiting for
   * the slowest broker, or after `waitMsMax` with how each partition stands. Answers hold at most `bytesMax` bytes in all
   * once a first batch is in; a partition that has nothing to say has none. Broker restarts, leader changes and stale
   * metadata are handled inside and show as `retry` when they last. Positions are fetched ahead until they are not asked
   * for any more, so a lane that holds back simply does not call.
   */
  fetch(request: FetchRequest): Promise<readonly PartitionFetch[]>;
  /**
   * Gives the memory of a record set back for another one. A large record set lies alone at the start of its ArrayBuffer,
   * which may be transferred to another thread and back; whoever holds the buffer last releases it, as a Uint8Array over
   * it, at most once, and keeps no view of it. What is not released is garbage like any other.
   */
  release(recordSet: Uint8Array): void;
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
