import {
  advanceSnapshot,
  commitTransaction,
  createTable,
  field,
  loadSnapshot,
  logEntryPath,
  parseLogEntry,
  readLogEntry,
  struct,
  writeCheckpoint,
  type Action,
  type AddFile,
  type CommitRequest,
  type CommitResult,
  type ObjectStore,
  type Snapshot,
  type TableIo,
} from '@headwater/core-delta';
import { createTestTable, type TestTable } from '@headwater/testkit';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from './index.ts';

const NOW_MS = 1_700_000_000_000;
let database: Database;
let table: TestTable | undefined;

beforeAll(async () => {
  database = await openDatabase({ threads: 2, memoryMiB: 512 });
});
afterAll(() => database.close());
afterEach(() => table?.finish());

const open = async (properties: Record<string, string> = {}) => {
  table = await createTestTable('commit', database);
  const { snapshot } = await createTable(
    table.io,
    {
      tableId: randomUUID(),
      schema: struct([field('x', 'long')]),
      partitionColumns: [],
      properties,
    },
    { batchId: randomUUID(), nowMs: NOW_MS },
  );
  return { table, io: table.io, snapshot };
};

const append = (path: string): Action => ({
  add: { path, partitionValues: {}, size: 1, modificationTime: NOW_MS, dataChange: true },
});
const txn = (appId: string, version: bigint): Action => ({ txn: { appId, version, lastUpdated: NOW_MS } });
const remove = (path: string): Action => ({
  remove: { path, dataChange: true, deletionTimestamp: NOW_MS },
});

const request = (
  snapshot: Snapshot,
  actions: readonly Action[],
  more: Partial<CommitRequest> = {},
): CommitRequest => ({
  snapshot,
  actions,
  commitInfo: { operation: 'STREAMING UPDATE', isBlindAppend: true },
  batchId: randomUUID(),
  nowMs: NOW_MS,
  ...more,
});

const committed = (result: CommitResult) => {
  if (result.kind !== 'committed') throw new Error(JSON.stringify(result, (_k, v: unknown) => String(v)));
  return result;
};

const liveFiles = (snapshot: Snapshot | undefined) =>
  [...(snapshot?.files.values() ?? [])].map((add: AddFile) => add.path).sort();

describe('[D4] a commit creates exactly one next version', () => {
  it('with commitInfo first and the answer as the next snapshot', async () => {
    const { io, snapshot } = await open();
    const result = committed(
      await commitTransaction(io, request(snapshot, [txn('a', 9_007_199_254_740_993n), append('f1')])),
    );
    expect(result.version).toBe(1n);
    const loaded = await loadSnapshot(io);
    expect(liveFiles(loaded)).toEqual(['f1']);
    expect(loaded?.txns.get('a')?.version).toBe(9_007_199_254_740_993n);
    expect(liveFiles(result.snapshot)).toEqual(['f1']);
    const entry = (await readLogEntry(io.store, 1n)) ?? [];
    expect(Object.keys(entry[0] ?? {})).toEqual(['commitInfo']);
  });

  it('two racing writers: each version has exactly one winner and no append is lost', async () => {
    const { table: racing, snapshot } = await open();
    const writers = await Promise.all([0, 1, 2].map(() => racing.reconnect()));
    const versions = await Promise.all(
      writers.map(async (io, writer) => {
        const own: bigint[] = [];
        let base = snapshot;
        for (let i = 0; i < 20; i++) {
          const actions = [append(`w${writer}-${i}`), txn(`w${writer}`, BigInt(i))];
          const result = committed(await commitTransaction(io, request(base, actions)));
          own.push(result.version);
          base = result.snapshot;
        }
        return own;
      }),
    );
    const all = versions.flat().sort((a, b) => Number(a - b));
    expect(all).toEqual(Array.from({ length: 60 }, (_, i) => BigInt(i + 1)));
    const loaded = await loadSnapshot(racing.io);
    expect(loaded?.files.size).toBe(60);
    expect([0, 1, 2].map((writer) => loaded?.txns.get(`w${writer}`)?.version)).toEqual([19n, 19n, 19n]);
  });
});

describe('[D5] a commit never holds two actions that reconcile with each other', () => {
  it.each<[string, Action[]]>([
    ['two adds of one file', [append('a'), append('a')]],
    ['an add and a remove of one logical file', [append('a'), remove('a')]],
    ['two txn of one appId', [txn('a', 1n), txn('a', 2n)]],
    ['two spellings of one file', [append('a%20b'), append('a b')]],
  ])('%s', async (_name, actions) => {
    const { io, snapshot } = await open();
    await expect(commitTransaction(io, request(snapshot, actions))).rejects.toThrow(
      /two actions of one identity/,
    );
    expect(await io.store.head(logEntryPath(1n))).toBeUndefined();
  });

  it('files in hidden folders and wrong partition values are refused', async () => {
    const { io, snapshot } = await open();
    await expect(commitTransaction(io, request(snapshot, [append('_x/a')]))).rejects.toThrow(/hidden folder/);
    const wrong: Action = { add: { ...(append('a') as { add: AddFile }).add, partitionValues: { p: '1' } } };
    await expect(commitTransaction(io, request(snapshot, [wrong]))).rejects.toThrow(
      /partition values for \(p\)/,
    );
  });

  it('nothing is removed from an append-only table', async () => {
    const { io, snapshot } = await open({ 'delta.appendOnly': 'true' });
    await expect(commitTransaction(io, request(snapshot, [remove('a')]))).rejects.toThrow(/append-only/);
  });
});

