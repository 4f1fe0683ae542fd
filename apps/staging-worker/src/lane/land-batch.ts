import type { AddFile, TableMetaData } from '@headwater/core-delta';
import {
  faultPoint,
  isPlanted,
  judgeBalance,
  planOutputCommit,
  planPrimaryCommit,
  toLedgerEntry,
  type BatchRecord,
  type CommitPlan,
  type IncidentFacts,
  type LandedOutputs,
} from '@headwater/core-staging';
import { compareWithHeld } from './binding.ts';
import { dropFiles, publishFiles, unpublishFiles } from './data-files.ts';
import { openBatch } from './fill.ts';
import { commitPlan } from './lane-table.ts';
import type { Landing, LandResult, OwnedCommit } from './landing.ts';
import { mirrorBatch } from './mirror.ts';
import { commitAsOwner } from './owned-commit.ts';
import { evolveSchema } from './schema-evolution.ts';

/** Lands the batch that the intent fixes: files, side outputs, then the primary commit [S3][S4]. */
export async function landBatch(landing: Landing): Promise<LandResult> {
  const { world, tables, fill } = landing;
  const filled = await openBatch(world, fill);
  const scratch = await tables.primary.io.store.scratchFolder();
  const outputs = await fill.phases.measure(world.clock, 'encode', () => filled.land(scratch));
  if (outputs.guarded !== undefined) world.metrics.batchJudged(fill.pipeline, outputs.guarded);
  if (__HEADWATER_FAULTS__) await faultPoint('land.after');
  const judged = await judgeBatch(landing, outputs);
  if (judged.kind === 'incident') {
    await dropFiles([...outputs.primary, ...outputs.quarantine]);
    return judged;
  }
  const upload = startUpload(landing, outputs);
  if (judged.isHeld) await dropFiles(outputs.quarantine);
  else if (outputs.quarantine.length > 0) {
    const result = await landQuarantine(landing, outputs);
    if (result.kind === 'lost') {
      await unpublishFiles(tables.primary, await upload);
      return result;
    }
  }
  const adds = await upload;
  if (__HEADWATER_FAULTS__) await faultPoint('publish.primary');
  return commitPrimary(landing, judged.batch, adds, judged.metaData);
}

/** The files of the primary go up while quarantine is published and committed. */
function startUpload({ world, tables, fill }: Landing, outputs: LandedOutputs): Promise<readonly AddFile[]> {
  const upload = fill.phases.measure(world.clock, 'upload', () =>
    publishFiles(world, tables.primary, outputs.primary),
  );
  // Whoever waits for it sees the failure; it must not end the process before.
  upload.catch(() => undefined);
  return upload;
}

type JudgedBatch =
  | {
      readonly kind: 'sound';
      readonly batch: BatchRecord;
      readonly metaData: TableMetaData | undefined;
      /** Quarantine holds exactly what this attempt refused [S4]. */
      readonly isHeld: boolean;
    }
  | { readonly kind: 'incident'; readonly incident: IncidentFacts };

/** Everything that may stop a batch, before anything of it is published. */
async function judgeBatch(landing: Landing, outputs: LandedOutputs): Promise<JudgedBatch> {
  if (__HEADWATER_BARE__) {
    const batch = { ...toBatchRecord(landing, outputs, new Map()), entries: [] };
    return { kind: 'sound', batch, metaData: undefined, isHeld: false };
  }
  const held = await compareWithHeld(landing, outputs.quarantine);
  if (held.kind === 'incident') return held;
  const batch = toBatchRecord(landing, outputs, held.kind === 'held' ? held.inLosses : new Map());
  const balance = judgeBalance(batch.entries);
  if (balance.kind === 'imbalance') return { kind: 'incident', incident: imbalanceIncident(balance) };
  const evolved = evolveSchema(landing.tables.primary, landing.fill.pipeline.contract);
  if (evolved.kind === 'incident') return evolved;
  return { kind: 'sound', batch, metaData: evolved.metaData, isHeld: held.kind === 'held' };
}

