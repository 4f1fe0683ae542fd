import { loadSnapshot, type ObjectInfo, type Snapshot, type TableIo } from '@headwater/core-delta';
import {
  heldFromMs,
  type CompiledRetention,
  type RetentionInventory,
  type RetentionTarget,
  type StagedProgress,
  type TableInventory,
  type TopicInventory,
} from '@headwater/core-retention';
import {
  batchSeqAppId,
  nextOffsetsIn,
  openSwaps,
  parseIntentPath,
  parseSwapIntent,
  swapIntentPath,
} from '@headwater/core-staging';
import type { RetentionWorld } from './retention-world.ts';

/** Looks at the topic, the tables and the positions of every pipeline, from their own sources of truth. */
export async function observeProduct(
  world: RetentionWorld,
  target: RetentionTarget,
  compiled: CompiledRetention,
): Promise<RetentionInventory> {
  const { productId, productName, holds } = target;
  const observedAtMs = world.clock.nowMs();
  const topic = await observeTopic(world, target, observedAtMs - compiled.topicCutMs);
  return {
    productId,
    productName,
    observedAtMs,
    ...(topic === undefined ? {} : { topic }),
    progress: await observeProgress(world, target),
    tables: await observeTables(world, target),
    holds,
  };
}

export async function observeTopic(
  { topics }: RetentionWorld,
  { topic, holds }: RetentionTarget,
  cutMs: number,
): Promise<TopicInventory | undefined> {
  const observed = await topics.inventoryRecords(topic, cutMs);
  if (observed === undefined) return undefined;
  const heldMs = heldFromMs(holds);
  if (heldMs === undefined) return observed;
  const held = Number.isFinite(heldMs)
    ? await topics.offsetsAt(topic, { kind: 'timestamp', timestampMs: heldMs })
    : new Map<number, bigint>();
  return {
    ...observed,
    partitions: observed.partitions.map((partition) => ({
      ...partition,
      heldOffset: held.get(partition.partition) ?? partition.startOffset,
    })),
  };
}

/** What each pipeline staged, by the `txn` versions of its table and by nothing else. */
export async function observeProgress(
  world: RetentionWorld,
  { pipelines }: RetentionTarget,
): Promise<readonly StagedProgress[]> {
  return Promise.all(
    pipelines.map(async ({ pipelineId, topicId, tableUrl }) => {
      const snapshot = await loadSnapshot(await world.openTable(tableUrl));
      const nextOffsets =
        snapshot === undefined
          ? new Map<number, bigint>()
          : nextOffsetsIn(txnVersions(snapshot), pipelineId, topicId);
      return { pipelineId, topicId, nextOffsets };
    }),
  );
}

const txnVersions = (snapshot: Snapshot): ReadonlyMap<string, bigint> =>
  new Map([...snapshot.txns.entries()].map(([appId, { version }]) => [appId, version]));

/** The primary table and its quarantine, as far as they exist. */
export async function observeTables(
  world: RetentionWorld,
  target: RetentionTarget,
): Promise<readonly TableInventory[]> {
  const primary = await observeTable(world, {
    copy: 'table',
    url: target.tableUrl,
    clockColumn: '_timestamp',
  });
  if (primary === undefined) return [];
  const quarantine = await observeTable(world, {
    copy: 'quarantine',
    url: target.quarantineUrl,
    clockColumn: 'timestamp',
  });
  const oldestOpenIntentMs = oldest([
    ...openIntentTimes(target, primary),
    ...(quarantine === undefined ? [] : await openSwapTimes(world, target, primary, quarantine)),
  ]);
  const unmirroredFrom = firstUnmirrored(target);
  const open = oldestOpenIntentMs === undefined ? {} : { oldestOpenIntentMs };
  return [
    { ...primary, ...open, ...(unmirroredFrom === undefined ? {} : { unmirroredFrom }) },
    ...(quarantine === undefined ? [] : [{ ...quarantine, ...open }]),
  ];
}

type Listed = TableInventory & { readonly intents: readonly ObjectInfo[] };

/** Lists before it reads the log: a file that is listed and not in the log is then truly in no commit so far. */
async function observeTable(
  world: RetentionWorld,
  table: Pick<TableInventory, 'copy' | 'url' | 'clockColumn'>,
): Promise<Listed | undefined> {
  const io = await world.openTable(table.url);
  const objects = await listAll(io);
  const snapshot = await loadSnapshot(io);
  if (snapshot === undefined) return undefined;
  const isLog = ({ path }: ObjectInfo): boolean => path.startsWith('_delta_log/');
  return {
    ...table,
    snapshot,
    files: objects.filter((object) => !isLog(object)),
    logFiles: objects.filter(isLog),
    intents: objects.filter(({ path }) => path.startsWith('_headwater/')),
  };
}

async function listAll({ store }: TableIo): Promise<readonly ObjectInfo[]> {
  const objects: ObjectInfo[] = [];
  for await (const object of store.list('')) objects.push(object);
  return objects;
}

/** An intent above the lane's committed batchSeq stands for files that no log entry names yet [S2]. */
function openIntentTimes(
  { pipelines, tableUrl }: RetentionTarget,
  { intents, snapshot }: Listed,
): readonly number[] {
  const lanes = pipelines
    .filter((pipeline) => pipeline.tableUrl === tableUrl)
    .flatMap(({ pipelineId, lanes: count }) =>
      Array.from({ length: count }, (_, lane) => ({ pipelineId, lane })),
    );
  return lanes.flatMap((lane) => {
    const committed = snapshot.txns.get(batchSeqAppId(lane))?.version ?? -1n;
    return intents
      .filter(({ path }) => BigInt(parseIntentPath(lane, path)?.batchSeq ?? -1) > committed)
      .map(({ modifiedMs }) => modifiedMs);
  });
}

/** Files that the quarantine of a swap waits for are older than its intent, and in no log entry before its commit [S15]. */
async function openSwapTimes(
  world: RetentionWorld,
  { pipelines }: RetentionTarget,
  primary: Listed,
  quarantine: Listed,
): Promise<readonly number[]> {
  const open = pipelines.flatMap(({ pipelineId }) =>
    openSwaps(pipelineId, txnVersions(primary.snapshot), txnVersions(quarantine.snapshot)),
  );
  if (open.length === 0) return [];
  const { store } = await world.openTable(primary.url);
  const intents = await Promise.all(open.map((swap) => store.get(swapIntentPath(swap))));
  return intents.flatMap((bytes) => {
    const parsed = bytes === undefined ? undefined : parseSwapIntent(bytes);
    if (parsed?.ok !== true) return [0];
    return [parsed.value.atMs, ...parsed.value.quarantine.adds.map((add) => add.modificationTime)];
  });
}

const oldest = (times: readonly number[]): number | undefined =>
  times.length === 0 ? undefined : Math.min(...times);

/** Beyond log retention Postgres is the record of the ledger, so an entry goes only after it was copied [S10]. */
function firstUnmirrored({ pipelines, tableUrl }: RetentionTarget): bigint | undefined {
  const mirrored = pipelines
    .filter((pipeline) => pipeline.tableUrl === tableUrl)
    .map(({ mirroredVersion = -1n }) => mirroredVersion + 1n);
  return mirrored.length === 0 ? undefined : mirrored.reduce((a, b) => (b < a ? b : a));
}
