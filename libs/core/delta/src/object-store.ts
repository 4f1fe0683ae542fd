/**
 * The storage a Delta table needs, rooted at the table folder. Paths are relative, use `/`, and are not percent-encoded.
 * Implementations: libs/adapters/object-store. Contract suite: libs/testkit.
 */
export interface ObjectStore {
  /** `file:///...` or `s3://bucket/prefix`, without a trailing slash. */
  readonly url: string;
  /** Objects whose path starts with `prefix`, in code unit order of the path, strictly after `startAfter`. */
  list(prefix: string, startAfter?: string): AsyncIterable<ObjectInfo>;
  /** The whole object, or undefined when there is none. Throws an operational error on any other failure. */
  get(path: string): Promise<Uint8Array | undefined>;
  head(path: string): Promise<ObjectInfo | undefined>;
  /** Replaces the object. Durable when it resolves; readers see the old or the new object, never a part. */
  put(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Creates the object when there is none, atomically against every other writer. Durable when it resolves `created`.
   * `unknown` means the answer was lost: read the object back and compare before doing anything else.
   */
  putIfAbsent(path: string, bytes: Uint8Array): Promise<'created' | 'exists' | 'unknown'>;
  /** Moves a finished local file into the store. Durable when it resolves. The local file is gone afterwards. */
  putFile(path: string, localFile: string): Promise<ObjectInfo>;
  /** Removes objects; one that is already gone is no error. */
  delete(paths: readonly string[]): Promise<void>;
  /** A name that DuckDB and other engines in this process can read: a local path or a URL. */
  readableName(path: string): string;
  /** A folder on local disk for unfinished files; same file system as the table for a local store. */
  scratchFolder(): Promise<string>;
}

export interface ObjectInfo {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number;
}
