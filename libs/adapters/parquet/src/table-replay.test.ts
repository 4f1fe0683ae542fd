import {
  commitTransaction,
  createTable,
  field,
  formatSchemaString,
  loadSnapshot,
  logEntryPath,
  planLogCleanUp,
  refreshSnapshot,
  struct,
  toRemoves,
  writeCheckpoint,
  type Action,
  type Snapshot,
} from '@headwater/core-delta';
import { createTestTable, type TestTable } from '@headwater/testkit';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, readTableRows, type Database } from './index.ts';

const NOW_MS = 1_700_000_000_000;
let database: Database;

beforeAll(async () => {
  database = await openDatabase({ threads: 2, memoryMiB: 512 });
});
afterAll(() => database.close());

type Operation =
  | { readonly kind: 'append'; readonly rows: number; readonly day: number }
  | { readonly kind: 'removeFile'; readonly pick: number }
  | { readonly kind: 'txn'; readonly app: number; readonly version: bigint }
  | { readonly kind: 'setProperty'; readonly value: number }
  | { readonly kind: 'addColumn' }
  | { readonly kind: 'domain'; readonly name: number; readonly removed: boolean }
  | { readonly kind: 'checkpoint' };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      rows: fc.integer({ min: 1, max: 4 }),
      day: fc.nat(2),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('removeFile' as const), pick: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('txn' as const),
      app: fc.nat(2),
      version: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('setProperty' as const), value: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'addColumn' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('domain' as const), name: fc.nat(1), removed: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'checkpoint' as const }) },
);

/** What the table must hold, kept by the test alone. */
interface Model {
  readonly rowsByPath: Map<string, string[]>;
  readonly txns: Map<string, bigint>;
  readonly domains: Map<string, string>;
  version: bigint;
  nextId: number;
}

async function createModelTable(name: string) {
  const table = await createTestTable(name, database);
  const created = await createTable(
    table.io,
    {
      tableId: randomUUID(),
      schema: struct([field('id', 'long'), field('day', 'date')]),
      partitionColumns: ['day'],
    },
    { batchId: randomUUID(), nowMs: NOW_MS },
  );
  const snapshot = await commit(table, created.snapshot, [
    { protocol: { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['domainMetadata'] } },
  ]);
  const model: Model = { rowsByPath: new Map(), txns: new Map(), domains: new Map(), version: 1n, nextId: 0 };
  return { table, snapshot, model };
}

async function commit(table: TestTable, snapshot: Snapshot, actions: readonly Action[]): Promise<Snapshot> {
  const result = await commitTransaction(table.io, {
    snapshot,
    actions,
    batchId: randomUUID(),
    nowMs: NOW_MS,
    commitInfo: { operation: 'WRITE', isBlindAppend: true },
  });
  if (result.kind !== 'committed') throw new Error(result.kind);
  return result.snapshot;
}

/** The actions of one operation, with its effect on the model; empty when it has nothing to act on. */
async function perform(
  table: TestTable,
  snapshot: Snapshot,
  model: Model,
  step: Exclude<Operation, { kind: 'checkpoint' }>,
): Promise<readonly Action[]> {
  switch (step.kind) {
    case 'append': {
      const ids = Array.from({ length: step.rows }, () => model.nextId++);
      const day = `2024-01-0${step.day + 1}`;
      const add = await table.writeRows(snapshot, `select unnest([${ids.join()}])::bigint as id`, { day });
      const extra = snapshot.schema.fields.slice(2).map(({ name }) => `,"${name}":null`);
      model.rowsByPath.set(
        add.path,
        ids.map((id) => `{"id":${id},"day":"${day}"${extra.join('')}}`),
      );
      return [{ add }];
    }
    case 'removeFile': {
      const files = [...snapshot.files.values()];
      const picked = files[step.pick % Math.max(files.length, 1)];
      if (picked === undefined) return [];
      model.rowsByPath.delete(picked.path);
      return toRemoves([picked], NOW_MS);
    }
    case 'txn':
      model.txns.set(`app${step.app}`, step.version);
      return [{ txn: { appId: `app${step.app}`, version: step.version, lastUpdated: NOW_MS } }];
    case 'setProperty':
      return [{ metaData: { ...snapshot.metaData, configuration: { 'test.value': String(step.value) } } }];
    case 'addColumn': {
      const name = `c${snapshot.schema.fields.length}`;
      for (const [path, rows] of model.rowsByPath) {
        model.rowsByPath.set(
          path,
          rows.map((row) => row.replace(/}$/, `,"${name}":null}`)),
        );
      }
      const schema = struct([...snapshot.schema.fields, field(name, 'string')]);
      return [{ metaData: { ...snapshot.metaData, schemaString: formatSchemaString(schema) } }];
    }
    case 'domain': {
      const domain = `unknown.domain${step.name}`;
      if (step.removed) model.domains.delete(domain);
      else model.domains.set(domain, `{"v":${model.version}}`);
      return [{ domainMetadata: { domain, configuration: `{"v":${model.version}}`, removed: step.removed } }];
    }
  }
}

