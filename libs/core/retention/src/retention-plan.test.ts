import { expect, test } from 'vitest';
import { judgeBlastRadius } from './blast-radius.ts';
import type { RetentionInventory } from './inventory.ts';
import { dayMs } from './promise.ts';
import type { RetentionAction } from './retention-action.ts';
import { planRetention } from './retention-plan.ts';
import {
  aged,
  compiledFor,
  inventoryOf,
  nowMs,
  object,
  sha256,
  snapshotOf,
  tableOf,
  topicOf,
  withoutStatistics,
} from './sample-inventory.test-data.ts';

const compiled = compiledFor({ periodMs: 30 * dayMs, mode: 'staging-first' });
const properties = compiled.tableProperties;
const hold = { id: 'h', matter: 'case 7' };

const plan = (inventory: RetentionInventory, by = compiled) => planRetention(by, inventory, sha256);
const only = <Kind extends RetentionAction['action']>(inventory: RetentionInventory, kind: Kind) =>
  plan(inventory).actions.filter(
    (action): action is Extract<RetentionAction, { action: Kind }> => action.action === kind,
  );

test('a whole plan is plain data, readable and stable', async () => {
  const files = [aged('past', 40, 35), aged('mixed', 40, 2), aged('fresh', 2, 1)];
  const inventory = inventoryOf({
    topic: topicOf(compiled),
    tables: [
      tableOf({
        snapshot: {
          ...snapshotOf(files, [
            { path: 'gone.parquet', deletionTimestamp: nowMs - 9 * dayMs, dataChange: true },
          ]),
          commitsSinceCheckpoint: 3,
        },
        files: [object('past.parquet', 40), object('gone.parquet', 50), object('orphan.parquet', 20)],
        logFiles: [object('_delta_log/00000000000000000007.json', 1)],
      }),
    ],
  });
  await expect(`${JSON.stringify(plan(inventory), null, 2)}\n`).toMatchFileSnapshot(
    'golden/retention-plan.json',
  );
});

test('nothing is due, nothing is planned', () => {
  const inventory = inventoryOf({
    topic: topicOf(compiled, {
      partitions: [{ partition: 0, startOffset: 60n, endOffset: 100n, cutOffset: 60n }],
    }),
    tables: [tableOf({ snapshot: snapshotOf([aged('fresh', 2, 1)], [], properties) })],
  });
  expect(plan(inventory)).toMatchObject({ actions: [], kept: [] });
});

test('[R3] records that are not staged stay, and the plan says which partitions wait', () => {
  const progress = [{ pipelineId: 'p', topicId: 'topic-1', nextOffsets: new Map([[0, 20n]]) }];
  const [action] = only(inventoryOf({ topic: topicOf(compiled), progress }), 'delete-records');
  expect(action).toMatchObject({
    partitions: [{ partition: 0, from: '0', before: '20' }],
    records: '20',
    heldBackBy: 'records that are not staged yet in partition 0',
  });
});

test('[R2] promise-first leaves the topic to the broker', () => {
  const byBroker = compiledFor({ periodMs: 30 * dayMs, mode: 'promise-first' });
  expect(plan(inventoryOf({ topic: topicOf(byBroker) }), byBroker).actions).toEqual([]);
});

test('DeleteRecords is not tried on a topic that is only compacted', () => {
  const topic = topicOf(compiled, { configs: { 'cleanup.policy': 'compact' } });
  expect(plan(inventoryOf({ topic }))).toMatchObject({
    actions: [],
    kept: [{ reason: expect.stringContaining('tombstones') }],
  });
});

test('[R4] only files wholly past the cut are removed; mixed and unknown ones are named', () => {
  const files = [aged('past', 40, 35), aged('mixed', 40, 2), withoutStatistics('dark')];
  const inventory = inventoryOf({ tables: [tableOf({ snapshot: snapshotOf(files, [], properties) })] });
  expect(only(inventory, 'remove-files')).toMatchObject([{ paths: ['past.parquet'], records: '100' }]);
  expect(plan(inventory).kept.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('1 file with rows on both sides'),
    expect.stringContaining('1 file without statistics'),
  ]);
});

test('[R5] a removed file is deleted after its retention and not before', () => {
  const removedAt = (days: number) => ({
    path: `r${days}.parquet`,
    deletionTimestamp: nowMs - days * dayMs,
    dataChange: true,
  });
  const table = tableOf({
    snapshot: snapshotOf([], [removedAt(9), removedAt(1)], properties),
    files: [object('r9.parquet', 30), object('r1.parquet', 30)],
  });
  expect(only(inventoryOf({ tables: [table] }), 'vacuum')).toMatchObject([{ paths: ['r9.parquet'] }]);
});

test('[R5] files of a batch that is not committed yet are never taken for orphans', () => {
  const files = [object('uncommitted.parquet', 10), object('orphan.parquet', 12)];
  const snapshot = snapshotOf([], [], properties);
  const paths = (oldestOpenIntentMs?: number) =>
    only(
      inventoryOf({
        tables: [
          tableOf({ snapshot, files, ...(oldestOpenIntentMs === undefined ? {} : { oldestOpenIntentMs }) }),
        ],
      }),
      'vacuum',
    ).flatMap((action) => action.paths);
  expect(paths()).toEqual(['uncommitted.parquet', 'orphan.parquet']);
  expect(paths(nowMs - 11 * dayMs)).toEqual(['orphan.parquet']);
});

const logFile = (version: number, ageDays: number, kind = 'json') =>
  object(`_delta_log/${String(version).padStart(20, '0')}.${kind}`, ageDays);

