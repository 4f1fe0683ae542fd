import { expect, test } from 'vitest';
import type { RetentionInventory } from './inventory.ts';
import { dayMs } from './promise.ts';
import { judgeCopies } from './retention-ledger.ts';
import {
  aged,
  compiledFor,
  inventoryOf,
  nowMs,
  object,
  snapshotOf,
  tableOf,
  topicOf,
  withoutStatistics,
} from './sample-inventory.test-data.ts';

const compiled = compiledFor({ periodMs: 30 * dayMs, mode: 'staging-first' });
const byBroker = compiledFor({ periodMs: 30 * dayMs, mode: 'promise-first' });

const copyOf = (inventory: RetentionInventory, kind: string, by = compiled) =>
  judgeCopies(by, inventory).copies.find((copy) => copy.kind === kind);

const tables = (files: Parameters<typeof snapshotOf>[0], configuration = compiled.tableProperties) => [
  tableOf({ snapshot: snapshotOf(files, [], configuration) }),
];

test('[R8] with the compiled settings in force every copy keeps the promise', () => {
  const inventory = inventoryOf({ topic: topicOf(compiled), tables: tables([aged('fresh', 2, 1.5)]) });
  const { copies } = judgeCopies(compiled, inventory);
  expect(copies.map(({ kind, keepsPromise }) => [kind, keepsPromise])).toEqual([
    ['topic', true],
    ['table', true],
    ['removed-files', true],
    ['log-entries', true],
    ['intents', true],
  ]);
  for (const { worstCaseMs } of copies) expect(worstCaseMs).toBeLessThanOrEqual(30 * dayMs);
});

test('[R8] the settings in force count, not the compiled ones: a topic without segment.ms is red and says so', () => {
  const { 'segment.ms': _segment, ...configs } = compiled.topicConfigs;
  expect(copyOf(inventoryOf({ topic: topicOf(compiled, { configs }) }), 'topic')).toMatchObject({
    keepsPromise: false,
    fix: expect.stringContaining('segment.ms'),
  });
});

test('[R8] promise-first without a retention.ms has no bound', () => {
  const topic = topicOf(byBroker, { configs: { 'retention.ms': '-1' } });
  const copy = copyOf(inventoryOf({ topic }), 'topic', byBroker);
  expect(copy?.worstCaseMs).toBeUndefined();
  expect(copy).toMatchObject({ keepsPromise: false, fix: expect.stringContaining('retention.ms') });
});

test('[R8] a table whose removed files stay for the default week is red when the promise is shorter', () => {
  const short = compiledFor({ periodMs: 5 * dayMs, mode: 'staging-first' });
  expect(copyOf(inventoryOf({ tables: tables([], {}) }), 'removed-files', short)).toMatchObject({
    keepsPromise: false,
    fix: expect.stringContaining('delta.deletedFileRetentionDuration'),
  });
});

test('[R4][R8] a file that spans longer than planned makes the copy red, and the ledger says what waits', () => {
  const copy = copyOf(inventoryOf({ tables: tables([aged('long', 25, 1)]) }), 'table');
  expect(copy).toMatchObject({
    keepsPromise: false,
    explanation: expect.stringContaining('until rows are rewritten'),
  });
});

test('[R8] files without statistics have no bound', () => {
  const copy = copyOf(inventoryOf({ tables: tables([withoutStatistics('dark')]) }), 'table');
  expect(copy?.worstCaseMs).toBeUndefined();
  expect(copy).toMatchObject({ keepsPromise: false, explanation: expect.stringContaining('no statistics') });
});

test('[R8] a record that is older than the promise makes its copy red whatever the sum says', () => {
  const late = topicOf(compiled, { oldestMs: nowMs - 31 * dayMs });
  expect(copyOf(inventoryOf({ topic: late }), 'topic')).toMatchObject({
    keepsPromise: false,
    oldestMs: nowMs - 31 * dayMs,
    fix: expect.stringContaining('Run retention'),
  });
});

test('the ledger counts removed files that are still there', () => {
  const removed = { path: 'gone.parquet', deletionTimestamp: nowMs, dataChange: true };
  const table = tableOf({
    snapshot: snapshotOf([], [removed], compiled.tableProperties),
    files: [object('gone.parquet')],
  });
  expect(copyOf(inventoryOf({ tables: [table] }), 'removed-files')?.explanation).toContain('1 removed files');
});

test('quarantine is a copy of its own with the same promise', () => {
  const table = tableOf({
    copy: 'quarantine',
    snapshot: snapshotOf([aged('bad', 2, 1.5)], [], compiled.tableProperties),
  });
  expect(copyOf(inventoryOf({ tables: [table] }), 'quarantine')).toMatchObject({
    keepsPromise: true,
    oldestMs: nowMs - 2 * dayMs,
  });
});
