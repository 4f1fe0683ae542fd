/**
 * Named points where the fault harness may kill, stop or hold the process, and planted bugs it must catch. The bundler
 * folds `__HEADWATER_FAULTS__` away, so a release build holds neither the names nor the bugs.
 *
 * Call sites: `if (__HEADWATER_FAULTS__) await faultPoint('intent.before');`
 */
export const faultPointNames = [
  'sweep.before',
  'claim.after',
  'fence.before',
  'fence.after',
  'poll.after',
  'buffer.after',
  'revoke.before',
  'intent.before',
  'intent.after',
  'land.after',
  'upload.open',
  'upload.answered',
  'publish.primary',
  'publish.quarantine',
  'quarantine-commit.before',
  'quarantine-commit.after',
  'primary-commit.before',
  'primary-commit.sent',
  'primary-commit.rebase',
  'primary-commit.read-back',
  'primary-commit.answered',
  'mirror.before',
  'group-offsets.before',
  'prune.before',
  'checkpoint.write',
  'checkpoint.pointer',
  'backfill.manifest',
  'backfill.quarantine-commit',
  'backfill.primary-commit',
  'backfill.progress',
  'swap.intent',
  'swap.primary-commit',
  'swap.quarantine-commit',
  'swap.mirror',
  'swap.settle',
  'replay.primary-commit',
  'replay.quarantine-commit',
  'replay.mirror',
  'outbox.insert',
  'outbox.ring',
  'outbox.sweep',
  'outbox.claim',
  'retention.plan',
  'retention.guard',
  'retention.delete-records',
  'retention.verify',
] as const;
export type FaultPointName = (typeof faultPointNames)[number];

/** Each breaks the rule it is named beside; scripts/faults/planted-bugs.ts says which fault shows it. */
export const plantedBugs = [
  'txn-before-rows',
  'ignore-foreign-txn',
  'no-fence-commit',
  'precondition-failed-read-as-loss',
  'precondition-failed-read-as-success',
  'ambiguous-answer-tried-at-next-version',
  'quarantine-without-binding-set',
  'intent-rewritten-on-retry',
  'offset-rewind',
  'rings-without-sweeper',
  'aborted-records-landed',
  'control-batch-counted-as-record',
  'last-record-dropped',
  'read-beyond-stable-offset',
  'position-from-group-offsets',
  'topic-id-ignored',
  'lease-by-worker-clock',
  'upload-not-awaited',
  'file-renamed-twice',
  'mirror-before-commit',
  'quarantined-also-landed',
  'ledger-count-off',
  'swap-keeps-old-files',
  'swap-txn-left-out',
] as const;
export type PlantedBug = (typeof plantedBugs)[number];

export interface FaultPlan {
  /** Called when a point is passed; the run goes on when it resolves. */
  onPoint(name: FaultPointName): Promise<void>;
  readonly planted: Pick<ReadonlySet<PlantedBug>, 'has'>;
}

let plan: FaultPlan | undefined;

/** Only the faults build of an app calls this, once, before any work. */
export function armFaults(armed: FaultPlan): void {
  if (__HEADWATER_FAULTS__) plan = armed;
}

export const faultPoint = async (name: FaultPointName): Promise<void> => {
  if (__HEADWATER_FAULTS__) await plan?.onPoint(name);
};

/** The call with a point before it. Only a faults build makes it. */
export const behindPoint =
  <Args extends readonly unknown[], Answer>(name: FaultPointName, call: (...args: Args) => Promise<Answer>) =>
  async (...args: Args): Promise<Answer> => {
    await faultPoint(name);
    return call(...args);
  };

export const isPlanted = (bug: PlantedBug): boolean =>
  __HEADWATER_FAULTS__ ? plan?.planted.has(bug) === true : false;
