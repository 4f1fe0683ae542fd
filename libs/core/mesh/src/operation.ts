import type { Json } from '@headwater/kernel';
import type { Page, PageRequest } from './page.ts';

export type OperationStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'rolled-back';
export type OperationKind = 'onboard' | 'retire' | 'apply-retention' | 'drain' | 'operate';

export interface OperationStep {
  /** Stable name the executor knows, for example `topic`. */
  readonly name: string;
  /** For people: `create topic ads.ad-events`. */
  readonly title: string;
  readonly status: 'pending' | 'running' | 'done' | 'failed' | 'rolled-back';
  readonly detail?: string;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
}

export interface OperationError {
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
}

/** Long work that survives restarts: the steps say how far it is, each step is idempotent. */
export interface Operation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly status: OperationStatus;
  readonly productId?: string;
  readonly changeRequestId?: string;
  readonly actor: string;
  /** What the executor needs and the change request does not hold. */
  readonly input: Json;
  readonly steps: readonly OperationStep[];
  readonly attempt: number;
  /** The trace of the request that began it: 32 hexadecimal digits. */
  readonly traceId?: string;
  readonly error?: OperationError;
  readonly createdAtMs: number;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
}

/** Lists are ordered newest first. */
export interface OperationReads {
  byIds(ids: readonly string[]): Promise<readonly Operation[]>;
  list(page: PageRequest, filter: { readonly status?: OperationStatus }): Promise<Page<Operation>>;
}

export interface OperationStore extends OperationReads {
  create(
    operation: Pick<
      Operation,
      'id' | 'kind' | 'productId' | 'changeRequestId' | 'actor' | 'input' | 'steps' | 'traceId'
    >,
  ): Promise<Operation>;
  /** Writes progress; the executor's lease and fence guard it. */
  update(
    id: string,
    change: Partial<Pick<Operation, 'status' | 'steps' | 'error' | 'attempt'>>,
  ): Promise<Operation>;
}

/** Who may carry out an operation now. Kept in Postgres, compared by Postgres's clock only. */
export interface OperationLeases {
  /** Takes a pending operation, or a running one whose lease has ended. */
  claim(
    owner: string,
    ttlMs: number,
  ): Promise<{ readonly operation: Operation; readonly fence: bigint } | undefined>;
  renew(operationId: string, owner: string, fence: bigint, ttlMs: number): Promise<boolean>;
  release(operationId: string, owner: string, fence: bigint): Promise<void>;
}