describe('[D6] conflicts with commits that won the race', () => {
  const winner = async (io: TableIo, snapshot: Snapshot, actions: readonly Action[]) =>
    committed(await commitTransaction(io, request(snapshot, actions))).snapshot;

  it('a blind append moves behind winners that append', async () => {
    const { io, snapshot } = await open();
    await winner(io, snapshot, [append('w')]);
    const result = committed(await commitTransaction(io, request(snapshot, [append('m')])));
    expect(result.version).toBe(2n);
    expect(liveFiles(result.snapshot)).toEqual(['m', 'w']);
  });

  it("[S7] a winner's txn of an appId that was read or is written stops the commit", async () => {
    const { io, snapshot } = await open();
    await winner(io, snapshot, [txn('lane', 5n), append('w')]);
    const mine = [append('m'), txn('other', 1n)];
    expect(
      await commitTransaction(io, request(snapshot, mine, { readAppIds: new Set(['lane']) })),
    ).toMatchObject({ kind: 'conflicted', reason: 'txn', winningVersion: 1n });
    expect(await commitTransaction(io, request(snapshot, [txn('lane', 6n)]))).toMatchObject({
      kind: 'conflicted',
      reason: 'txn',
    });
    expect((await loadSnapshot(io))?.version).toBe(1n);
  });

  it('a winner that changed the schema or the protocol stops the commit', async () => {
    const { io, snapshot } = await open();
    const changed = await winner(io, snapshot, [
      { metaData: { ...snapshot.metaData, configuration: { a: 'b' } } },
    ]);
    expect(await commitTransaction(io, request(snapshot, [append('m')]))).toMatchObject({
      reason: 'metaData',
    });
    await winner(io, changed, [{ protocol: { minReaderVersion: 1, minWriterVersion: 3 } }]);
    expect(await commitTransaction(io, request(changed, [append('m')]))).toMatchObject({
      reason: 'protocol',
    });
  });

  it('removing a file that a winner removed stops the commit; appends do not disturb it', async () => {
    const { io, snapshot } = await open();
    const base = await winner(io, snapshot, [append('a'), append('b')]);
    await winner(io, base, [append('c')]);
    const first = committed(await commitTransaction(io, request(base, [remove('a')])));
    expect(liveFiles(first.snapshot)).toEqual(['b', 'c']);
    expect(await commitTransaction(io, request(base, [remove('a'), append('a2')]))).toMatchObject({
      kind: 'conflicted',
      reason: 'file',
      winningVersion: 3n,
    });
  });

  it('the same metadata domain stops the commit, another does not', async () => {
    table = await createTestTable('domains', database);
    const { io } = table;
    const created = await createTable(
      io,
      { tableId: randomUUID(), schema: struct([field('x', 'long')]), partitionColumns: [] },
      { batchId: randomUUID(), nowMs: NOW_MS },
    );
    const domain = (name: string): Action => ({
      domainMetadata: { domain: name, configuration: '{}', removed: false },
    });
    const snapshot = await winner(io, created.snapshot, [
      { protocol: { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['domainMetadata'] } },
    ]);
    await winner(io, snapshot, [domain('x.a')]);
    expect(await commitTransaction(io, request(snapshot, [domain('x.a')]))).toMatchObject({
      reason: 'domainMetadata',
    });
    const other = committed(await commitTransaction(io, request(snapshot, [domain('x.b')])));
    expect([...other.snapshot.domains.entries()].map(([name]) => name).sort()).toEqual(['x.a', 'x.b']);
  });

  it("[S1] the caller's judge sees every winner in order and can stop for a higher fence", async () => {
    const { io, snapshot } = await open();
    const first = await winner(io, snapshot, [txn('fence', 3n)]);
    await winner(io, first, [txn('fence', 4n)]);
    const seen: bigint[] = [];
    const result = await commitTransaction(
      io,
      request(snapshot, [append('m')], {
        judgeWinner: ({ version, actions }) => {
          seen.push(version);
          return actions.some((action) => 'txn' in action && action.txn.version >= 4n)
            ? 'a higher fence'
            : undefined;
        },
      }),
    );
    expect(seen).toEqual([1n, 2n]);
    expect(result).toEqual({
      kind: 'conflicted',
      winningVersion: 2n,
      reason: 'judged',
      detail: 'a higher fence',
    });
  });
});

