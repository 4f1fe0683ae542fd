import { joinCommits, judgeStanding, mayJoin, type CommitPlan, type Intent } from '@headwater/core-staging';
import type { Snapshot } from '@headwater/core-delta';
import { commitPlan, refreshTable, txnsOf, type LaneTable } from './lane-table.ts';
import { sleep, type LaneWorld } from './lane-world.ts';
import type { HeldLease } from './lease.ts';
import type { OwnedCommit } from './landing.ts';
import { commitFailed } from './owned-commit.ts';

/** A batch that is ready for the primary table. */
export interface ReadyBatch {
  readonly lease: HeldLease;
  readonly table: LaneTable;
  readonly intent: Intent;
  readonly plan: CommitPlan;
  readonly flushIntervalMs: number;
  /** The lane wants to be done: it waits for the least interval only. */
  readonly isUrgent: () => boolean;
}

/** Batches of several lanes of one table go into one version [S14]. One for all lanes of a process. */
export interface JointCommits {
  commit(batch: ReadyBatch): Promise<OwnedCommit>;
}

/** How long the first batch waits for those of other lanes. */
const GATHER_MS = 50;
/** Least time between two commits to one table. */
const INTERVAL_MS = 1_000;
/** Lanes of one version; the others go into the next. */
const BATCHES_MAX = 64;
const ROUNDS_MAX = 10;

interface Waiting {
  readonly batch: ReadyBatch;
  readonly arrivedMs: number;
  readonly resolve: (end: OwnedCommit) => void;
  readonly reject: (error: unknown) => void;
}

interface Table {
  waiting: Waiting[];
  /** Monotonic milliseconds. */
  sentAtMs: number;
  isSending: boolean;
}

type Tools = Pick<LaneWorld, 'clock' | 'ids'>;

export function createJointCommits(world: Tools): JointCommits {
  const tables = new Map<string, Table>();

  const send = async (table: Table): Promise<void> => {
    if (table.isSending) return;
    table.isSending = true;
    for (;;) {
      const [first] = table.waiting;
      if (first === undefined) break;
      await untilDue(world, table, first);
      table.sentAtMs = world.clock.monotonicMs();
      await commitTogether(world, takeBatches(table));
    }
    table.isSending = false;
  };
  return {
    commit: (batch) =>
      new Promise((resolve, reject) => {
        const url = batch.table.io.store.url;
        const table = tables.get(url) ?? { waiting: [], sentAtMs: -INTERVAL_MS, isSending: false };
        tables.set(url, table);
        table.waiting.push({ batch, arrivedMs: world.clock.monotonicMs(), resolve, reject });
        void send(table);
      }),
  };
}

/** A lane that wants to be done is noticed within a short while. */
const LOOK_MS = 100;

async function untilDue({ clock }: Tools, table: Table, first: Waiting): Promise<void> {
  for (;;) {
    const isUrgent = table.waiting.some(({ batch }) => batch.isUrgent());
    const intervalMs = isUrgent ? INTERVAL_MS : Math.max(INTERVAL_MS, first.batch.flushIntervalMs);
    const dueMs = Math.max(first.arrivedMs + GATHER_MS, table.sentAtMs + intervalMs);
    const leftMs = dueMs - clock.monotonicMs();
    if (leftMs <= 0) return;
    await sleep(Math.min(leftMs, LOOK_MS));
  }
}

/** Those that share a version; a second change of the table among them waits for the next one. */
function takeBatches(table: Table): readonly Waiting[] {
  const taken: Waiting[] = [];
  const left: Waiting[] = [];
  for (const each of table.waiting) {
    const plans = [...taken, each].map(({ batch }) => batch.plan);
    (taken.length < BATCHES_MAX && mayJoin(plans) ? taken : left).push(each);
  }
  table.waiting = left;
  return taken;
}

/** Never throws: each batch is told how it went. */
async function commitTogether(world: Tools, waiting: readonly Waiting[]): Promise<void> {
  let open = waiting;
  try {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const base = newest(open);
      if (round > 0) await refreshTable(base);
      open = dropFallen(open, base.snapshot);
      if (open.length === 0) return;
      const result = await commitPlan(world, base, joinCommits(open.map(({ batch }) => batch.plan)));
      if (result.kind === 'committed') {
        for (const { batch, resolve } of open) {
          batch.table.snapshot = result.snapshot;
          resolve(result);
        }
        return;
      }
      // Nothing was written: the lane that met its successor is found by what the log holds, the others go on.
      const isOurs = result.kind === 'conflicted' && (result.reason === 'txn' || result.reason === 'judged');
      if (!isOurs) throw commitFailed(base, result.kind === 'retryable' ? result.cause : result.detail);
    }
    throw commitFailed(newest(open), `lost ${ROUNDS_MAX} races`);
  } catch (error) {
    for (const { reject } of open) reject(error);
  }
}

/** The newest version any of the lanes knows, in a place of its own until it is committed on. */
function newest(waiting: readonly Waiting[]): LaneTable {
  const tables = waiting.map(({ batch }) => batch.table);
  const { io, snapshot } = tables.reduce((a, b) => (b.snapshot.version > a.snapshot.version ? b : a));
  return { io, snapshot };
}

/** A lane that lost its lease or its place drops out before anything is sent [S7][S14]. */
function dropFallen(waiting: readonly Waiting[], snapshot: Snapshot): readonly Waiting[] {
  const [first] = waiting;
  if (first === undefined) return waiting;
  const txns = txnsOf({ io: first.batch.table.io, snapshot });
  return waiting.filter(({ batch, resolve, reject }) => {
    if (!batch.lease.isHeld()) {
      resolve({ kind: 'lost', cause: 'the lease has ended' });
      return false;
    }
    const standing = judgeStanding(txns, batch.intent, batch.lease.fence);
    if (standing.kind === 'lost') {
      resolve({ kind: 'lost', cause: standing.cause });
      return false;
    }
    const { metaData } = batch.table.snapshot;
    if (metaData === snapshot.metaData || isSameTable(metaData, snapshot.metaData)) return true;
    reject(commitFailed(batch.table, 'the schema or properties changed after the batch was judged'));
    return false;
  });
}

const isSameTable = (a: Snapshot['metaData'], b: Snapshot['metaData']): boolean =>
  a.schemaString === b.schemaString && JSON.stringify(a.configuration) === JSON.stringify(b.configuration);
