/** What fetch answers told of a partition, without a request of its own. */
export interface PartitionView {
  /** Where read-committed readers end; undefined until its leader has answered. */
  lastStableOffset: bigint | undefined;
  highWatermark: bigint;
  logStartOffset: bigint;
  /** Monotonic milliseconds. */
  recordsAtMs: number;
  /** When records of it were last delivered, as a count of deliveries. */
  servedAt: number;
}

export interface PartitionViews {
  /** The view of the partition, by `partitionKey`. */
  of(key: string): PartitionView;
  /** Forgets what an earlier leader said of the partition. */
  leaderChanged(view: PartitionView): void;
}

const VIEWS_MAX = 100_000;

export function createPartitionViews(): PartitionViews {
  const views = new Map<string, PartitionView>();
  return {
    of(key) {
      const known = views.get(key);
      if (known !== undefined) return known;
      if (views.size >= VIEWS_MAX) views.clear();
      const view = {
        lastStableOffset: undefined,
        highWatermark: 0n,
        logStartOffset: 0n,
        recordsAtMs: -Infinity,
        servedAt: 0,
      };
      views.set(key, view);
      return view;
    },
    leaderChanged(view) {
      view.lastStableOffset = undefined;
    },
  };
}
