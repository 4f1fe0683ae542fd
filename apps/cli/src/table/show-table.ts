import { describeType, recordCount, tableFeatures, toNumber, type Snapshot } from '@headwater/core-delta';
import { withTable, type TableMoment } from './open-table.ts';

/** A Delta table as its log describes it. 64-bit numbers are decimal strings. */
export interface TableDescription {
  readonly url: string;
  readonly version: string;
  readonly tableId: string;
  readonly name?: string;
  readonly description?: string;
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly features: readonly string[];
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly nullable: boolean;
    readonly isPartitionColumn: boolean;
  }[];
  readonly properties: Readonly<Record<string, string>>;
  readonly files: number;
  readonly bytes: number;
  /** Rows by the statistics of the files, deleted ones left out; absent when a file has no record count. */
  readonly records?: string;
  /** Progress of writers by appId. */
  readonly txns: readonly { readonly appId: string; readonly version: string }[];
  readonly domains: readonly string[];
  readonly checkpointVersion?: string;
  /** Milliseconds since the epoch and name of the operation of the newest commit, when its log entry says so. */
  readonly lastCommitMs?: number;
  readonly lastOperation?: string;
}

/** Describes the table at the URL or path. Throws errors with codes HW_DELTA_* and HW_STORE_*. */
export function showTable(url: string, moment: TableMoment = {}): Promise<TableDescription> {
  return withTable(url, moment, ({ snapshot }) => Promise.resolve(describeSnapshot(snapshot)));
}

function describeSnapshot(snapshot: Snapshot): TableDescription {
  const { protocol, metaData, commitInfo } = snapshot;
  const records = sumRecords(snapshot);
  const lastCommitMs = toNumber(commitInfo?.['inCommitTimestamp'] ?? commitInfo?.['timestamp']);
  const operation = commitInfo?.['operation'];
  return {
    url: snapshot.tableUrl,
    version: String(snapshot.version),
    tableId: metaData.id,
    ...(metaData.name === undefined ? {} : { name: metaData.name }),
    ...(metaData.description === undefined ? {} : { description: metaData.description }),
    minReaderVersion: protocol.minReaderVersion,
    minWriterVersion: protocol.minWriterVersion,
    features: tableFeatures(protocol),
    columns: snapshot.schema.fields.map(({ name, type, nullable }) => ({
      name,
      type: describeType(type),
      nullable,
      isPartitionColumn: metaData.partitionColumns.includes(name),
    })),
    properties: metaData.configuration,
    files: snapshot.files.size,
    bytes: [...snapshot.files.values()].reduce((sum, { size }) => sum + size, 0),
    ...(records === undefined ? {} : { records: String(records) }),
    txns: [...snapshot.txns.values()].map(({ appId, version }) => ({ appId, version: String(version) })),
    domains: [...snapshot.domains.values()].map(({ domain }) => domain),
    ...(snapshot.checkpointVersion === undefined
      ? {}
      : { checkpointVersion: String(snapshot.checkpointVersion) }),
    ...(lastCommitMs === undefined ? {} : { lastCommitMs }),
    ...(typeof operation === 'string' ? { lastOperation: operation } : {}),
  };
}

function sumRecords(snapshot: Snapshot): bigint | undefined {
  let sum = 0n;
  for (const add of snapshot.files.values()) {
    const records = recordCount(add);
    if (records === undefined) return undefined;
    sum += records - BigInt(add.deletionVector?.cardinality ?? 0);
  }
  return sum;
}
