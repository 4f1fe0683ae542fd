import type { NewIncident } from '@headwater/core-staging';
import type { Page, PageRequest } from './page.ts';

export type IncidentStatus = 'open' | 'loss-accepted' | 'resolved';

export interface Incident extends NewIncident {
  readonly id: string;
  readonly productId: string;
  readonly status: IncidentStatus;
  readonly openedAtMs: number;
  readonly lastSeenAtMs: number;
  readonly resolvedAtMs?: number;
  readonly acceptedBy?: string;
  readonly acceptedReason?: string;
  readonly acceptedAtMs?: number;
  /** The operator who closed it; absent when staging did. */
  readonly resolvedBy?: string;
  readonly occurrences: number;
  readonly generation: number;
}

/** Lists are ordered newest first. */
export interface IncidentReads {
  byIds(ids: readonly string[]): Promise<readonly Incident[]>;
  list(
    page: PageRequest,
    filter: { readonly status?: IncidentStatus; readonly productId?: string },
  ): Promise<Page<Incident>>;
  openByPipelineIds(pipelineIds: readonly string[]): Promise<readonly Incident[]>;
}

export interface IncidentStore extends IncidentReads {
  /** Opens an incident, or refreshes the one of the same kind that is open. */
  open(incident: Pick<NewIncident, 'pipelineId' | 'kind' | 'cause' | 'fix'>): Promise<Incident>;
  /** Throws `HW_STORE_GENERATION` when the stored generation is another one. */
  acceptLoss(
    id: string,
    expectedGeneration: number,
    accepted: { readonly by: string; readonly reason: string },
  ): Promise<Incident>;
  /** Closes an open incident that needs nothing more from the lane. Throws `HW_STORE_GENERATION` as above. */
  resolve(
    id: string,
    expectedGeneration: number,
    resolved: { readonly by: string; readonly reason: string },
  ): Promise<Incident>;
  /** Closes every open incident of a pipeline that is retired. */
  resolveOfPipeline(pipelineId: string): Promise<number>;
}
