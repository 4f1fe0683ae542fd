import { expect, test } from 'vitest';
import type { FetchRequest, PartitionFetch } from '@headwater/core-staging';
import { createFetchDesk } from './fetch-desk.ts';
import type { Interest } from './fetch-interest.ts';
import { createPartitionViews } from './partition-view.ts';
import { createRecordSetBuffers } from './record-set-buffers.ts';

const newDesk = () => {
  const desk = createFetchDesk(createPartitionViews(), createRecordSetBuffers());
  const claimed: Interest[] = [];
  const ask = (partitions: readonly number[], over: Partial<FetchRequest> = {}) =>
    desk.ask(
      {
        topic: 't',
        topicId: 'a',
        positions: partitions.map((partition) => ({ partition, offset: 5n, lastFetchedEpoch: 1 })),
        bytesMax: 100,
        waitMsMax: 60_000,
        ...over,
      },
      (interest) => claimed.push(interest),
    );
  return { desk, ask, claimed };
};

const records = (partition: number, length: number): PartitionFetch => ({
  kind: 'records',
  partition,
  recordSet: new Uint8Array(length).fill(partition),
  highWatermark: 9n,
  lastStableOffset: 9n,
  logStartOffset: 0n,
  aborted: [],
});
const partitionsOf = (answers: readonly PartitionFetch[]) => answers.map(({ partition }) => partition);

test('a call ends with what came first, and the next one gets what came meanwhile', async () => {
  const { desk, ask, claimed } = newDesk();
  const first = ask([0, 1, 2]);
  const [zero, one] = claimed;
  desk.deliver(zero!, records(0, 10));
  desk.flush();
  expect(partitionsOf(await first)).toEqual([0]);
  desk.deliver(one!, records(1, 10));
  expect(desk.isOpen(one!)).toBe(false);
  expect(partitionsOf(await ask([1, 2]))).toEqual([1]);
});

test('an answer stays within the bytes of its call once one record set is in; the rest is kept for the next', async () => {
  const { desk, ask, claimed } = newDesk();
  const first = ask([0, 1, 2]);
  for (const interest of claimed.slice(0, 3)) desk.deliver(interest, records(interest.partition, 60));
  desk.flush();
  expect(partitionsOf(await first)).toEqual([0]);
  expect(partitionsOf(await ask([1, 2]))).toEqual([1]);
  expect(partitionsOf(await ask([2]))).toEqual([2]);
  const large = ask([3]);
  desk.deliver(claimed.at(-1)!, records(3, 5_000));
  desk.flush();
  expect(partitionsOf(await large)).toEqual([3]);
});

test('two lanes at one position get the same bytes in memory of their own', async () => {
  const { desk, ask, claimed } = newDesk();
  const calls = [ask([4]), ask([4])];
  expect(claimed[0]).toBe(claimed[1]);
  desk.deliver(claimed[0]!, records(4, 10));
  desk.flush();
  const [[left], [right]] = (await Promise.all(calls)) as [PartitionFetch[], PartitionFetch[]];
  if (left?.kind !== 'records' || right?.kind !== 'records') throw new Error('no records');
  expect(left.recordSet).toEqual(right.recordSet);
  expect(left.recordSet.buffer).not.toBe(right.recordSet.buffer);
});

test('a position is fetched while somebody waits for it, and dropped when nobody has asked for a while', async () => {
  const { desk, ask, claimed } = newDesk();
  const call = ask([0, 1]);
  const inAMinute = performance.now() + 60_000;
  expect(desk.isWanted(claimed[1]!, inAMinute)).toBe(true);
  desk.deliver(claimed[0]!, records(0, 1));
  desk.flush();
  await call;
  expect(desk.isWanted(claimed[1]!, performance.now())).toBe(true);
  expect(desk.isWanted(claimed[1]!, inAMinute)).toBe(false);
  expect(desk.isOpen(claimed[1]!)).toBe(false);
});

test('a call without records ends with how its partitions stand', async () => {
  const { ask, claimed } = newDesk();
  const call = ask([0, 1, 2], { waitMsMax: 5 });
  Object.assign(claimed[0]!.view, { lastStableOffset: 5n, highWatermark: 7n, logStartOffset: 2n });
  claimed[1]!.problem = 'NOT_LEADER_OR_FOLLOWER';
  expect(await call).toMatchObject([
    { kind: 'records', partition: 0, highWatermark: 7n, lastStableOffset: 5n, logStartOffset: 2n },
    { kind: 'retry', partition: 1, cause: 'NOT_LEADER_OR_FOLLOWER' },
  ]);
});

test('an end of the source ends every call', async () => {
  const { desk, ask } = newDesk();
  const call = ask([0]);
  desk.close();
  expect(await call).toEqual([]);
});
