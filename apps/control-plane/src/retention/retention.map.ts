import type { DataProduct } from '@headwater/core-mesh';
import type {
  RetentionAction as CoreAction,
  RetentionCopy as CoreCopy,
  RetentionLedger as CoreLedger,
  StoredRetentionPlan,
} from '@headwater/core-retention';
import type {
  RetentionAction,
  RetentionCopy,
  RetentionLedger,
  RetentionPlan,
  RetentionPolicy,
} from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import { toGlobalId } from '../schema/global-id.ts';
import { toTopicConfigs } from '../topic/topic.map.ts';
import { topicConfigsOf } from './compile-retention.ts';

const dayMs = 86_400_000;

export const toRetentionPolicy = ({ retention, generation }: DataProduct): RetentionPolicy => ({
  period: retention.periodMs,
  mode: toEnumName(retention.mode),
  topicConfigs: toTopicConfigs(topicConfigsOf(retention)),
  version: generation,
});

/** A copy without a bound makes the whole product one without a bound. */
export function toRetentionLedger(ledger: CoreLedger, productName: string): RetentionLedger {
  const bounds = ledger.copies.flatMap(({ worstCaseMs }) => (worstCaseMs === undefined ? [] : [worstCaseMs]));
  const isBounded = bounds.length === ledger.copies.length && bounds.length > 0;
  return {
    productName,
    promise: ledger.promise.periodMs,
    promiseDays: ledger.promise.periodMs / dayMs,
    worstCaseDays: isBounded ? Math.max(...bounds) / dayMs : null,
    keepsPromise: ledger.copies.every(({ keepsPromise }) => keepsPromise),
    copies: ledger.copies.map(toCopy),
    computedAt: ledger.computedAtMs,
  };
}

const toCopy = ({ kind, location, worstCaseMs, oldestMs, ...rest }: CoreCopy): RetentionCopy => ({
  kind: toEnumName(kind),
  location,
  worstCaseDays: worstCaseMs === undefined ? null : worstCaseMs / dayMs,
  oldestAt: oldestMs,
  ...rest,
});

export const toRetentionPlan = ({
  id,
  state,
  waitsBecause,
  plan,
  appliedAtMs,
}: StoredRetentionPlan): RetentionPlan => ({
  __typename: 'RetentionPlan',
  id: toGlobalId('RetentionPlan', id),
  hash: plan.hash,
  state: toEnumName(state),
  productName: plan.productName,
  computedAt: plan.computedAtMs,
  appliedAt: appliedAtMs,
  waitsBecause,
  actions: plan.actions.map(toAction),
  kept: plan.kept,
});

const toAction = (action: CoreAction): RetentionAction => ({
  action: action.action,
  target: action.target,
  detail: action.detail,
  heldBackBy: action.heldBackBy,
  records: 'records' in action && action.records !== undefined ? BigInt(action.records) : null,
  bytes: 'bytes' in action ? BigInt(action.bytes) : null,
  files: 'paths' in action ? action.paths.length : null,
  oldestAt: 'oldestMs' in action ? action.oldestMs : null,
  newestAt: 'newestMs' in action ? action.newestMs : null,
});
