import type { LogObject } from './log-json.ts';

/** One line of the Delta log, in the shape the log has: a single member named after the action. PROTOCOL.md, Actions. */
export type Action =
  | { readonly add: AddFile }
  | { readonly remove: RemoveFile }
  | { readonly metaData: TableMetaData }
  | { readonly protocol: Protocol }
  | { readonly txn: Txn }
  | { readonly domainMetadata: DomainMetadata }
  | { readonly commitInfo: CommitInfo }
  | { readonly cdc: { readonly path: string } }
  | { readonly sidecar: Sidecar }
  | { readonly checkpointMetadata: { readonly version: bigint } };

export type PartitionValues = Readonly<Record<string, string | null>>;

export interface AddFile {
  /** As in the log: a URI, percent-encoded, relative to the table unless absolute. */
  readonly path: string;
  readonly partitionValues: PartitionValues;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modificationTime: number;
  readonly dataChange: boolean;
  /** JSON text. */
  readonly stats?: string;
  readonly tags?: Readonly<Record<string, string | null>>;
  readonly deletionVector?: DeletionVectorDescriptor;
  readonly baseRowId?: bigint;
  readonly defaultRowCommitVersion?: bigint;
  readonly clusteringProvider?: string;
}

export interface RemoveFile {
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly deletionTimestamp?: number;
  readonly dataChange: boolean;
  /** True when `partitionValues` and `size` are present. */
  readonly extendedFileMetadata?: boolean;
  readonly partitionValues?: PartitionValues;
  readonly size?: number;
  readonly stats?: string;
  readonly tags?: Readonly<Record<string, string | null>>;
  readonly deletionVector?: DeletionVectorDescriptor;
  readonly baseRowId?: bigint;
  readonly defaultRowCommitVersion?: bigint;
}

export interface DeletionVectorDescriptor {
  /** `u`: file named by a UUID, `p`: file at an absolute path, `i`: inline. */
  readonly storageType: string;
  readonly pathOrInlineDv: string;
  readonly offset?: number;
  readonly sizeInBytes: number;
  readonly cardinality: number;
}

export interface TableMetaData {
  /** UUID of the table. */
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly format: { readonly provider: string; readonly options: Readonly<Record<string, string>> };
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  /** Table properties. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly createdTime?: number;
}

export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly readerFeatures?: readonly string[];
  readonly writerFeatures?: readonly string[];
}

export interface Txn {
  readonly appId: string;
  readonly version: bigint;
  /** Milliseconds since the epoch. */
  readonly lastUpdated?: number;
}

export interface DomainMetadata {
  readonly domain: string;
  readonly configuration: string;
  readonly removed: boolean;
}

export interface Sidecar {
  readonly path: string;
  readonly sizeInBytes: number;
}

/** Free-form provenance. Headwater's own commits carry `batchId` (UUID) so that a lost answer can be resolved [S6]. */
export type CommitInfo = LogObject;
