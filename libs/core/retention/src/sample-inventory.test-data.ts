import { createHash } from 'node:crypto';
import {
  emptyLayeredMap,
  field,
  formatSchemaString,
  struct,
  type AddFile,
  type ObjectInfo,
  type RemoveFile,
  type Snapshot,
} from '@headwater/core-delta';
import { compileRetention } from './compile-retention.ts';
import type { RetentionInventory, TableInventory, TopicInventory } from './inventory.ts';
import { dayMs, type CompiledRetention, type RetentionPromise } from './promise.ts';

const schema = struct([field('_timestamp', 'timestamp')]);

export const nowMs = Date.UTC(2026, 5, 30, 12);
export const tableUrl = 'file:///lake/ads/ad-events';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export function compiledFor(promise: RetentionPromise): CompiledRetention {
  const compiled = compileRetention(promise);
  if (!compiled.ok) throw new Error(compiled.error.message);
  return compiled.value;
}

/** A file whose records were produced between two ages in days. */
export const aged = (name: string, oldestDays: number, newestDays: number): AddFile => ({
  path: `${name}.parquet`,
  partitionValues: {},
  size: 1_000,
  modificationTime: nowMs,
  dataChange: true,
  stats: JSON.stringify({
    numRecords: 100,
    minValues: { _timestamp: new Date(nowMs - oldestDays * dayMs).toISOString() },
    maxValues: { _timestamp: new Date(nowMs - newestDays * dayMs).toISOString() },
    nullCount: { _timestamp: 0 },
  }),
});

export const withoutStatistics = (name: string): AddFile => {
  const { stats: _stats, ...file } = aged(name, 1, 1);
  return file;
};

export function snapshotOf(
  files: readonly AddFile[],
  removes: readonly RemoveFile[] = [],
  configuration: Readonly<Record<string, string>> = {},
): Snapshot {
  return {
    tableUrl,
    version: 7n,
    protocol: { minReaderVersion: 1, minWriterVersion: 2 },
    metaData: {
      id: '00000000-0000-4000-8000-000000000001',
      format: { provider: 'parquet', options: {} },
      schemaString: formatSchemaString(schema),
      partitionColumns: [],
      configuration,
    },
    schema,
    files: emptyLayeredMap<AddFile>().with(new Map(files.map((file) => [file.path, file]))),
    removes: emptyLayeredMap<RemoveFile>().with(new Map(removes.map((file) => [file.path, file]))),
    txns: emptyLayeredMap(),
    domains: emptyLayeredMap(),
    checkpointVersion: 7n,
    commitsSinceCheckpoint: 0,
  };
}

export const object = (path: string, ageDays = 0): ObjectInfo => ({
  path,
  size: 1_000,
  modifiedMs: nowMs - ageDays * dayMs,
});

export const tableOf = (change: Partial<TableInventory> = {}): TableInventory => ({
  copy: 'table',
  url: tableUrl,
  clockColumn: '_timestamp',
  snapshot: snapshotOf([]),
  files: [],
  logFiles: [],
  ...change,
});

export const topicOf = (
  compiled: CompiledRetention,
  change: Partial<TopicInventory> = {},
): TopicInventory => ({
  name: 'ads.ad-events',
  topicId: 'topic-1',
  configs: compiled.topicConfigs,
  partitions: [{ partition: 0, startOffset: 0n, endOffset: 100n, cutOffset: 60n }],
  oldestMs: nowMs - 10 * dayMs,
  ...change,
});

export const inventoryOf = (change: Partial<RetentionInventory> = {}): RetentionInventory => ({
  productId: '00000000-0000-4000-8000-0000000000aa',
  productName: 'ads/ad-events',
  observedAtMs: nowMs,
  progress: [{ pipelineId: 'p', topicId: 'topic-1', nextOffsets: new Map([[0, 100n]]) }],
  tables: [],
  holds: [],
  ...change,
});
