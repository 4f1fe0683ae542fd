import { describe, expect, it } from 'vitest';
import type { AddFile } from './actions.ts';
import { parseDateTime } from './calendar.ts';
import { emptyState, replayActions } from './log-replay.ts';
import { planRemoveFiles, toRemoves } from './remove-files.ts';
import { field, formatSchemaString, struct } from './schema.ts';
import type { Snapshot } from './snapshot.ts';
import { planVacuum } from './vacuum.ts';

const schema = struct([field('ts', 'timestamp'), field('day', 'date'), field('name', 'string')]);
const DAY_MS = 86_400_000;

function snapshotOf(adds: readonly AddFile[], partitionColumns: string[] = []): Snapshot {
  const state = replayActions(
    emptyState,
    adds.map((add) => ({ add })),
  );
  return {
    ...state,
    tableUrl: 'file:///t',
    version: 1n,
    protocol: { minReaderVersion: 1, minWriterVersion: 2 },
    metaData: {
      id: 'i',
      format: { provider: 'parquet', options: {} },
      schemaString: formatSchemaString(schema),
      partitionColumns,
      configuration: {},
    },
    schema,
    commitsSinceCheckpoint: 0,
  };
}

const file = (path: string, min?: string, max?: string, nulls = 0): AddFile => ({
  path,
  partitionValues: {},
  size: 10,
  modificationTime: 0,
  dataChange: true,
  stats: JSON.stringify({
    numRecords: 5,
    minValues: { ts: min },
    maxValues: { ts: max },
    nullCount: { ts: nulls },
  }),
});
const CUT = parseDateTime('2024-06-01T00:00:00Z') ?? 0n;
const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path);

describe('[D18] files wholly past a cut', () => {
  it('are those whose greatest possible time is before it; the rest is mixed, newer or unknown', () => {
    const plan = planRemoveFiles(
      snapshotOf([
        file('past', '2024-05-01T00:00:00.000Z', '2024-05-31T23:59:59.998Z'),
        file('edge', '2024-05-01T00:00:00.000Z', '2024-06-01T00:00:00.000Z'),
        file('new', '2024-06-01T00:00:00.000Z', '2024-07-01T00:00:00.000Z'),
        file('nulls', '2024-05-01T00:00:00.000Z', '2024-05-02T00:00:00.000Z', 1),
        { ...file('none'), stats: '{"numRecords":3}' },
      ]),
      'ts',
      CUT,
    );
    expect(paths(plan.past)).toEqual(['past']);
    expect(paths(plan.mixed)).toEqual(['edge']);
    expect(paths(plan.unknown).sort()).toEqual(['none', 'nulls']);
    expect([plan.records, plan.bytes]).toEqual([5n, 10]);
  });

  it('a maximum cut down to its millisecond by another writer stands for the whole millisecond', () => {
    const adds = [file('cut', '2024-05-01T00:00:00.000Z', '2024-05-31T23:59:59.999Z')];
    const insideLastMs = CUT - 1n;
    expect(paths(planRemoveFiles(snapshotOf(adds), 'ts', insideLastMs).past)).toEqual([]);
    expect(paths(planRemoveFiles(snapshotOf(adds), 'ts', CUT).past)).toEqual(['cut']);
  });

  it('a date partition is past when its whole day is', () => {
    const inDay = (day: string | null): AddFile => ({ ...file(`day=${day}`), partitionValues: { day } });
    const snapshot = snapshotOf([inDay('2024-05-31'), inDay('2024-06-01'), inDay(null)], ['day']);
    const plan = planRemoveFiles(snapshot, 'day', CUT);
    expect([paths(plan.past), paths(plan.mixed), paths(plan.unknown)]).toEqual([
      ['day=2024-05-31'],
      [],
      ['day=null'],
    ]);
    expect(paths(planRemoveFiles(snapshot, 'day', CUT + 1n).mixed)).toEqual(['day=2024-06-01']);
  });

  it('rows hidden by a deletion vector are not counted', () => {
    const add: AddFile = {
      ...file('past', '2024-05-01T00:00:00.000Z', '2024-05-02T00:00:00.000Z'),
      deletionVector: { storageType: 'u', pathOrInlineDv: 'x', sizeInBytes: 1, cardinality: 2 },
    };
    expect(planRemoveFiles(snapshotOf([add]), 'ts', CUT).records).toBe(3n);
  });

  it('a column that is no time is refused by name', () => {
    expect(() => planRemoveFiles(snapshotOf([]), 'name', CUT)).toThrow(/no date or timestamp column name/);
  });

  it('tombstones carry no statistics', () => {
    expect(JSON.stringify(toRemoves([file('a', 'x', 'y')], 7))).toBe(
      '[{"remove":{"path":"a","deletionTimestamp":7,"dataChange":true,"extendedFileMetadata":true,"partitionValues":{},"size":10}}]',
    );
  });
});

describe('[D19] vacuum', () => {
  const now = 100 * DAY_MS;
  const week = 7 * DAY_MS;
  const onDisk = (path: string, modifiedMs = 0) => ({ path, size: 1, modifiedMs });
  const live = snapshotOf([file('live'), file('p%3D1/live%2520x')]);
  const removedAt = (path: string, deletionTimestamp: number): Snapshot => ({
    ...live,
    ...replayActions(live, [{ remove: { path, deletionTimestamp, dataChange: true } }]),
  });

  it('takes removed files past their retention and orphans, and nothing that is live, hidden or young', () => {
    const snapshot = removedAt('gone', now - week - 1);
    const plan = planVacuum(
      ['live', 'p=1/live%20x', 'gone', 'orphan', '_headwater/x', '_delta_log/0.json', 'a/_b/c', '.tmp']
        .map((path) => onDisk(path))
        .concat(onDisk('young', now - 1_000)),
      snapshot,
      { nowMs: now, deletedFileRetentionMs: week },
    );
    expect([paths(plan.removed), paths(plan.orphans)]).toEqual([['gone'], ['orphan']]);
  });

  it('keeps what an older lease may still read', () => {
    const snapshot = removedAt('gone', now - week - 1);
    const retention = { nowMs: now, deletedFileRetentionMs: week, oldestLeaseMs: now - 2 * week };
    expect(planVacuum([onDisk('gone')], snapshot, retention).removed).toEqual([]);
  });

  it('keeps deletion vector files of live files', () => {
    const vector = {
      storageType: 'u',
      pathOrInlineDv: 'ab^-aqEH.-t@S}K{vb[*k^',
      offset: 1,
      sizeInBytes: 1,
      cardinality: 1,
    };
    const snapshot = snapshotOf([{ ...file('f'), deletionVector: vector }]);
    const dv = onDisk('ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin');
    const retention = { nowMs: now, deletedFileRetentionMs: week };
    expect(planVacuum([dv, onDisk('f')], snapshot, retention)).toEqual({ removed: [], orphans: [] });
  });

  it('keeps hive folders of partition columns that look hidden', () => {
    const snapshot = { ...live, metaData: { ...live.metaData, partitionColumns: ['_day'] } };
    const retention = { nowMs: now, deletedFileRetentionMs: week };
    expect(paths(planVacuum([onDisk('_day=1/x'), onDisk('_other/x')], snapshot, retention).orphans)).toEqual([
      '_day=1/x',
    ]);
  });

  it('refuses a table whose protocol we may not write', () => {
    const foreign = {
      ...live,
      protocol: { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['rowTracking'] },
    };
    expect(() => planVacuum([], foreign, { nowMs: now, deletedFileRetentionMs: week })).toThrow(
      /rowTracking/,
    );
  });
});
