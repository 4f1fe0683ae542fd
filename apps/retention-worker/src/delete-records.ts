import {
  decideCut,
  type CompiledRetention,
  type DeleteRecordsAction,
  type RetentionTarget,
} from '@headwater/core-retention';
import { faultPoint } from '@headwater/core-staging';
import { observeProgress, observeTopic } from './observe-product.ts';
import { refuse } from './refusal.ts';
import type { RetentionWorld } from './retention-world.ts';

/**
 * Deletes the planned offsets, after the guard looked once more at the topic and at every pipeline [I8]. Offsets that
 * are gone already are left alone, so a repeated call does nothing.
 */
export async function deleteRecords(
  world: RetentionWorld,
  target: RetentionTarget,
  compiled: CompiledRetention,
  action: DeleteRecordsAction,
): Promise<string> {
  if (__HEADWATER_FAULTS__) await faultPoint('retention.guard');
  const topic = await observeTopic(world, target, world.clock.nowMs() - compiled.topicCutMs);
  if (topic?.topicId !== action.topicId) {
    throw refuse(`Topic ${action.target} is not the one that was planned for: it was deleted or made again.`);
  }
  const progress = await observeProgress(world, target);
  const before = new Map<number, bigint>();
  for (const planned of action.partitions) {
    const observed = topic.partitions.find(({ partition }) => partition === planned.partition);
    if (observed === undefined) throw refuse(`${action.target}[${planned.partition}] is gone.`);
    const wanted = BigInt(planned.before);
    if (observed.startOffset >= wanted) continue;
    const allowed = decideCut(topic.topicId, observed, progress).before;
    if (allowed < wanted) {
      throw refuse(
        `${action.target}[${planned.partition}] may be deleted up to ${allowed} only, the plan says ${wanted}.`,
      );
    }
    before.set(planned.partition, wanted);
  }
  if (before.size === 0) return 'The records were gone already.';
  if (__HEADWATER_FAULTS__) await faultPoint('retention.delete-records');
  const starts = await world.topics.deleteRecords(action.target, before, action.topicId);
  if (__HEADWATER_FAULTS__) await faultPoint('retention.verify');
  const records = action.partitions
    .filter(({ partition }) => before.has(partition))
    .reduce((sum, { from, before: to }) => sum + Number(BigInt(to) - BigInt(from)), 0);
  world.metrics.actionDone(action.action, { records });
  const words = [...starts].map(([partition, offset]) => `${partition} at ${offset}`);
  return `Deleted up to ${records} records; partitions now begin: ${words.join(', ')}.`;
}
