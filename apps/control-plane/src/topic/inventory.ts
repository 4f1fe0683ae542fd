import type { KafkaAdmin, ObservedTopic, SchemaRegistry } from '@headwater/core-mesh';
import { HeadwaterError, type Clock, type Logger } from '@headwater/kernel';
import type { SubjectWatch } from './subject-watch.ts';

/** What was last seen on the cluster and in the registry. Reads never wait for a refresh. */
export interface Inventory {
  current(): InventorySnapshot;
  /** Looks again now; the picture before it stays when that fails. One refresh at a time. */
  refresh(): Promise<void>;
  close(): void;
}

export interface InventorySnapshot {
  /** Absent before the first refresh that succeeded. */
  readonly observedAtMs?: number;
  readonly topics: ReadonlyMap<string, ObservedTopic>;
  readonly subjects: readonly string[];
  readonly brokerCount?: number;
  readonly clusterId?: string;
  /** Why the last refresh failed. */
  readonly error?: { readonly code: string; readonly message: string; readonly fix?: string };
}

export interface InventoryOptions {
  readonly kafka: KafkaAdmin;
  readonly registry: SchemaRegistry;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Looks at each refresh that saw the registry. */
  readonly subjects: SubjectWatch;
}

const refreshEveryMs = 5_000;
const topicsMax = 20_000;
const topicsPerCall = 500;

/** Starts looking at once and then every few seconds until it is closed. */
export function createInventory({ kafka, registry, clock, logger, subjects }: InventoryOptions): Inventory {
  let snapshot: InventorySnapshot = { topics: new Map(), subjects: [] };
  let running: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    try {
      snapshot = { observedAtMs: clock.nowMs(), ...(await observe(kafka, registry)) };
      await subjects.look();
    } catch (error) {
      if (snapshot.error === undefined) logger.warn({ error }, 'the inventory could not be refreshed');
      snapshot = { ...snapshot, error: describe(error) };
    }
  };
  const refresh = (): Promise<void> => {
    running ??= look().finally(() => (running = undefined));
    return running;
  };
  void refresh();
  const timer = setInterval(() => void refresh(), refreshEveryMs);
  return { current: () => snapshot, refresh, close: () => clearInterval(timer) };
}

async function observe(
  kafka: KafkaAdmin,
  registry: SchemaRegistry,
): Promise<Omit<InventorySnapshot, 'observedAtMs' | 'error'>> {
  const [cluster, names, subjects] = await Promise.all([
    kafka.describeCluster(),
    kafka.listTopicNames(),
    registry.listSubjects(),
  ]);
  const topics = new Map<string, ObservedTopic>();
  const bounded = names.slice(0, topicsMax);
  for (let from = 0; from < bounded.length; from += topicsPerCall) {
    for (const topic of await kafka.describeTopics(bounded.slice(from, from + topicsPerCall))) {
      topics.set(topic.name, topic);
    }
  }
  return { topics, subjects, brokerCount: cluster.brokerCount, clusterId: cluster.clusterId };
}

const describe = (error: unknown): NonNullable<InventorySnapshot['error']> =>
  error instanceof HeadwaterError
    ? { code: error.code, message: error.message, ...(error.fix === undefined ? {} : { fix: error.fix }) }
    : { code: 'HW_INVENTORY_FAILED', message: error instanceof Error ? error.message : String(error) };
