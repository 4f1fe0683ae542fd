import { createTestTable, type TestTable } from '@headwater/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConditionalPut, ObjectStore } from './object-store.ts';
import { putOnce, type PutOnce } from './put-once.ts';

let table: TestTable;
let store: ObjectStore;
beforeEach(async () => {
  table = await createTestTable('put-once');
  ({ store } = table.io);
});
afterEach(() => table.finish());

const path = '_headwater/note.json';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const [mine, theirs] = [bytesOf('mine'), bytesOf('theirs')];
/** What was put, with the bytes that were found as text. */
const textOf = (put: PutOnce) => (put.kind === 'found' ? new TextDecoder().decode(put.bytes) : put.kind);
const stored = async () => new TextDecoder().decode(await store.get(path));
const lost = { code: 'HW_TEST_LOST', what: 'The note' };
const unclear: ConditionalPut = { kind: 'ambiguous', cause: 'a test' };

test('[S2] an object is written once; whoever comes later finds it and replaces nothing', async () => {
  expect(await putOnce(store, path, mine, lost)).toEqual({ kind: 'written' });
  expect(textOf(await putOnce(store, path, theirs, lost))).toBe('mine');
  expect(await stored()).toBe('mine');
});

test('[S2] of many writers exactly one writes, and all others find what it wrote', async () => {
  const drafts = Array.from({ length: 20 }, (_, writer) => `writer ${writer}`);
  const puts = await Promise.all(drafts.map((draft) => putOnce(store, path, bytesOf(draft), lost)));
  const winner = drafts[puts.findIndex(({ kind }) => kind === 'written')];
  expect(puts.map(textOf).sort()).toEqual(['written', ...drafts.slice(1).map(() => winner)].sort());
});

test('[S6] an answer that was lost after it took effect is found', async () => {
  const losing: ObjectStore = {
    ...store,
    async putIfAbsent(name, bytes) {
      await store.putIfAbsent(name, bytes);
      return unclear;
    },
  };
  expect(textOf(await putOnce(losing, path, mine, lost))).toBe('mine');
});

test('[S6] an answer that was lost before it took effect is sent again', async () => {
  let sent = 0;
  const losing: ObjectStore = {
    ...store,
    putIfAbsent: (name, bytes) => (++sent === 1 ? Promise.resolve(unclear) : store.putIfAbsent(name, bytes)),
  };
  expect(await putOnce(losing, path, mine, lost)).toEqual({ kind: 'written' });
  expect(await stored()).toBe('mine');
});

test('a store that keeps nothing is given up after a few attempts, by the name the caller gives it', async () => {
  let sent = 0;
  const deaf: ObjectStore = {
    ...store,
    putIfAbsent: () => {
      sent++;
      return Promise.resolve(unclear);
    },
  };
  await expect(putOnce(deaf, path, mine, lost)).rejects.toMatchObject({
    code: 'HW_TEST_LOST',
    message: expect.stringContaining(`The note can neither be written to nor read from ${path}`),
  });
  expect(sent).toBe(3);
});
