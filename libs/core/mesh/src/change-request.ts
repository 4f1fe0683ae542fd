import type { Plan } from '@headwater/core-reconcile';
import type { Json } from '@headwater/kernel';
import type { Page, PageRequest } from './page.ts';

export type ChangeRequestStatus =
  'proposed' | 'approved' | 'declined' | 'withdrawn' | 'expired' | 'refused' | 'applied';

export type ChangeRequestKind = 'create' | 'update' | 'retire';

export interface Approval {
  readonly decision: 'approved' | 'declined';
  /** A person's name, or `policy`. */
  readonly by: string;
  readonly atMs: number;
  readonly reason?: string;
  readonly planHash: string;
}

export interface PolicyFinding {
  readonly rule: string;
  readonly mode: 'block' | 'approve' | 'warn';
  readonly message: string;
  readonly fix: string;
  readonly path: string;
}

export interface ChangeRequest {
  readonly id: string;
  readonly kind: ChangeRequestKind;
  readonly status: ChangeRequestStatus;
  readonly productId: string;
  /** `<domain>/<product>`. */
  readonly productName: string;
  readonly requestedBy: string;
  readonly requestedAtMs: number;
  readonly expiresAtMs: number;
  /** Desired state as JSON, read by the onboarding and retirement commands only. */
  readonly desired: Json;
  readonly plan: Plan;
  readonly findings: readonly PolicyFinding[];
  readonly approvals: readonly Approval[];
  readonly operationId?: string;
  readonly generation: number;
}

/** Lists are ordered newest first. */
export interface ChangeRequestReads {
  byIds(ids: readonly string[]): Promise<readonly ChangeRequest[]>;
  list(page: PageRequest, filter: { readonly status?: ChangeRequestStatus }): Promise<Page<ChangeRequest>>;
}

export interface ChangeRequestStore extends ChangeRequestReads {
  create(request: Omit<ChangeRequest, 'requestedAtMs' | 'generation'>): Promise<ChangeRequest>;
  /** Throws `HW_STORE_GENERATION` when the stored generation is another one. */
  update(
    id: string,
    expectedGeneration: number,
    change: Partial<
      Pick<ChangeRequest, 'status' | 'approvals' | 'operationId' | 'plan' | 'findings' | 'desired'>
    >,
  ): Promise<ChangeRequest>;
}
