/**
 * The storage a Delta table needs, rooted at the table folder. Paths are relative, use `/`, and are not percent-encoded.
 * Implementations: libs/adapters/object-store. Contract suite: libs/testkit.
 */
export interface ObjectStore {
  /** `file:///...` or `s3://bucket/prefix`, without a trailing slash. */
  readonly url: string;
  /**
   * Objects whose path starts with `prefix`. Those of one folder come in code unit order of their name; in which order
   * folders come depends on the store. `startAfter`, a path in the folder of `prefix`, leaves out what comes before it.
   * A listing may be older than a read: whether one object exists is asked with `head` or `get`.
   */
  list(prefix: string, startAfter?: string): AsyncIterable<ObjectInfo>;
  /** The whole object, or undefined when there is none. Throws an operational error on any other failure. */
  get(path: string): Promise<Uint8Array | undefined>;
  /** Bytes of the object from `offset` on, fewer than `length` where it ends; undefined when there is none. */
  getRange(path: string, range: ByteRange): Promise<Uint8Array | undefined>;
  head(path: string): Promise<ObjectInfo | undefined>;
  /** Replaces the object. Durable when it resolves; readers see the old or the new object, never a part. */
  put(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Creates the object when there is none, atomically against every other writer. Sent once: what an unclear answer
   * means is the caller's to find out [S6]. Throws an operational error when the store refused for good.
   */
  putIfAbsent(path: string, bytes: Uint8Array): Promise<ConditionalPut>;
  /** Moves a finished local file into the store. Durable when it resolves. The local file is gone afterwards. */
  putFile(path: string, localFile: string): Promise<ObjectInfo>;
  /** Removes objects; one that is already gone is no error. */
  delete(paths: readonly string[]): Promise<void>;
  /** The object as a file on local disk that DuckDB can open. Throws an operational error when there is none. */
  readable(path: string): Promise<ReadableFile>;
  /** A folder on local disk for unfinished files; same file system as the table for a local store. */
  scratchFolder(): Promise<string>;
}

/**
 * created: durable, and ours.
 * exists: the name is taken; perhaps by an earlier attempt of ours.
 * ambiguous: the answer was lost. Read the object back and compare before doing anything else [S6].
 */
export type ConditionalPut =
  | { readonly kind: 'created' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'ambiguous'; /** One clause for people. */ readonly cause: string };

export interface ByteRange {
  readonly offset: number;
  /** At least 1. */
  readonly length: number;
}

/** A file that stays until it is released; a copy is removed then. */
export interface ReadableFile {
  /** Path on local disk. */
  readonly name: string;
  release(): Promise<void>;
}

export interface ObjectInfo {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number;
}

/** Runs the action on local files of the objects, and releases them. Fetches at most four at the same time. */
export async function withReadable<T>(
  store: Pick<ObjectStore, 'readable'>,
  paths: readonly string[],
  action: (names: readonly string[]) => Promise<T>,
): Promise<T> {
  const files = await openReadable(store, paths);
  try {
    return await action(files.map(({ name }) => name));
  } finally {
    await releaseAll(files);
  }
}

/** Local files of the objects, in order; released when any of them cannot be had. The caller releases them. */
export async function openReadable(
  store: Pick<ObjectStore, 'readable'>,
  paths: readonly string[],
): Promise<readonly ReadableFile[]> {
  const files: ReadableFile[] = [];
  for (let start = 0; start < paths.length; start += FETCHES_MAX) {
    const some = paths.slice(start, start + FETCHES_MAX);
    const fetched = await Promise.allSettled(some.map((path) => store.readable(path)));
    const failed = fetched.find((each) => each.status === 'rejected');
    for (const each of fetched) if (each.status === 'fulfilled') files.push(each.value);
    if (failed === undefined) continue;
    await releaseAll(files);
    throw failed.reason;
  }
  return files;
}

export const releaseAll = async (files: readonly ReadableFile[]): Promise<void> =>
  void (await Promise.allSettled(files.map((file) => file.release())));

const FETCHES_MAX = 4;
