import { decideCut, type Cut } from './guard.ts';
import type { RetentionInventory, TopicInventory } from './inventory.ts';
import type { CompiledRetention } from './promise.ts';
import type { PlannedPart } from './retention-action.ts';

const nothing: PlannedPart = { actions: [], kept: [] };

/** Staging-first: DeleteRecords up to the guard's cut. Promise-first: the broker deletes, so there is nothing to plan. */
export function planTopic(compiled: CompiledRetention, inventory: RetentionInventory): PlannedPart {
  const { topic } = inventory;
  if (topic === undefined || compiled.promise.mode === 'promise-first') return nothing;
  if (!deletesByTime(topic)) {
    const reason =
      'its cleanup.policy is compact, which DeleteRecords refuses; write tombstones or add delete to cleanup.policy';
    return { actions: [], kept: [{ target: topic.name, reason }] };
  }
  const cuts = topic.partitions.map((partition) => decideCut(topic.topicId, partition, inventory.progress));
  const effective = cuts.filter(({ from, before }) => before > from);
  const heldBackBy = describeHeldBack(cuts);
  const kept = heldBackBy === undefined ? [] : [{ target: topic.name, reason: heldBackBy }];
  if (effective.length === 0) return { actions: [], kept };
  const newestMs = inventory.observedAtMs - compiled.topicCutMs;
  const records = effective.reduce((sum, { from, before }) => sum + (before - from), 0n);
  return {
    kept,
    actions: [
      {
        action: 'delete-records',
        target: topic.name,
        topicId: topic.topicId,
        detail: `Deletes up to ${records} records in ${effective.length} partition${effective.length === 1 ? '' : 's'}, all older than ${new Date(newestMs).toISOString()}.`,
        records: records.toString(),
        ...(topic.oldestMs === undefined ? {} : { oldestMs: topic.oldestMs }),
        newestMs,
        partitions: effective.map(({ partition, from, before }) => ({
          partition,
          from: from.toString(),
          before: before.toString(),
        })),
        ...(heldBackBy === undefined ? {} : { heldBackBy }),
      },
    ],
  };
}

export const deletesByTime = ({ configs }: Pick<TopicInventory, 'configs'>): boolean =>
  (configs['cleanup.policy'] ?? 'delete').split(',').some((word) => word.trim() === 'delete');

function describeHeldBack(cuts: readonly Cut[]): string | undefined {
  const words = (['staging', 'legal-hold'] as const).flatMap((cause) => {
    const partitions = cuts
      .filter(({ heldBackBy }) => heldBackBy === cause)
      .map(({ partition }) => partition);
    if (partitions.length === 0) return [];
    const what = cause === 'staging' ? 'records that are not staged yet' : 'a legal hold';
    return [`${what} in partition${partitions.length === 1 ? '' : 's'} ${partitions.join(', ')}`];
  });
  return words.length === 0 ? undefined : words.join('; ');
}
