import type { RetentionInventory } from './inventory.ts';
import type { RetentionAction, RetentionPlan } from './retention-action.ts';

/** What a run may remove without a person looking at it. */
export interface BlastRadiusLimits {
  readonly recordsMax: bigint;
  readonly bytesMax: number;
  /** Of the live records of one table, from 0 to 1; looked at only above `shareCountsFrom` records. */
  readonly shareMax: number;
  readonly shareCountsFrom: bigint;
}

export const defaultBlastRadius: BlastRadiusLimits = {
  recordsMax: 1_000_000_000n,
  bytesMax: 1024 ** 4,
  shareMax: 0.5,
  shareCountsFrom: 10_000_000n,
};

export type BlastRadius =
  | { readonly kind: 'within' }
  /** A person must apply the plan by its hash. */
  | { readonly kind: 'beyond'; readonly reason: string };

/** Whether a plan may be carried out without approval [R7]. */
export function judgeBlastRadius(
  plan: RetentionPlan,
  inventory: RetentionInventory,
  limits: BlastRadiusLimits = defaultBlastRadius,
): BlastRadius {
  for (const action of plan.actions) {
    const reason = findExcess(action, inventory, limits);
    if (reason !== undefined) return { kind: 'beyond', reason };
  }
  return { kind: 'within' };
}

function findExcess(
  action: RetentionAction,
  inventory: RetentionInventory,
  limits: BlastRadiusLimits,
): string | undefined {
  const records = 'records' in action ? BigInt(action.records ?? 0) : 0n;
  if (records > limits.recordsMax) {
    return `${action.action} of ${action.target} removes ${records} records, more than ${limits.recordsMax}`;
  }
  if ('bytes' in action && action.bytes > limits.bytesMax && action.action === 'remove-files') {
    return `${action.action} of ${action.target} removes ${action.bytes} bytes, more than ${limits.bytesMax}`;
  }
  if (action.action !== 'remove-files' || records < limits.shareCountsFrom) return undefined;
  const files = inventory.tables.find(({ url }) => url === action.target)?.snapshot.files.size ?? 0;
  const share = files === 0 ? 0 : action.paths.length / files;
  return share > limits.shareMax
    ? `${action.action} of ${action.target} removes ${Math.round(share * 100)} % of the files of the table`
    : undefined;
}
