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
import { dropFiles, publishFiles } from './data-files.ts';
import { commitPlan } from './lane-table.ts';
import type { Landing, LandResult } from './landing.ts';
import { commitAsOwner } from './owned-commit.ts';
import { evolveSchema } from './schema-evolution.ts';

/** Lands the batch that the intent fixes: files, side outputs, then the primary commit [S3][S4]. */
export async function landBatch(landing: Landing): Promise<LandResult> {
  const { tables, fill } = landing;
  const outputs = await fill.batch.land(await tables.primary.io.store.scratchFolder());
  if (__HEADWATER_FAULTS__) await faultPoint('land.after');
  const batch = toBatchRecord(landing, outputs);
  const balance = judgeBalance(batch.entries);
  if (balance.kind === 'imbalance') {
    await dropFiles([...outputs.primary, ...outputs.quarantine]);
    return { kind: 'incident', incident: imbalanceIncident(balance) };
  }
  const evolved = evolveSchema(tables.primary, fill.pipeline.contract);
  if (evolved.kind === 'incident') {
    await dropFiles([...outputs.primary, ...outputs.quarantine]);
    return evolved;
  }
  const quarantined = await landQuarantine(landing, outputs);
  if (quarantined !== undefined) {
    await dropFiles(outputs.primary);
    return quarantined;
  }
  const adds = await publishFiles(landing.world, tables.primary, outputs.primary);
  if (__HEADWATER_FAULTS__) await faultPoint('publish.primary');
  return commitPrimary(landing, batch, adds, evolved.metaData);
}

function toBatchRecord({ world, lease, intent, fill }: Landing, outputs: LandedOutputs): BatchRecord {
  const accounts = intent.ranges.map(({ partition }) => fill.accounts.get(partition)!);
  return {
    batchId: intent.batchId,
    batchSeq: intent.batchSeq,
    pipelineId: intent.pipelineId,
    lane: intent.lane,
    fence: lease.fence,
    contractVersion: intent.contractVersion,
    engine: world.engine.name,
    entries: accounts.map((account) =>
      toLedgerEntry(intent.topicId, account, outputs.counts.get(account.partition)),
    ),
    quarantine: outputs.reasons,
    losses: intent.ranges.flatMap(({ partition, losses }) => losses.map((loss) => ({ partition, ...loss }))),
  };
}

/** Commits what was refused, unless an earlier attempt has; then that one binds [S4]. Undefined: go on. */
async function landQuarantine(landing: Landing, outputs: LandedOutputs): Promise<LandResult | undefined> {
  const { world, tables, intent } = landing;
  const held = await compareWithHeld(landing, outputs.quarantine);
  if (held.kind === 'incident') {
    await dropFiles(outputs.quarantine);
    return held;
  }
  if (held.kind === 'held') {
    await dropFiles(outputs.quarantine);
    return undefined;
  }
  if (outputs.quarantine.length === 0) return undefined;
  const adds = await publishFiles(landing.world, tables.quarantine, outputs.quarantine);
  if (__HEADWATER_FAULTS__) await faultPoint('publish.quarantine');
  if (__HEADWATER_FAULTS__) await faultPoint('quarantine-commit.before');
  const plan = planOutputCommit(intent, 'quarantine', adds, world.clock.nowMs());
  const result = await commitAsOwner(landing, tables.quarantine, plan);
  if (__HEADWATER_FAULTS__) await faultPoint('quarantine-commit.after');
  return result.kind === 'lost' ? result : undefined;
}

async function commitPrimary(
  landing: Landing,
  batch: BatchRecord,
  adds: readonly AddFile[],
  metaData: TableMetaData | undefined,
): Promise<LandResult> {
  const { world, tables, intent } = landing;
  if (__HEADWATER_FAULTS__) await faultPoint('primary-commit.before');
  const plan = planPrimaryCommit(intent, batch, adds, metaData, world.clock.nowMs());
  if (__HEADWATER_FAULTS__ && isPlanted('txn-before-rows')) return commitTxnFirst(landing, batch, plan);
  const result = await commitAsOwner(landing, tables.primary, plan);
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