test('[R5] log entries past their retention go, up to the checkpoint that replaces them', () => {
  const logFiles = [
    logFile(0, 20),
    logFile(1, 19),
    logFile(2, 18),
    logFile(2, 18, 'checkpoint.parquet'),
    logFile(3, 1),
  ];
  const table = tableOf({ snapshot: snapshotOf([], [], properties), logFiles });
  const paths = (change = {}) =>
    only(inventoryOf({ tables: [{ ...table, ...change }] }), 'clean-log').flatMap((action) => action.paths);
  expect(paths()).toEqual([logFiles[0]?.path, logFiles[1]?.path]);
  expect(paths({ unmirroredFrom: 1n }), '[S10] entries whose ledger is not mirrored stay').toEqual([
    logFiles[0]?.path,
  ]);
});

test('[R5] a checkpoint is written when the last one is older than half a run interval, not at every run', () => {
  const writes = (logFiles: readonly ReturnType<typeof logFile>[], commitsSinceCheckpoint = 3) =>
    only(
      inventoryOf({
        tables: [
          tableOf({ snapshot: { ...snapshotOf([], [], properties), commitsSinceCheckpoint }, logFiles }),
        ],
      }),
      'clean-log',
    ).some((action) => action.writesCheckpoint);
  const entry = logFile(7, 0);
  expect(writes([logFile(4, 0.001, 'checkpoint.parquet'), entry])).toBe(false);
  expect(writes([logFile(4, 1, 'checkpoint.parquet'), entry])).toBe(true);
  expect(writes([logFile(0, 1), entry]), 'no checkpoint yet').toBe(true);
  expect(writes([logFile(4, 1, 'checkpoint.parquet'), entry], 0), 'nothing new').toBe(false);
});

test('[R6] a legal hold without dates keeps topic, files, removed files and log', () => {
  const table = tableOf({
    snapshot: snapshotOf(
      [aged('past', 40, 35)],
      [{ path: 'gone.parquet', deletionTimestamp: 0, dataChange: true }],
      properties,
    ),
    files: [object('gone.parquet', 90)],
    logFiles: [logFile(0, 90), logFile(1, 90), logFile(1, 90, 'checkpoint.parquet')],
  });
  const topic = topicOf(compiled, {
    partitions: [{ partition: 0, startOffset: 0n, endOffset: 100n, cutOffset: 60n, heldOffset: 0n }],
  });
  const held = plan(inventoryOf({ topic, tables: [table], holds: [hold] }));
  expect(held.actions).toEqual([]);
  expect(held.kept.map(({ reason }) => reason).join()).toMatch(/legal hold.*legal hold/);
  expect(plan(inventoryOf({ topic: topicOf(compiled), tables: [table] })).actions.length).toBeGreaterThan(2);
});

test('[R6] a hold on a time range keeps only the files that overlap it', () => {
  const files = [aged('before', 60, 55), aged('inside', 50, 45), aged('after', 40, 35)];
  const range = { ...hold, fromMs: nowMs - 52 * dayMs, untilMs: nowMs - 44 * dayMs };
  const inventory = inventoryOf({
    tables: [tableOf({ snapshot: snapshotOf(files, [], properties) })],
    holds: [range],
  });
  expect(only(inventory, 'remove-files')[0]?.paths).toEqual(['before.parquet', 'after.parquet']);
});

test('properties that differ from the promise are set on the table, equal ones are not', () => {
  const of = (configuration: Record<string, string>) =>
    only(
      inventoryOf({ tables: [tableOf({ snapshot: snapshotOf([], [], configuration) })] }),
      'set-table-properties',
    );
  expect(of({})).toMatchObject([{ properties }]);
  expect(of(properties)).toEqual([]);
});

test('the hash names the actions: the same work has the same hash later, other work another', () => {
  const inventory = inventoryOf({ topic: topicOf(compiled) });
  const first = plan(inventory).hash;
  expect(plan({ ...inventory, progress: [...inventory.progress] }).hash).toBe(first);
  const behind = [{ pipelineId: 'p', topicId: 'topic-1', nextOffsets: new Map([[0, 59n]]) }];
  expect(plan({ ...inventory, progress: behind }).hash).not.toBe(first);
});

const limits = { recordsMax: 1_000n, bytesMax: 10_000, shareMax: 0.5, shareCountsFrom: 100n };

test.each([
  [
    'few files of many are within the blast radius',
    [aged('a', 40, 35), aged('b', 2, 1), aged('c', 2, 1)],
    'within',
  ],
  [
    'most of a table is beyond the blast radius',
    [aged('a', 40, 35), aged('b', 40, 35), aged('c', 2, 1)],
    'beyond',
  ],
  [
    'too many bytes are beyond the blast radius',
    Array.from({ length: 11 }, (_, n) => aged(`f${n}`, 40, 35)),
    'beyond',
  ],
] as const)('[R7] %s is %s the blast radius', (_what, files, kind) => {
  const inventory = inventoryOf({ tables: [tableOf({ snapshot: snapshotOf(files, [], properties) })] });
  expect(judgeBlastRadius(plan(inventory), inventory, limits).kind).toBe(kind);
});

test('[R7] more records of a topic than allowed wait for a person', () => {
  const topic = topicOf(compiled, {
    partitions: [{ partition: 0, startOffset: 0n, endOffset: 5_000n, cutOffset: 5_000n }],
  });
  const progress = [{ pipelineId: 'p', topicId: 'topic-1', nextOffsets: new Map([[0, 5_000n]]) }];
  const inventory = inventoryOf({ topic, progress });
  expect(judgeBlastRadius(plan(inventory), inventory, limits)).toMatchObject({
    kind: 'beyond',
    reason: expect.stringContaining('5000 records'),
  });
});
