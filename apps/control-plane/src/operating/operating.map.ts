import type { StoredOperatingPlan } from '@headwater/core-staging';
import type { OperatingPlan } from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';

export function toOperatingPlan(stored: StoredOperatingPlan): OperatingPlan {
  const { plan, progress, error } = stored;
  return {
    id: stored.id,
    kind: toEnumName(stored.kind),
    state: toEnumName(stored.state),
    hash: stored.hash,
    records: plan && BigInt(plan.records),
    bytes: plan && BigInt(plan.bytes),
    ranges: (plan?.ranges ?? []).map(({ partition, from, to, records }) => ({
      partition,
      from: BigInt(from),
      to: BigInt(to),
      records: BigInt(records),
    })),
    backfillId: plan?.world['backfillId'],
    tables: plan?.tables ?? [],
    details: plan?.details ?? [],
    progress: progress && {
      records: BigInt(progress.records),
      landed: BigInt(progress.landed),
      refused: BigInt(progress.refused),
    },
    requestedBy: stored.requestedBy,
    requestedAt: stored.requestedAtMs,
    computedAt: stored.computedAtMs,
    finishedAt: stored.finishedAtMs,
    error: error && { ...error, path: [] },
  };
}
