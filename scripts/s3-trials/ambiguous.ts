import type { S3Connection } from '@headwater/adapter-object-store';
import { logEntryPath, type CheckpointFiles, type Snapshot } from '@headwater/core-delta';
import type { S3Fault, S3FaultProxy, S3Request } from '@headwater/testkit';
import { randomUUID } from 'node:crypto';
import { seededRandom } from './seeded.ts';
import { caseNames, drawTrial, type CaseName, type TrialCase } from './trial-case.ts';
import {
  cleanUpLog,
  commitUntilAnswered,
  look,
  newAppend,
  openTrialTable,
  requestOf,
  rivalAppends,
  type Append,
  type TrialTable,
} from './trial-table.ts';

export interface TrialStore {
  readonly bucket: string;
  readonly proxy: S3FaultProxy;
  /** Through the proxy. */
  readonly faulty: S3Connection;
  readonly direct: S3Connection;
  readonly checkpointFiles: CheckpointFiles;
}

export interface CaseCount {
  trials: number;
  /** In the log twice, or live twice. */
  doubled: number;
  /** In the log, or bound to get there, but told otherwise. */
  falselyFailed: number;
  /** Told committed, but not in the log. */
  falselyCommitted: number;
  /** Trials whose fault did not take place prove nothing. */
  notFired: number;
}

const TRIALS_PER_TABLE = 40;

/** Runs the trials, `parallel` tables at the same time. */
export async function runAmbiguousTrials(
  store: TrialStore,
  options: {
    readonly trials: number;
    readonly seed: number;
    readonly parallel: number;
    onProgress?(done: number): void;
  },
): Promise<ReadonlyMap<CaseName, CaseCount>> {
  const counts = new Map<CaseName, CaseCount>(
    caseNames.map((name) => [
      name,
      { trials: 0, doubled: 0, falselyFailed: 0, falselyCommitted: 0, notFired: 0 },
    ]),
  );
  const plans = new Map<string, InjectionPlan>();
  store.proxy.inject = (request) => plans.get(request.key.split('/')[0] ?? '')?.faultFor(request);
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < options.trials) {
      const first = next;
      next += TRIALS_PER_TABLE;
      const folder = `trial-${randomUUID()}`;
      const url = `s3://${store.bucket}/${folder}`;
      const table = await openTrialTable(
        url,
        { own: store.faulty, rival: store.direct },
        store.checkpointFiles,
      );
      for (let trial = first; trial < Math.min(next, first + TRIALS_PER_TABLE, options.trials); trial++) {
        const random = seededRandom(options.seed * 1_000_003 + trial);
        const name = caseNames[trial % caseNames.length]!;
        await runTrial(table, drawTrial(name, random), counts.get(name)!, {
          set: (plan) => plans.set(folder, plan),
          clear: () => plans.delete(folder),
        });
        options.onProgress?.(++done);
      }
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, work));
  store.proxy.inject = () => undefined;
  return counts;
}

interface Injection {
  set(plan: InjectionPlan): void;
  clear(): void;
}

async function runTrial(
  table: TrialTable,
  trial: TrialCase,
  count: CaseCount,
  injection: Injection,
): Promise<void> {
  const txn = { appId: `trial-${randomUUID()}`, version: 1n };
  const own = newAppend(txn);
  const base = await look(table);
  if (trial.rivalBefore !== 'none') {
    await rivalAppends(table, newAppend(trial.rivalBefore === 'same-txn' ? txn : undefined));
  }
  const plan = planInjection(table, trial, base);
  injection.set(plan);
  const result = await commitUntilAnswered(table.own, requestOf(base, own));
  injection.clear();
  count.trials++;
  if (!plan.hasFired()) count.notFired++;
  const inLog = await countInTable(table, own);
  if (inLog > 1) count.doubled++;
  if (result.kind === 'committed' && inLog === 0) count.falselyCommitted++;
  if (result.kind !== 'committed' && (inLog > 0 || trial.expected === 'committed')) count.falselyFailed++;
  if (result.kind !== 'committed' && trial.expected === 'conflicted' && trial.rivalBefore !== 'same-txn') {
    await landAgain(table, own, count);
  }
}

/** What a writer does that was told that nothing of it is there: plan again. It must then be there once. */
async function landAgain(table: TrialTable, own: Append, count: CaseCount): Promise<void> {
  const result = await commitUntilAnswered(table.own, requestOf(await look(table), own));
  const inLog = await countInTable(table, own);
  if (result.kind !== 'committed') count.falselyFailed++;
  if (inLog !== 1) count.doubled++;
}

/** Versions that the batch made, by a reader without faults on its way. */
async function countInTable(table: TrialTable, { batchId }: Append): Promise<number> {
  const snapshot = await look(table);
  const versions = [...table.history.values()].filter((each) => each === batchId).length;
  const isLive = snapshot.files.has(`${batchId}.parquet`);
  if (isLive !== versions > 0) throw new Error(`the log and the live files disagree on ${batchId}`);
  return versions;
}

interface InjectionPlan {
  faultFor(request: S3Request): S3Fault | undefined | Promise<S3Fault | undefined>;
  hasFired(): boolean;
}

/** Faults meet the put of the version that the side under trial tries first, then its reads of that entry. */
function planInjection(table: TrialTable, trial: TrialCase, base: Snapshot): InjectionPlan {
  const entry = logEntryPath(base.version + 1n);
  const puts = [...trial.puts];
  const reads = [...trial.reads];
  let rivalWork: Promise<void> | undefined;
  const actAsRival = (): Promise<void> => {
    rivalWork ??= trial.rivalAfter === 'clean-up' ? cleanUpLog(table) : rivalAppends(table, newAppend());
    return rivalWork;
  };
  return {
    hasFired: () => puts.length === 0,
    faultFor({ method, key, query }) {
      if (query.has('list-type')) return trial.isListStale ? 'stale-list' : undefined;
      if (!key.endsWith(entry)) return undefined;
      if (method === 'PUT') return puts.shift();
      if (method !== 'GET' || puts.length === trial.puts.length) return undefined;
      if (trial.rivalAfter === 'none') return reads.shift();
      return actAsRival().then(() => reads.shift());
    },
  };
}
