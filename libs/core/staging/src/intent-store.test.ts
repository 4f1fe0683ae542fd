import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ObjectStore } from '@headwater/core-delta';
import { createTestTable, type TestTable } from '@headwater/testkit';
import { intentPath, type Intent } from './intent.ts';
import { openIntent, pruneIntents, putIntent } from './intent-store.ts';

const lane = { pipelineId: 'p1', lane: 0 };
const intent = (over: Partial<Intent> = {}): Intent => ({
  ...lane,
  batchId: '0b5f9c1e-1111-4222-8333-944444444444',
  batchSeq: 7,
  revision: 0,
  fence: 3n,
  topic: 'a.b',
  topicId: 't',
  ranges: [{ partition: 0, from: 10n, to: 20n, leaderEpoch: 4, losses: [] }],
  contractVersion: '1.0.0',
  schemaIds: [],
  transformHash: 'h',
  engine: 'duckdb',
  ingestedAtUs: 1n,
  ...over,
});
const another = intent({ batchId: '0b5f9c1e-1111-4222-8333-955555555555', fence: 4n });

let table: TestTable;
let store: ObjectStore;
beforeEach(async () => {
  table = await createTestTable('intents');
  ({ store } = table.io);
});
afterEach(() => table.finish());

const pathsIn = async (): Promise<string[]> => {
  const paths: string[] = [];
  for await (const { path } of store.list('_headwater/p1/')) paths.push(path);
  return paths;
};

describe('[S2] putting an intent', () => {
  test('writes it once; whoever comes later adopts it, whatever they wanted', async () => {
    expect(await putIntent(store, intent())).toEqual({ kind: 'written', intent: intent() });
    expect(await putIntent(store, another)).toEqual({ kind: 'adopted', intent: intent() });
    expect(await openIntent(store, lane, 7)).toEqual(intent());
  });

  test('again, after a lost answer, finds it written', async () => {
    await putIntent(store, intent());
    expect(await putIntent(store, intent())).toEqual({ kind: 'written', intent: intent() });
  });

  test('of many writers exactly one is written, and all land the same', async () => {
    const drafts = Array.from({ length: 20 }, (_, index) =>
      intent({ batchId: `0b5f9c1e-1111-4222-8333-9000000000${String(index).padStart(2, '0')}` }),
    );
    const results = await Promise.all(drafts.map((draft) => putIntent(store, draft)));
    expect(results.filter(({ kind }) => kind === 'written')).toHaveLength(1);
    expect(new Set(results.map((result) => result.intent.batchId)).size).toBe(1);
  });

  test.each([
    ['before it took effect', false],
    ['after it took effect', true],
  ])('is written when the answer was lost %s', async (_when, takesEffect) => {
    let isLost = false;
    const losing: ObjectStore = {
      ...store,
      async putIfAbsent(path, bytes) {
        if (isLost) return store.putIfAbsent(path, bytes);
        isLost = true;
        if (takesEffect) await store.putIfAbsent(path, bytes);
        return { kind: 'ambiguous', cause: 'a test' };
      },
    };
    expect(await putIntent(losing, intent())).toEqual({ kind: 'written', intent: intent() });
    expect(await openIntent(store, lane, 7)).toEqual(intent());
  });

  test('is an error when the store neither takes nor shows it', async () => {
    const deaf: ObjectStore = {
      ...store,
      putIfAbsent: () => Promise.resolve({ kind: 'ambiguous', cause: 'a test' }),
    };
    await expect(putIntent(deaf, intent())).rejects.toMatchObject({ code: 'HW_STAGING_INTENT_LOST' });
  });
});

describe('[S2] the open intent', () => {
  test('is the highest revision of its batchSeq, and of no other', async () => {
    expect(await openIntent(store, lane, 7)).toBeUndefined();
    await putIntent(store, intent({ batchSeq: 77 }));
    await putIntent(store, intent());
    await putIntent(store, intent({ revision: 1, fence: 4n }));
    await putIntent(store, intent({ revision: 10, fence: 9n }));
    await putIntent(store, intent({ revision: 9, fence: 8n }));
    expect(await openIntent(store, lane, 7)).toMatchObject({ revision: 10, fence: 9n });
    expect(await openIntent(store, lane, 8)).toBeUndefined();
  });

  test('that cannot be read is an error, never a guess', async () => {
    await store.put(intentPath(lane, 7, 0), new TextEncoder().encode('{"batchId":'));
    await expect(openIntent(store, lane, 7)).rejects.toMatchObject({ code: 'HW_STAGING_INTENT_UNREADABLE' });
  });
});

describe('[I14] pruning', () => {
  test('removes every intent older than the committed one, and nothing else', async () => {
    for (const batchSeq of [3, 4, 5, 6, 10, 11]) await putIntent(store, intent({ batchSeq }));
    await putIntent(store, intent({ batchSeq: 4, revision: 2 }));
    await putIntent(store, intent({ lane: 1, batchSeq: 3 }));
    await store.put('_headwater/p1/transforms/h.json', new Uint8Array([1]));
    expect(await pruneIntents(store, lane, 6)).toBe(4);
    expect(await pathsIn()).toEqual([
      '_headwater/p1/0/10.json',
      '_headwater/p1/0/11.json',
      '_headwater/p1/0/6.json',
      '_headwater/p1/1/3.json',
      '_headwater/p1/transforms/h.json',
    ]);
  });
});
