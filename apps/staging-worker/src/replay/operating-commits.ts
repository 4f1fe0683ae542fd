import { readLogEntry, toNumber, type Action, type AddFile } from '@headwater/core-delta';
import type { CommitPlan, LedgerTransfer } from '@headwater/core-staging';
import { operationalError } from '@headwater/kernel';
import { unpublishFiles } from '../lane/data-files.ts';
import { commitPlan, type LaneTable } from '../lane/lane-table.ts';
import type { OperatingRun } from './operating-world.ts';

/**
 * Commits a step of the verb. True when it is committed; false when another writer came first and the table must be
 * looked at again.
 */
export async function commitStep(
  verb: 'backfill' | 'swap' | 'replay',
  { world, signal }: Pick<OperatingRun, 'world' | 'signal'>,
  table: LaneTable,
  plan: CommitPlan,
): Promise<boolean> {
  signal.throwIfAborted();
  const result = await commitPlan(world.lanes, table, plan);
  if (result.kind === 'committed') return true;
  if (result.kind === 'conflicted') return false;
  throw operationalError({
    code: 'HW_STAGING_COMMIT_FAILED',
    message: `A commit to ${table.io.store.url} gave no answer: ${result.cause}.`,
    fix: `Check the lake; the ${verb} goes on by itself.`,
    canRetry: true,
  });
}

/** The same for a step that brings files in: those of a step that is not committed are taken away again. */
export async function commitFiles(
  verb: Parameters<typeof commitStep>[0],
  run: Pick<OperatingRun, 'world' | 'signal'>,
  table: LaneTable,
  { adds, plan }: { readonly adds: readonly AddFile[]; readonly plan: CommitPlan },
): Promise<boolean> {
  if (await commitStep(verb, run, table, plan)) return true;
  await unpublishFiles(table, adds);
  return false;
}

/** When and where the transfers of one commit happened. */
type CommitPlace = Pick<LedgerTransfer, 'tableVersion' | 'committedAtMs'>;

/** Transfers of the ledger, commit by commit, behind the version `after`; `read` finds them in one commit. */
export async function* transfersSince(
  { lanes }: Pick<OperatingRun['world'], 'lanes'>,
  { io, snapshot }: LaneTable,
  after: bigint,
  read: (actions: readonly Action[], place: CommitPlace) => readonly LedgerTransfer[],
): AsyncGenerator<readonly LedgerTransfer[]> {
  for (let version = after + 1n; version <= snapshot.version; version++) {
    const actions = (await readLogEntry(io.store, version)) ?? [];
    const info = actions.find((action) => 'commitInfo' in action)?.commitInfo;
    const committedAtMs = toNumber(info?.['timestamp']) ?? lanes.clock.nowMs();
    yield read(actions, { tableVersion: version, committedAtMs });
  }
}
