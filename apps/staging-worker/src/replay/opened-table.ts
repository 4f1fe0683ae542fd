import type { Snapshot } from '@headwater/core-delta';

/** A table at one version, and where its files are read and written. */
export interface OpenTable {
  readonly store: {
    readonly url: string;
    readable(path: string): Promise<{ readonly name: string; release(): Promise<void> }>;
    scratchFolder(): Promise<string>;
  };
  readonly snapshot: Snapshot;
}
