import type { LaneReport, PipelineRecord, PipelineReport } from '@headwater/core-mesh';
import {
  accountedOffsets,
  defaultPoisonPolicy,
  noOffsets,
  type LaneActivity as CoreActivity,
  type LedgerClasses,
  type PartitionStatus as CorePartition,
  type PoisonPolicy as CorePoisonPolicy,
} from '@headwater/core-staging';
import type {
  LaneActivity,
  LaneStatus,
  LedgerTotals,
  PartitionStatus,
  PipelineStatus,
  PoisonPolicy,
  StagingPipeline,
  TableStatus,
} from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import { toGlobalId } from '../schema/global-id.ts';
import type { TableFacts } from './table-reader.ts';

export interface StagingPipelineModel extends Omit<StagingPipeline, 'status'> {
  readonly record: PipelineRecord;
}

export const toStagingPipeline = (record: PipelineRecord): StagingPipelineModel => ({
  __typename: 'StagingPipeline',
  id: toGlobalId('StagingPipeline', record.spec.pipelineId),
  pipelineId: record.spec.pipelineId,
  topicName: record.spec.topic,
  tableUrl: record.spec.tableUrl,
  quarantineUrl: record.spec.quarantineUrl,
  desiredState: toEnumName(record.spec.desiredState),
  laneCount: record.spec.lanes ?? 1,
  poisonPolicy: toPoisonPolicy(record.spec.poison ?? defaultPoisonPolicy),
  version: record.spec.generation,
  record,
});

const toPoisonPolicy = ({ share, windowRecords, windowMs, policy }: CorePoisonPolicy): PoisonPolicy => ({
  share,
  windowRecords,
  window: windowMs,
  action: toEnumName(policy),
});

/** The tables are looked up by resolvers of their own, because they cost more than the report. */
export type PipelineStatusModel = Omit<PipelineStatus, 'table' | 'quarantineTable'> & {
  readonly record: PipelineRecord;
};

export function toPipelineStatus(
  record: PipelineRecord,
  report: PipelineReport | undefined,
): PipelineStatusModel {
  const lanes = report?.lanes ?? [];
  const partitions = lanes.flatMap(({ status }) => status?.partitions ?? []);
  const reported = lanes.flatMap(({ reportedAtMs }) => (reportedAtMs === undefined ? [] : [reportedAtMs]));
  const statuses = lanes.flatMap(({ status }) => (status === undefined ? [] : [status]));
  const commits = statuses.flatMap(({ lastCommitAtMs }) =>
    lastCommitAtMs === undefined ? [] : [lastCommitAtMs],
  );
  return {
    pipelineId: record.spec.pipelineId,
    productName: record.spec.productName,
    desiredState: toEnumName(record.spec.desiredState),
    reportedAt: reported.length === 0 ? null : Math.max(...reported),
    lanes: lanes.map(toLane),
    lagRecords: partitions.length === 0 ? null : partitions.reduce((sum, each) => sum + lagOf(each), 0n),
    lagSeconds: worstLag(partitions),
    recordsPerSecond: statuses.length === 0 ? null : sumOf(statuses, 'recordsPerSecond'),
    bytesPerSecond: statuses.length === 0 ? null : sumOf(statuses, 'bytesPerSecond'),
    lastCommitAt: commits.length === 0 ? null : Math.max(...commits),
    ledger: toLedgerTotals(report?.totals ?? noOffsets),
    record,
  };
}

const sumOf = <K extends string>(items: readonly Readonly<Record<K, number>>[], key: K): number =>
  items.reduce((sum, item) => sum + item[key], 0);

/** Unknown for one partition is unknown for all: a lag that is not known is never shown as a small one. */
function worstLag(partitions: readonly CorePartition[]): number | null {
  const known = partitions.flatMap((each) => (each.lagSeconds === undefined ? [] : [each.lagSeconds]));
  return partitions.length === 0 || known.length < partitions.length ? null : Math.max(...known);
}

const lagOf = ({ nextOffset, highWatermark }: CorePartition): bigint =>
  highWatermark > nextOffset ? highWatermark - nextOffset : 0n;

const toLane = ({ lane, owner, fence, reportedAtMs, status }: LaneReport): LaneStatus => ({
  lane,
  state: owner === undefined || status === undefined ? 'UNOWNED' : toEnumName(status.state),
  engine: status?.engine,
  owner,
  fence,
  reportedAt: reportedAtMs,
  recordsPerSecond: status?.recordsPerSecond,
  bytesPerSecond: status?.bytesPerSecond,
  lastCommitAt: status?.lastCommitAtMs,
  tableVersion: status === undefined || status.tableVersion < 0n ? null : status.tableVersion,
  engineReason: status?.engineReason,
  activity: owner === undefined || status?.activity === undefined ? null : toActivity(status.activity),
  partitions: (status?.partitions ?? []).map(toPartition),
  error: status?.error,
});

const toActivity = ({ records, bytes, sinceMs, ...activity }: CoreActivity): LaneActivity => ({
  ...activity,
  records: BigInt(records),
  bytes: BigInt(bytes),
  since: sinceMs === 0 ? null : sinceMs,
});

const toPartition = (partition: CorePartition): PartitionStatus => ({
  partition: partition.partition,
  nextOffset: partition.nextOffset,
  highWatermark: partition.highWatermark,
  lagRecords: lagOf(partition),
  lagSeconds: partition.lagSeconds,
});

/** `offsets` is what [from, to) says, when it is known, and then the classes must add up to it. */
export function toLedgerTotals(classes: LedgerClasses, offsets?: bigint): LedgerTotals {
  const sum = accountedOffsets(classes);
  return { ...classes, offsets: offsets ?? sum, isBalanced: offsets === undefined || offsets === sum };
}

export const toTableStatus = (url: string, facts: TableFacts | undefined): TableStatus => ({
  url,
  version: facts?.version,
  files: facts?.files,
  bytes: facts?.bytes,
  rows: facts?.rows,
  observedAt: facts?.observedAtMs,
});
