import type { ObjectStore } from '@headwater/core-delta';
import { createTestTable, type TestTable } from '@headwater/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fixBegins } from './begin-store.ts';

const scope = { pipelineId: 'p1', topicId: 'T' };
let table: TestTable;
let store: ObjectStore;
beforeEach(async () => {
  table = await createTestTable('begins');
  ({ store } = table.io);
});
afterEach(() => table.finish());

const at = (offset: bigint) => (partitions: readonly number[]) =>
  Promise.resolve(new Map(partitions.map((partition) => [partition, offset])));

test('[S8] the first look at a partition decides where it begins, whatever expired since', async () => {
  expect(await fixBegins(store, scope, [0, 1], at(5n))).toEqual(
    new Map([
      [0, 5n],
      [1, 5n],
    ]),
  );
  expect(await fixBegins(store, scope, [0, 1, 2], at(90n))).toEqual(
    new Map([
      [0, 5n],
      [1, 5n],
      [2, 90n],
    ]),
  );
});

test('[S8] a topic made again, and a pipeline that began again, begin anew', async () => {
  await fixBegins(store, scope, [0], at(5n));
  expect(await fixBegins(store, { ...scope, topicId: 'U' }, [0], at(0n))).toEqual(new Map([[0, 0n]]));
  expect(await fixBegins(store, { ...scope, pipelineId: 'p2' }, [0], at(7n))).toEqual(new Map([[0, 7n]]));
});

test('of two owners that look at once one begin counts for both', async () => {
  const both = await Promise.all([3n, 4n].map((offset) => fixBegins(store, scope, [0], at(offset))));
  expect(both[0]!.get(0)).toBe(both[1]!.get(0));
});

test('a lost answer is read back, and a store that keeps nothing is no begin', async () => {
  let puts = 0;
  const deaf: ObjectStore = {
    ...store,
    async putIfAbsent(path, bytes) {
      puts++;
      if (puts > 1) await store.putIfAbsent(path, bytes);
      return { kind: 'ambiguous', cause: 'no answer' };
    },
  };
  expect(await fixBegins(deaf, scope, [0], at(8n))).toEqual(new Map([[0, 8n]]));
  expect(puts).toBe(2);
  const empty: ObjectStore = {
    ...store,
    putIfAbsent: () => Promise.resolve({ kind: 'ambiguous', cause: '' }),
  };
  await expect(fixBegins(empty, scope, [1], at(8n))).rejects.toMatchObject({ code: 'HW_STAGING_BEGIN_LOST' });
});

test('a begin that is no offset is never guessed', async () => {
  await store.put('_headwater/p1/begins/T/0', new TextEncoder().encode('5x'));
  await expect(fixBegins(store, scope, [0], at(8n))).rejects.toMatchObject({
    code: 'HW_STAGING_BEGIN_UNREADABLE',
  });
});

test('a partition nobody knows the offsets of has no begin yet', async () => {
  expect(await fixBegins(store, scope, [0], () => Promise.resolve(new Map()))).toEqual(new Map());
  expect(await fixBegins(store, scope, [0], at(2n))).toEqual(new Map([[0, 2n]]));
});
