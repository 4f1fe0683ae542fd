import { expect, test } from 'vitest';
import { createSharedRefresh } from './shared-refresh.ts';
import { withNewerLeaders } from './topic-catalogue.ts';
import type { TopicMetadata } from './topic-metadata.ts';

test('a thousand callers at the same moment share one load', async () => {
  let loads = 0;
  const refresh = createSharedRefresh(async () => void loads++, 1);
  await Promise.all(Array.from({ length: 1_000 }, () => refresh.run()));
  expect(loads).toBe(1);
});

test('a call during a load is answered by a load that began after it', async () => {
  let world = 'before';
  const seen: string[] = [];
  const load = async (): Promise<void> => {
    const now = world;
    await new Promise((resolve) => setTimeout(resolve, 5));
    seen.push(now);
  };
  const refresh = createSharedRefresh(load, 1);
  const first = refresh.run();
  await new Promise((resolve) => setTimeout(resolve, 2));
  world = 'after';
  await refresh.run();
  await first;
  expect(seen.at(-1)).toBe('after');
});

test('a load that failed fails its callers and no later ones', async () => {
  let loads = 0;
  const load = (): Promise<void> => (++loads === 1 ? Promise.reject(new Error('away')) : Promise.resolve());
  const refresh = createSharedRefresh(load, 1);
  await expect(refresh.run()).rejects.toThrow('away');
  await refresh.run();
  expect(loads).toBe(2);
});

const topic = (topicId: string, leaders: readonly (readonly [leaderId: number, leaderEpoch: number])[]) =>
  ({
    name: 't',
    topicId,
    isInternal: false,
    partitions: leaders.map(([leaderId, leaderEpoch], partition) => ({
      partition,
      leaderId,
      leaderEpoch,
      replicas: 3,
    })),
  }) satisfies TopicMetadata;

test('[S8] metadata of a broker that is behind does not bring an older leader back', () => {
  const known = topic('a', [[2, 7], [1, 4]]); // prettier-ignore
  const behind = topic('a', [[3, 6], [1, 5], [2, 0]]); // prettier-ignore
  expect(withNewerLeaders(known, behind)).toEqual(topic('a', [[2, 7], [1, 5], [2, 0]])); // prettier-ignore
  expect(withNewerLeaders(known, topic('b', [[3, 0]]))).toEqual(topic('b', [[3, 0]])); // prettier-ignore
});
