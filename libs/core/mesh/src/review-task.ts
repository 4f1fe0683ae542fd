import type { Page, PageRequest } from './page.ts';
import type { Problem } from './problem.ts';

export type ReviewTaskStatus = 'open' | 'approved' | 'acknowledged' | 'rejected' | 'cancelled';
export type ReviewDecision = Exclude<ReviewTaskStatus, 'open' | 'cancelled'>;

/** Asks the team of one application whether a change of a contract may happen. The change waits for all of its tasks. */
export interface ReviewTask {
  readonly id: string;
  readonly changeRequestId: string;
  readonly productId: string;
  readonly applicationId: string;
  /** What the change does to the application. */
  readonly verdict: 'breaks' | 'migrates';
  readonly reasons: readonly ReviewReason[];
  readonly status: ReviewTaskStatus;
  readonly decidedBy?: string;
  readonly decidedAtMs?: number;
  readonly decisionReason?: string;
  readonly createdAtMs: number;
  readonly generation: number;
}

export interface ReviewReason {
  /** The field the application reads. */
  readonly field?: string;
  readonly rule: string;
  readonly message: string;
}

/** Lists are ordered newest first. */
export interface ReviewTaskReads {
  byIds(ids: readonly string[]): Promise<readonly ReviewTask[]>;
  byChangeRequestIds(changeRequestIds: readonly string[]): Promise<readonly ReviewTask[]>;
  list(
    page: PageRequest,
    filter: {
      readonly status?: ReviewTaskStatus;
      readonly applicationId?: string;
      readonly productId?: string;
    },
  ): Promise<Page<ReviewTask>>;
}

export interface ReviewTaskStore extends ReviewTaskReads {
  create(
    task: Pick<ReviewTask, 'id' | 'changeRequestId' | 'productId' | 'applicationId' | 'verdict' | 'reasons'>,
  ): Promise<ReviewTask>;
  /** Throws `HW_STORE_GENERATION` when the stored generation is another one. */
  decide(
    id: string,
    expectedGeneration: number,
    decision: { readonly status: ReviewDecision; readonly by: string; readonly reason: string },
  ): Promise<ReviewTask>;
  /** Closes what is still open when its change request ends without them. */
  cancelOfRequest(changeRequestId: string): Promise<void>;
}

/** Why a change request has to wait for its reviews; undefined when all of them let it pass. */
export function judgeReviews(tasks: readonly Pick<ReviewTask, 'status'>[]): Problem | undefined {
  const rejected = tasks.filter(({ status }) => status === 'rejected').length;
  const open = tasks.filter(({ status }) => status === 'open').length;
  if (rejected > 0) {
    return {
      code: 'HW_REVIEW_REJECTED',
      message: `${rejected} of ${tasks.length} applications reject the change.`,
      fix: 'Read their reasons in its review tasks; withdraw the request, or have them decide again.',
      path: ['id'],
    };
  }
  if (open === 0) return undefined;
  return {
    code: 'HW_REVIEW_OPEN',
    message: `${open} of ${tasks.length} applications have not reviewed the change yet.`,
    fix: 'It begins by itself when the last review task is done.',
    path: ['id'],
  };
}
