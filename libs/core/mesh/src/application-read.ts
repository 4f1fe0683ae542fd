/** What an application reads of a product, as its team declared it. One per application, product and port. */
export interface ApplicationRead {
  readonly id: string;
  readonly applicationId: string;
  readonly productId: string;
  readonly port: 'topic' | 'table';
  /** Dotted paths of properties; absent: all of them. */
  readonly fields?: readonly string[];
  /** Versions of the contract it can read, for example `^1.0.0`. */
  readonly versionRange?: string;
  /** The schema it decodes with. */
  readonly schema?: { readonly type: 'AVRO' | 'JSON' | 'PROTOBUF'; readonly text: string };
  readonly consumerGroup?: string;
  readonly declaredBy: string;
  readonly declaredAtMs: number;
}

/** At most this many readers of one product, and reads of one application, are stored. */
export const readsMax = 1_000;

/** Lists are ordered by time of declaration. */
export interface ApplicationReadReads {
  byIds(ids: readonly string[]): Promise<readonly ApplicationRead[]>;
  byProductIds(productIds: readonly string[]): Promise<readonly ApplicationRead[]>;
  byApplicationIds(applicationIds: readonly string[]): Promise<readonly ApplicationRead[]>;
}

export interface ApplicationReadStore extends ApplicationReadReads {
  /** Takes the place of what the application declared before for this product and port. */
  save(read: Omit<ApplicationRead, 'declaredAtMs'>): Promise<ApplicationRead>;
  /** No error when there is none. */
  remove(place: Pick<ApplicationRead, 'applicationId' | 'productId' | 'port'>): Promise<void>;
}
