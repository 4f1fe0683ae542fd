import type { LandedOutputs } from '@headwater/core-staging';
import type { Refusal } from './engine-refused-rows.ts';

type Reason = LandedOutputs['reasons'][number];

/** Counts refusals by stage, reason and path, with the first coordinates of each. */
export interface RefusalTally {
  note(partition: number, offset: bigint, refusal: Refusal): void;
  reasons(): readonly Reason[];
}

/** Paths may come from the records themselves, so groups beyond these are counted together. */
const GROUPS_MAX = 200;

export function createRefusalTally(): RefusalTally {
  const groups = new Map<string, Reason>();
  return {
    note(partition, offset, { stage, reason, path }) {
      const own = `${stage}\n${reason}\n${path}`;
      const isOther = groups.size >= GROUPS_MAX && !groups.has(own);
      const key = isOther ? `${stage}\n${reason}` : own;
      const group = groups.get(key) ?? {
        stage,
        reason,
        path: isOther ? '' : path,
        records: 0,
        partition,
        offset,
      };
      const isEarlier =
        partition < group.partition || (partition === group.partition && offset < group.offset);
      const first = isEarlier ? { partition, offset } : { partition: group.partition, offset: group.offset };
      groups.set(key, { ...group, ...first, records: group.records + 1 });
    },
    reasons: () =>
      [...groups.values()].sort((a, b) =>
        a.partition !== b.partition ? a.partition - b.partition : a.offset < b.offset ? -1 : 1,
      ),
  };
}
