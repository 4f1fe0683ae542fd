import type { ObjectStore } from './object-store.ts';

/** What a table needs from the world. */
export interface TableIo {
  readonly store: ObjectStore;
  readonly checkpointFiles: CheckpointFiles;
  /** MD5 of UTF-8 text as 32 lower-case hexadecimal digits; guards `_last_checkpoint` against torn copies. */
  readonly md5: (text: string) => string;
}

/** Checkpoint and sidecar Parquet files as lines of the log. Implementation: libs/adapters/parquet. */
export interface CheckpointFiles {
  /** The rows of the files, in batches, each row one action as a line of JSON as in a log entry. */
  read(localFiles: readonly string[]): AsyncIterable<readonly string[]>;
  /** Writes one finished Parquet file into the folder and returns its path and size. */
  write(
    folder: string,
    lines: Iterable<string>,
  ): Promise<{ readonly localFile: string; readonly size: number }>;
}
