/**
 * Named points where the fault harness may kill, stop or delay the process, and planted bugs it must catch. The bundler
 * folds `__HEADWATER_FAULTS__` away, so a release build holds neither the names nor the bugs.
 *
 * Call sites: `if (__HEADWATER_FAULTS__) await faultPoint('intent.before');`
 */
export const faultPointNames = [
  'claim.after',
  'fence.before',
  'fence.after',
  'poll.after',
  'buffer.after',
  'intent.before',
  'intent.after',
  'land.after',
  'publish.primary',
  'publish.quarantine',
  'quarantine-commit.before',
  'quarantine-commit.after',
  'primary-commit.before',
  'primary-commit.sent',
  'primary-commit.answered',
  'mirror.before',
  'group-offsets.before',
  'prune.before',
] as const;
export type FaultPointName = (typeof faultPointNames)[number];

export const plantedBugs = ['txn-before-rows', 'ignore-foreign-txn'] as const;
export type PlantedBug = (typeof plantedBugs)[number];

export interface FaultPlan {
  /** Called when a point is passed; the run goes on when it resolves. */
  onPoint(name: FaultPointName): Promise<void>;
  readonly planted: ReadonlySet<PlantedBug>;
}

let plan: FaultPlan | undefined;

/** Only the faults build of an app calls this, once, before any work. */
export function armFaults(armed: FaultPlan): void {
  if (__HEADWATER_FAULTS__) plan = armed;
}

export const faultPoint = async (name: FaultPointName): Promise<void> => {
  if (__HEADWATER_FAULTS__) await plan?.onPoint(name);
};

export const isPlanted = (bug: PlantedBug): boolean =>
  __HEADWATER_FAULTS__ ? plan?.planted.has(bug) === true : false;
