import type { CompiledContract } from '@headwater/core-contract';
import type { Page, PageRequest } from './page.ts';

export type DataProductStatus = 'proposed' | 'draft' | 'active' | 'deprecated' | 'retired';

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
}

export interface RetentionPromise {
  /** No copy keeps a record longer than this. */
  readonly periodMs: number;
  readonly mode: 'staging-first' | 'promise-first';
}

export interface StagingSettings {
  readonly flushIntervalMs: number;
  readonly flushBytesMax: number;
}

export interface DataProduct {
  readonly id: string;
  readonly domainId: string;
  /** `<domain>/<product>`, unique among products that are not retired. */
  readonly qualifiedName: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly status: DataProductStatus;
  readonly ownerTeamId: string;
  readonly topic: TopicSpec;
  readonly valueSubject: string;
  readonly tableUrl: string;
  readonly quarantineUrl: string;
  readonly retention: RetentionPromise;
  readonly staging: StagingSettings;
  /** Row id of the contract version in force. */
  readonly contractVersionId: string;
  readonly createdAtMs: number;
  readonly retiredAtMs?: number;
  /** Optimistic concurrency: grows with every change. */
  readonly generation: number;
}

/** One stored version of a product's contract. */
export interface ContractVersion {
  readonly id: string;
  readonly productId: string;
  readonly contractVersion: string;
  /** The contract as it was given. */
  readonly text: string;
  readonly compiled: CompiledContract;
  readonly createdAtMs: number;
}

export interface DataProductFilter {
  readonly domainId?: string;
  readonly status?: DataProductStatus;
  /** Part of the qualified name or title, any case. */
  readonly search?: string;
}

/** Lists are ordered by qualified name. */
export interface DataProductReads {
  byIds(ids: readonly string[]): Promise<readonly DataProduct[]>;
  /** The product of that name that is not retired, else the last retired one. */
  byQualifiedName(name: string): Promise<DataProduct | undefined>;
  list(page: PageRequest, filter: DataProductFilter): Promise<Page<DataProduct>>;
  /** Every product that is not retired and claims one of these topics. */
  byTopics(topics: readonly string[]): Promise<readonly DataProduct[]>;
  /** Every product that is not retired, at most `limit`. */
  living(limit: number): Promise<readonly DataProduct[]>;
}

export type NewDataProduct = Omit<DataProduct, 'createdAtMs' | 'retiredAtMs' | 'generation'>;

export interface DataProductStore extends DataProductReads {
  create(product: NewDataProduct): Promise<DataProduct>;
  /** Throws `HW_STORE_GENERATION` when the stored generation is another one. Returns the new state. */
  update(
    id: string,
    expectedGeneration: number,
    change: Partial<Omit<NewDataProduct, 'id' | 'domainId' | 'name' | 'qualifiedName'>> & {
      readonly retiredAtMs?: number;
    },
  ): Promise<DataProduct>;
}

export interface ContractReads {
  byIds(ids: readonly string[]): Promise<readonly ContractVersion[]>;
  /** Newest first. */
  byProductIds(productIds: readonly string[]): Promise<readonly ContractVersion[]>;
}
export interface ContractStore extends ContractReads {
  /** An equal (productId, contractVersion, text) is returned as it is. */
  save(version: Omit<ContractVersion, 'createdAtMs'>): Promise<ContractVersion>;
}