/** A second reading of the log that shares no code with the first: every entry from 0 on, in order, by the book. */
function replayByHand(folder: string) {
  const state = { protocol: '', metaData: '', version: -1n };
  const files = new Map<string, string>();
  const txns = new Map<string, bigint>();
  const domains = new Map<string, string>();
  const names = readdirSync(join(folder, '_delta_log'))
    .filter((name) => /^\d{20}\.json$/.test(name))
    .sort();
  for (const name of names) {
    state.version = BigInt(name.slice(0, 20));
    for (const line of readFileSync(join(folder, '_delta_log', name), 'utf8')
      .split('\n')
      .filter(Boolean)) {
      const action = JSON.parse(line) as Record<string, Record<string, unknown>>;
      if (action['add']) files.set(String(action['add']['path']), String(action['add']['size']));
      if (action['remove']) files.delete(String(action['remove']['path']));
      if (action['protocol']) state.protocol = JSON.stringify(action['protocol']);
      if (action['metaData']) state.metaData = JSON.stringify(action['metaData']);
      if (action['txn']) {
        const digits = /"version":(\d+)/.exec(line)?.[1] ?? '';
        txns.set(String(action['txn']['appId']), BigInt(digits));
      }
      if (action['domainMetadata']) {
        const { domain, configuration, removed } = action['domainMetadata'];
        if (removed === true) domains.delete(String(domain));
        else domains.set(String(domain), String(configuration));
      }
    }
  }
  return { ...state, files, txns, domains };
}

function essence(snapshot: Snapshot) {
  return {
    version: snapshot.version,
    protocol: JSON.stringify(snapshot.protocol),
    metaData: JSON.stringify(snapshot.metaData),
    files: new Map([...snapshot.files.values()].map((add) => [add.path, String(add.size)])),
    txns: new Map([...snapshot.txns.values()].map(({ appId, version }) => [appId, version])),
    domains: new Map([...snapshot.domains.values()].map((each) => [each.domain, each.configuration])),
  };
}

async function readLines(table: TestTable, snapshot: Snapshot): Promise<readonly string[]> {
  const lines: string[] = [];
  const source = { database, store: table.io.store, getUrl: () => Promise.resolve(undefined) };
  for await (const batch of readTableRows(source, snapshot)) lines.push(...batch);
  return lines.sort();
}

