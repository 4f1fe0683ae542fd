import type { OperatingRequest, StoredOperatingPlan } from '@headwater/core-staging';

/** Plans of operators' verbs, as the control plane shows them. */
export interface OperatingReads {
  byIds(ids: readonly string[]): Promise<readonly StoredOperatingPlan[]>;
  /** The preview with this hash, when it was neither carried out nor superseded. */
  previewByHash(pipelineId: string, hash: string): Promise<StoredOperatingPlan | undefined>;
  /** Newest first. */
  latest(pipelineId: string, limit: number): Promise<readonly StoredOperatingPlan[]>;
}

export interface OperatingRequests extends OperatingReads {
  /** Asks for a plan; what was only shown of the same kind for the pipeline is superseded. */
  request(wish: {
    readonly id: string;
    readonly pipelineId: string;
    readonly request: OperatingRequest;
    readonly requestedBy: string;
  }): Promise<void>;
}
