import type { BatchInput, LandedOutputs, RecordSetInput, RecordSetReport } from '@headwater/core-staging';
import type { ErrorKind } from '@headwater/kernel';

/**
 * What crosses the border between the main thread and an engine thread. Record sets cross as ArrayBuffers that are
 * transferred, and go back with the answer to be used again; everything else is small plain data and is cloned.
 */
export type EngineRequest = { readonly id: number; readonly batch: number } & (
  | { readonly verb: 'begin'; readonly input: BatchInput }
  | {
      readonly verb: 'add';
      readonly input: Omit<RecordSetInput, 'recordSet'>;
      readonly buffer: ArrayBuffer;
      /** Bytes of the buffer that are the record set. */
      readonly length: number;
    }
  | { readonly verb: 'land'; readonly scratchFolder: string }
  | { readonly verb: 'discard' }
);

/** Ends the thread behind the steps that were asked for: a thread that is ended inside DuckDB takes the process along. */
export interface EngineEnd {
  readonly verb: 'end';
}

export type EngineAnswer = {
  readonly id: number;
  readonly bufferedBytes: number;
  readonly buffer?: ArrayBuffer;
} & (
  | { readonly kind: 'done'; readonly report?: RecordSetReport; readonly outputs?: LandedOutputs }
  | { readonly kind: 'failed'; readonly problem: Problem }
);

/** An error as data: cloning an Error would lose its class and its code. */
export interface Problem {
  readonly kind: ErrorKind | 'foreign';
  readonly code: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly fix: string | undefined;
  readonly path: string | undefined;
  readonly canRetry: boolean;
}

/** What an engine thread is started with. */
export interface EngineThreadData {
  readonly choice: 'auto' | 'kernel' | 'duckdb';
  readonly memoryMiB: number;
  readonly spillFolder: string;
}