describe('replay', () => {
  it('[D13] any sequence of operations: our replay, a replay by hand, the refreshed snapshot and the model agree', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 3, maxLength: 14 }), async (operations) => {
        const { table, snapshot: first, model } = await createModelTable('model');
        let snapshot = first;
        for (const step of operations) {
          if (step.kind === 'checkpoint') {
            await writeCheckpoint(table.io, snapshot, NOW_MS);
            continue;
          }
          const actions = await perform(table, snapshot, model, step);
          if (actions.length === 0) continue;
          snapshot = await commit(table, snapshot, actions);
          model.version++;
        }
        const loaded = await loadSnapshot(table.io);
        if (loaded === undefined) throw new Error('the table is gone');
        const byHand = replayByHand(table.folder);
        expect(essence(loaded)).toEqual({ ...byHand, metaData: essence(loaded).metaData });
        expect(JSON.parse(essence(loaded).metaData)).toEqual(JSON.parse(byHand.metaData));
        expect(essence(await refreshSnapshot(table.io, first))).toEqual(essence(loaded));
        expect(essence(snapshot)).toEqual(essence(loaded));
        expect(loaded.version).toBe(model.version);
        expect(essence(loaded).txns).toEqual(model.txns);
        expect(essence(loaded).domains).toEqual(model.domains);
        expect(await readLines(table, loaded)).toEqual([...model.rowsByPath.values()].flat().sort());
        table.finish();
      }),
      { numRuns: 25 },
    );
  });

  it('[D15] a checkpoint holds what the replay of all entries up to it holds, tombstones and unknown domains too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 6, maxLength: 14 }), async (operations) => {
        const { table, snapshot: first, model } = await createModelTable('checkpointed');
        let snapshot = first;
        for (const step of operations) {
          if (step.kind === 'checkpoint') continue;
          const actions = await perform(table, snapshot, model, step);
          if (actions.length > 0) snapshot = await commit(table, snapshot, actions);
        }
        const replayed = await loadSnapshot(table.io);
        await writeCheckpoint(table.io, snapshot, NOW_MS);
        for (let version = 0n; version <= snapshot.version; version++) {
          rmSync(join(table.folder, logEntryPath(version)));
        }
        const loaded = await loadSnapshot(table.io);
        if (replayed === undefined || loaded === undefined) throw new Error('the table is gone');
        expect(loaded.checkpointVersion).toBe(snapshot.version);
        expect(essence(loaded)).toEqual(essence(replayed));
        const adds = (each: Snapshot) =>
          [...each.files.values()].map((add) => ({ ...add, dataChange: false })).sort(byPath);
        expect(adds(loaded)).toEqual(adds(replayed));
        const removes = (each: Snapshot) =>
          [...each.removes.values()].map((remove) => ({ ...remove, dataChange: false })).sort(byPath);
        expect(removes(loaded)).toEqual(removes(replayed));
        const next = await commit(table, loaded, [{ txn: { appId: 'after', version: 1n } }]);
        expect(next.version).toBe(snapshot.version + 1n);
        table.finish();
      }),
      { numRuns: 20 },
    );
  });
});