function toBatchRecord(
  { world, lease, intent, fill }: Landing,
  outputs: LandedOutputs,
  refusedBeforeLost: ReadonlyMap<number, bigint>,
): BatchRecord {
  const entries = intent.ranges.map(({ partition }) => {
    const account = fill.accounts.get(partition)!;
    const { landed, quarantined } = outputs.counts.get(partition) ?? { landed: 0n, quarantined: 0n };
    const refused = refusedBeforeLost.get(partition) ?? 0n;
    return toLedgerEntry(
      intent.topicId,
      { ...account, acceptedLoss: account.acceptedLoss - refused },
      { landed, quarantined: quarantined + refused },
    );
  });
  return {
    batchId: intent.batchId,
    batchSeq: intent.batchSeq,
    pipelineId: intent.pipelineId,
    lane: intent.lane,
    fence: lease.fence,
    contractVersion: intent.contractVersion,
    engine: world.engine.nameFor?.(fill.pipeline) ?? world.engine.name,
    entries,
    quarantine: outputs.reasons,
    losses: intent.ranges.flatMap(({ partition, losses }) => losses.map((loss) => ({ partition, ...loss }))),
  };
}

/** Publishes and commits what was refused [S4]. */
async function landQuarantine(landing: Landing, outputs: LandedOutputs): Promise<OwnedCommit> {
  const { world, tables, intent, fill } = landing;
  const adds = await fill.phases.measure(world.clock, 'upload', () =>
    publishFiles(world, tables.quarantine, outputs.quarantine),
  );
  if (__HEADWATER_FAULTS__) await faultPoint('publish.quarantine');
  if (__HEADWATER_FAULTS__) await faultPoint('quarantine-commit.before');
  const plan = planOutputCommit(intent, 'quarantine', adds, world.clock.nowMs());
  const result = await fill.phases.measure(world.clock, 'quarantine-commit', () =>
    commitAsOwner(landing, tables.quarantine, plan),
  );
  if (__HEADWATER_FAULTS__) await faultPoint('quarantine-commit.after');
  return result;
}

async function commitPrimary(
  landing: Landing,
  batch: BatchRecord,
  adds: readonly AddFile[],
  metaData: TableMetaData | undefined,
): Promise<LandResult> {
  const { world, tables, intent, fill } = landing;
  if (__HEADWATER_FAULTS__ && isPlanted('mirror-before-commit')) {
    const commit = { tableVersion: tables.primary.snapshot.version + 1n, committedAtMs: world.clock.nowMs() };
    await mirrorBatch(world, batch, commit);
  }
  if (__HEADWATER_FAULTS__) await faultPoint('primary-commit.before');
  const plan = planPrimaryCommit(intent, batch, adds, metaData, world.clock.nowMs());
  if (__HEADWATER_FAULTS__ && isPlanted('txn-before-rows')) return commitTxnFirst(landing, batch, plan);
  const result = await fill.phases.measure(world.clock, 'commit', () =>
    commitAsOwner(landing, tables.primary, plan),
  );
  if (__HEADWATER_FAULTS__) await faultPoint('primary-commit.answered');
  return result.kind === 'lost' ? result : { kind: 'landed', batch, tableVersion: result.version };
}

/** The planted bug `txn-before-rows`: positions one version before the rows they stand for. */
async function commitTxnFirst(landing: Landing, batch: BatchRecord, plan: CommitPlan): Promise<LandResult> {
  const { primary } = landing.tables;
  const isRow = (action: CommitPlan['actions'][number]) => 'add' in action;
  const first = { ...plan, actions: plan.actions.filter((action) => !isRow(action)) };
  const result = await commitAsOwner(landing, primary, first);
  await faultPoint('primary-commit.answered');
  if (result.kind === 'lost') return result;
  const rows = { ...plan, actions: plan.actions.filter(isRow), readAppIds: new Set<string>() };
  await commitPlan(landing.world, primary, rows);
  return { kind: 'landed', batch, tableVersion: result.version };
}

const imbalanceIncident = (balance: {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly cause: string;
}): IncidentFacts => ({
  kind: 'ledger-imbalance',
  partition: balance.partition,
  from: balance.from,
  to: balance.to,
  cause: `The ledger of partition ${balance.partition} does not balance: ${balance.cause}. Nothing was committed.`,
  fix: 'Report this as a bug with the batch id; pausing and resuming the pipeline tries the range again.',
});
