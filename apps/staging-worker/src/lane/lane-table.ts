import {
  commitTransaction,
  createTable,
  isCheckpointDue,
  judgeWritable,
  refreshSnapshot,
  writeCheckpoint,
  type CommitResult,
  type DeltaSchema,
  type Snapshot,
  type TableIo,
} from '@headwater/core-delta';
import {
  personalColumns,
  primaryPartitionColumns,
  primarySchema,
  quarantineSchema,
  type CommitPlan,
  type IncidentFacts,
  type PipelineSpec,
} from '@headwater/core-staging';
import { describeError, HeadwaterError } from '@headwater/kernel';
import { sleep, type LaneWorld } from './lane-world.ts';

/** A table of the lane at the version the lane knows. */
export interface LaneTable {
  readonly io: TableIo;
  snapshot: Snapshot;
}

export interface LaneTables {
  readonly primary: LaneTable;
  readonly quarantine: LaneTable;
}

export type OpenedTables =
  | { readonly kind: 'opened'; readonly tables: LaneTables }
  | { readonly kind: 'incident'; readonly incident: IncidentFacts };

/** Opens both tables and makes those that do not exist. A table that cannot be written safely is an incident [S9]. */
export async function openLaneTables(world: LaneWorld, pipeline: PipelineSpec): Promise<OpenedTables> {
  try {
    const primary = await openLaneTable(world, pipeline.tableUrl, {
      name: pipeline.productName,
      schema: primarySchema(pipeline.contract),
      partitionColumns: primaryPartitionColumns(pipeline.contract),
      personal: personalColumns(pipeline.contract),
      properties: pipeline.tableProperties ?? {},
    });
    const quarantine = await openLaneTable(world, pipeline.quarantineUrl, {
      name: `${pipeline.productName} quarantine`,
      schema: quarantineSchema,
      partitionColumns: [],
      personal: new Set(),
      properties: pipeline.tableProperties ?? {},
    });
    return { kind: 'opened', tables: { primary, quarantine } };
  } catch (error) {
    if (!(error instanceof HeadwaterError) || !isRefusal(error)) throw error;
    const fix = error.fix ?? 'Write to another table.';
    return { kind: 'incident', incident: { kind: 'table-refused', cause: error.message, fix } };
  }
}

/** A store that is away is waited for; one that cannot or will not hold the table is for a person to change. */
const storeRefusals = new Set([
  'HW_STORE_PROBE_FAILED',
  'HW_STORE_BUCKET_MISSING',
  'HW_STORE_ACCESS_DENIED',
  'HW_STORE_REFUSED',
]);

const isRefusal = ({ kind, code }: HeadwaterError): boolean => kind === 'user' || storeRefusals.has(code);

interface NewTable {
  readonly name: string;
  readonly schema: DeltaSchema;
  readonly partitionColumns: readonly string[];
  readonly personal: ReadonlySet<string>;
  readonly properties: Readonly<Record<string, string>>;
}

async function openLaneTable(world: LaneWorld, url: string, table: NewTable): Promise<LaneTable> {
  const io = await world.openTable(url);
  const { snapshot } = await createTable(
    io,
    {
      tableId: world.ids.uuid(),
      name: table.name,
      schema: table.schema,
      partitionColumns: table.partitionColumns,
      personalColumns: table.personal,
      properties: table.properties,
    },
    { batchId: world.ids.uuid(), nowMs: world.clock.nowMs() },
  );
  const refused = judgeWritable(snapshot.protocol, snapshot.metaData, io.store.url);
  if (refused !== undefined) throw refused;
  return { io, snapshot };
}

/** Attempts at one commit whose answer was lost, before the lane gives way and starts over from the log [S6]. */
const ATTEMPTS_MAX = 5;
const RETRY_MS = 200;

/** Commits the plan, and knows the new version when it did. Lost answers are resolved by the same attempt [S6]. */
export async function commitPlan(
  world: Pick<LaneWorld, 'clock' | 'ids'>,
  table: LaneTable,
  plan: CommitPlan,
): Promise<CommitResult> {
  const request = {
    snapshot: table.snapshot,
    actions: plan.actions,
    commitInfo: plan.commitInfo,
    readAppIds: plan.readAppIds,
    batchId: world.ids.uuid(),
    nowMs: world.clock.nowMs(),
  };
  let result = await commitTransaction(table.io, request);
  for (let attempt = 1; result.kind === 'retryable' && attempt < ATTEMPTS_MAX; attempt++) {
    await sleep(RETRY_MS * attempt);
    result = await commitTransaction(table.io, request);
  }
  if (result.kind === 'committed') table.snapshot = result.snapshot;
  return result;
}

export async function refreshTable(table: LaneTable): Promise<void> {
  table.snapshot = await refreshSnapshot(table.io, table.snapshot);
}

/** The `txn` versions of the table. */
export const txnsOf = ({ snapshot }: LaneTable): ReadonlyMap<string, bigint> =>
  new Map([...snapshot.txns.entries()].map(([appId, txn]) => [appId, txn.version]));

/** Writes a checkpoint when the version is due. A failure costs readers time, never rows: it is logged and passed over. */
export async function checkpointWhenDue(world: LaneWorld, { io, snapshot }: LaneTable): Promise<void> {
  if (!isCheckpointDue(snapshot, world.settings.checkpointInterval)) return;
  try {
    await writeCheckpoint(io, snapshot, world.clock.nowMs());
  } catch (error) {
    const facts = {
      table: io.store.url,
      version: snapshot.version.toString(),
      problem: describeError(error),
    };
    world.logger.warn(facts, 'the checkpoint was not written');
  }
}