describe('checkpoints', () => {
  it('[D14] a damaged or lost _last_checkpoint changes nothing', async () => {
    const { table, snapshot: first } = await createModelTable('damaged');
    let snapshot = first;
    for (let i = 0n; i < 5n; i++)
      snapshot = await commit(table, snapshot, [{ txn: { appId: 'a', version: i } }]);
    await writeCheckpoint(table.io, snapshot, NOW_MS);
    snapshot = await commit(table, snapshot, [{ txn: { appId: 'a', version: 99n } }]);
    const pointer = join(table.folder, '_delta_log/_last_checkpoint');
    const whole = readFileSync(pointer, 'utf8');
    const damaged = [
      '',
      '{',
      whole.replace('"version":6', '"version":3'),
      '{"version":500,"size":1}',
      '{"version":2}',
    ];
    for (const text of [whole, ...damaged]) {
      writeFileSync(pointer, text);
      const loaded = await loadSnapshot(table.io);
      expect([loaded?.version, loaded?.txns.get('a')?.version]).toEqual([7n, 99n]);
    }
    rmSync(pointer);
    expect((await loadSnapshot(table.io))?.checkpointVersion).toBe(6n);
    table.finish();
  });

  it('[D15] tombstones past their retention are left out, and _last_checkpoint never points back', async () => {
    const { table, snapshot: first } = await createModelTable('tombstones');
    const add = await table.writeRows(first, 'select 1::bigint as id', { day: '2024-01-01' });
    const added = await commit(table, first, [{ add }]);
    const removed = await commit(table, added, toRemoves([add], NOW_MS));
    const weekMs = 7 * 86_400_000;
    await writeCheckpoint(table.io, removed, NOW_MS + weekMs - 1);
    expect((await loadSnapshot(table.io))?.removes.size).toBe(1);
    await writeCheckpoint(table.io, removed, NOW_MS + weekMs);
    expect((await loadSnapshot(table.io))?.removes.size).toBe(0);
    await writeCheckpoint(table.io, added, NOW_MS);
    expect(readFileSync(join(table.folder, '_delta_log/_last_checkpoint'), 'utf8')).toContain('"version":3');
    table.finish();
  });

  it('[D17] log clean-up keeps every version it promises readable', async () => {
    const { table, snapshot: first } = await createModelTable('cleaned');
    const dayMs = 86_400_000;
    let snapshot = first;
    for (let day = 0; day < 12; day++) {
      snapshot = await commit(table, snapshot, [{ txn: { appId: 'day', version: BigInt(day) } }]);
      if (day % 4 === 1) await writeCheckpoint(table.io, snapshot, NOW_MS);
    }
    const files = [];
    for await (const file of table.io.store.list('_delta_log/')) files.push(file);
    for (const { path } of files) {
      const version = Number(/(\d{20})/.exec(path)?.[1] ?? 0);
      utimesSync(join(table.folder, path), version * (dayMs / 1000), version * (dayMs / 1000));
    }
    const aged = [];
    for await (const file of table.io.store.list('_delta_log/')) aged.push(file);
    const plan = planLogCleanUp(aged, { nowMs: 13 * dayMs + 5, logRetentionMs: 4 * dayMs });
    await table.io.store.delete(plan);
    for (let version = 9n; version <= 13n; version++) {
      expect((await loadSnapshot(table.io, { version }))?.txns.get('day')?.version).toBe(version - 2n);
    }
    expect(await table.io.store.head(logEntryPath(7n))).toBeDefined();
    expect(await table.io.store.head(logEntryPath(6n))).toBeUndefined();
    await expect(loadSnapshot(table.io, { version: 5n })).rejects.toThrow(/log begins at version 7|missing/);
    expect(
      planLogCleanUp(
        aged.filter(({ path }) => !path.includes('checkpoint')),
        { nowMs: 13 * dayMs, logRetentionMs: dayMs },
      ),
    ).toEqual([]);
    table.finish();
  });
});

it('[D17] a reader that meets a clean-up between listing and reading lists again', async () => {
  const { table, snapshot: first } = await createModelTable('swept');
  let snapshot = first;
  for (let i = 0n; i < 4n; i++)
    snapshot = await commit(table, snapshot, [{ txn: { appId: 'a', version: i } }]);
  const sweep = async () => {
    await writeCheckpoint(table.io, snapshot, NOW_MS);
    for (let version = 0n; version < 5n; version++) rmSync(join(table.folder, logEntryPath(version)));
  };
  let isSwept = false;
  const io = await table.reconnect((store) => ({
    ...store,
    get: async (path) => {
      if (path === logEntryPath(2n) && !isSwept) {
        isSwept = true;
        await sweep();
      }
      return store.get(path);
    },
  }));
  expect((await loadSnapshot(io))?.txns.get('a')?.version).toBe(3n);
  expect(isSwept).toBe(true);
  table.finish();
});

it('[D13] a gap in the log is refused, not skipped', async () => {
  const { table, snapshot: first } = await createModelTable('gap');
  let snapshot = first;
  for (let i = 0n; i < 4n; i++)
    snapshot = await commit(table, snapshot, [{ txn: { appId: 'a', version: i } }]);
  rmSync(join(table.folder, logEntryPath(3n)));
  await expect(loadSnapshot(table.io)).rejects.toThrow(/has a gap: version 3 is missing/);
  rmSync(table.folder, { recursive: true });
});

const byPath = (a: { readonly path: string }, b: { readonly path: string }) => (a.path < b.path ? -1 : 1);