describe('[D11] [S6] an answer that was lost is resolved before anything else is tried', () => {
  type Fault = 'lost-before' | 'lost-after' | 'none';

  const faulty =
    (faults: Fault[], log: string[] = []) =>
    (store: ObjectStore): ObjectStore => ({
      ...store,
      putIfAbsent: async (path, bytes) => {
        const fault = faults.shift() ?? 'none';
        log.push(`${path} ${fault}`);
        if (fault === 'lost-before') return { kind: 'ambiguous', cause: 'a test' };
        const answer = await store.putIfAbsent(path, bytes);
        return fault === 'lost-after' ? { kind: 'ambiguous', cause: 'a test' } : answer;
      },
    });

  it('written, but the answer was lost: the read-back finds the own batch and it counts once', async () => {
    const { table: test, snapshot } = await open();
    const io = await test.reconnect(faulty(['lost-after']));
    const result = committed(await commitTransaction(io, request(snapshot, [append('m')])));
    expect(result.version).toBe(1n);
    expect((await loadSnapshot(io))?.version).toBe(1n);
  });

  it('not written: the same key and bytes are sent again', async () => {
    const { table: test, snapshot } = await open();
    const log: string[] = [];
    const io = await test.reconnect(faulty(['lost-before', 'lost-before'], log));
    const result = committed(await commitTransaction(io, request(snapshot, [append('m')])));
    expect(result.version).toBe(1n);
    expect(log.map((line) => line.split(' ')[0])).toEqual(Array<string>(3).fill(logEntryPath(1n)));
  });

  it("lost, and the version is another writer's: the commit moves on and is not doubled", async () => {
    const { table: test, io, snapshot } = await open();
    committed(await commitTransaction(io, request(snapshot, [append('w')])));
    const lossy = await test.reconnect(faulty(['lost-before', 'lost-after', 'lost-after']));
    const result = committed(await commitTransaction(lossy, request(snapshot, [append('m')])));
    expect(result.version).toBe(2n);
    expect(liveFiles(await loadSnapshot(io))).toEqual(['m', 'w']);
  });

  it('no answer at all: retryable, and the same request again commits once', async () => {
    const { table: test, io, snapshot } = await open();
    const lossy = await test.reconnect(faulty(Array<Fault>(5).fill('lost-before')));
    const mine = request(snapshot, [append('m'), txn('a', 1n)]);
    expect(await commitTransaction(lossy, mine)).toMatchObject({ kind: 'retryable', version: 1n });
    const once = committed(await commitTransaction(io, mine));
    const twice = committed(await commitTransaction(io, mine));
    expect([once.version, twice.version]).toEqual([1n, 1n]);
    expect((await loadSnapshot(io))?.version).toBe(1n);
  });

  it('lost, and the log was cleaned up past the version: the txn versions decide', async () => {
    const { table: test, io, snapshot } = await open();
    const mine = request(snapshot, [append('m'), txn('a', 7n)]);
    let base = committed(await commitTransaction(io, mine)).snapshot;
    base = committed(await commitTransaction(io, request(base, [append('later')]))).snapshot;
    await writeCheckpoint(io, base, NOW_MS);
    for (const version of [0n, 1n]) rmSync(join(test.folder, logEntryPath(version)));
    expect(await commitTransaction(io, mine)).toMatchObject({ kind: 'committed', version: 2n });
    const stranger = request(snapshot, [append('s'), txn('a', 8n)]);
    expect(await commitTransaction(io, stranger)).toMatchObject({ kind: 'conflicted', reason: 'cleanedUp' });
    expect((await loadSnapshot(io))?.version).toBe(2n);
  });
});

describe('[D12] in-commit timestamps', () => {
  it('grow with every commit, also when the clock runs backwards or a race is lost', async () => {
    table = await createTestTable('timed', database);
    const { io } = table;
    const created = await createTable(
      io,
      { tableId: randomUUID(), schema: struct([field('x', 'long')]), partitionColumns: [] },
      { batchId: randomUUID(), nowMs: NOW_MS },
    );
    const enabled = committed(
      await commitTransaction(
        io,
        request(created.snapshot, [
          { protocol: { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['inCommitTimestamp'] } },
          {
            metaData: {
              ...created.snapshot.metaData,
              configuration: { 'delta.enableInCommitTimestamps': 'true' },
            },
          },
        ]),
      ),
    ).snapshot;
    for (const clock of [NOW_MS - 5_000, NOW_MS + 7, NOW_MS]) {
      committed(await commitTransaction(io, request(enabled, [append(`f${clock}`)], { nowMs: clock })));
    }
    const times: unknown[] = [];
    for (let version = 1n; version <= 4n; version++) {
      const bytes = await io.store.get(logEntryPath(version));
      const [first] = parseLogEntry(bytes ?? new Uint8Array(), 'x');
      times.push(
        first !== undefined && 'commitInfo' in first ? first.commitInfo['inCommitTimestamp'] : undefined,
      );
    }
    expect(times).toEqual([NOW_MS, NOW_MS + 1, NOW_MS + 7, NOW_MS + 8]);
  });
});

it('[D4] a snapshot that is advanced equals the snapshot that is loaded', async () => {
  const { io, snapshot } = await open();
  const result = committed(await commitTransaction(io, request(snapshot, [append('a'), txn('t', 1n)])));
  const entry = await readLogEntry(io.store, 1n);
  expect(advanceSnapshot(snapshot, entry ?? []).txns.get('t')).toEqual(result.snapshot.txns.get('t'));
});
