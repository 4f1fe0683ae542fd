import { isPlanted, type CommitPlan } from '@headwater/core-staging';

/** The primary's commit of a swap with the bugs planted in it. Only the faults build calls it. */
export const plantInSwap = (plan: CommitPlan): CommitPlan => ({
  ...plan,
  actions: plan.actions.filter(
    (action) =>
      !('remove' in action && isPlanted('swap-keeps-old-files')) &&
      !('txn' in action && isPlanted('swap-txn-left-out')),
  ),
});
